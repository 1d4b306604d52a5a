"""What became of it: uses of gifts, and each provider's view of every unit."""
