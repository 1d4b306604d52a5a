"""Bulk import and export of offers and needs (S1, S2, G2)."""
