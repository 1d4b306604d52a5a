"""Matching instances of the caller's own numbers, solved in a child process; no table: a job and two kept files."""
