"""Merging organisations that are one: proposed by one person, approved by another, undone exactly (R2)."""
