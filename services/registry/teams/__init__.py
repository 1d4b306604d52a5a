"""Service teams 1+1+N (R5)."""
