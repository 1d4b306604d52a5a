"""Places with their official codes (R1)."""
