"""Numbers for supervision."""
