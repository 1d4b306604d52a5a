"""Training sessions with check-in and attendance (R6)."""
