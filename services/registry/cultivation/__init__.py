"""The key-cultivation list (R8)."""
