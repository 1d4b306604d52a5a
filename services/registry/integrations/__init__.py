"""Integrations: what machines may read, and as whom."""
