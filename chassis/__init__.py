"""Microservice chassis: errors, ids, clocks, storage, events and the runtime seam. No business word lives here."""
