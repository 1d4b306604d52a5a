"""Wording, Chinese first, English second, rendered in a sandbox."""
