"""Grid cells of registry, and how far they are from each other."""
