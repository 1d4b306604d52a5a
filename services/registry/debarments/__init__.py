"""Debarments, as projects decided them: an organisation is in breach while one holds."""
