"""Policy consultations (R6)."""
