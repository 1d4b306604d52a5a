"""Organisations and their history (R2)."""
