"""Designations: brands, model sites, red flags (R7, R9)."""
