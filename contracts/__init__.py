"""Promises across boundaries: operations with their schemas and roles, events, and error codes. Data, no behaviour."""
