"""A gift on its way."""
