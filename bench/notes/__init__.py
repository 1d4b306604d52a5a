"""A service with one command, one event and one handler: the shortest way from a write to its effect."""
