"""Numbers of the one list, the census, the talent grid and dispatch."""
