"""A small service for the runtime's tests."""
