"""A small service for the runtime's tests."""

KILLED = 9  # the exit code of a process that a mishap ended
