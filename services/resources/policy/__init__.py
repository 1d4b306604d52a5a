"""Numbers of the district's policy."""
