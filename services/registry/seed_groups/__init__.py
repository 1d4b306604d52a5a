"""Seed groups (R3b)."""
