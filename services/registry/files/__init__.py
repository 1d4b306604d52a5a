"""Which rows name stored files, and who may see them."""
