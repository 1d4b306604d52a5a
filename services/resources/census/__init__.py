"""The census of a street: campaigns, who visits where, what was found, and how it reaches the list."""
