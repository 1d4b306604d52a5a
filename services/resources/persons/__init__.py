"""What is kept about a person: for a copy of their data, and for its erasure."""
