"""How notify is doing."""
