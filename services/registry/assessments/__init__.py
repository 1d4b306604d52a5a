"""Assessments of organisations and the growth of their capacity (R8)."""
