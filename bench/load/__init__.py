"""The load generator: a process of its own that plays one cell at a time and reports what it saw."""
