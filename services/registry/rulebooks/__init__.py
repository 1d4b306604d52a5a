"""Rubrics and cultivation rules as versioned policy data (R8)."""
