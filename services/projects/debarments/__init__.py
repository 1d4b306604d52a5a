"""Debarments for breach."""
