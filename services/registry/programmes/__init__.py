"""Hub programmes per street (R6)."""
