"""Credentials: what is on record of organisations and talents, with its period."""
