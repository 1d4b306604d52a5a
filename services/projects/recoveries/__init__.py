"""Recoveries: what must come back from a terminated project."""
