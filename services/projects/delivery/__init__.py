"""Delivery: an awarded project from its agreement to its closing."""
