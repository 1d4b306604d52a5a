"""Organisations that may be recorded twice (R2)."""
