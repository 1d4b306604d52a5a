"""Incubation cases (R4)."""
