"""Suggestions and matching rounds."""
