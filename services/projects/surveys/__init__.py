"""Needs surveys: what organisations, communities and residents need, before the call."""
