"""Supervision visits (R6)."""
