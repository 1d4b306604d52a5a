"""The words in which people offer and ask, and what they mean."""
