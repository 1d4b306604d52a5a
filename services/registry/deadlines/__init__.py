"""Deadlines in working days and their escalation (R4, R6)."""
