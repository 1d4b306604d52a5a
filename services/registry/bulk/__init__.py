"""Bulk import and export of organisations (R2, G2)."""
