"""Keys that became other keys: organisations that were merged, streets that have a successor."""
