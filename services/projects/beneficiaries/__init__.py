"""Whom a project serves, each person once however often met."""
