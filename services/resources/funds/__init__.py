"""Funds set aside for rounds."""
