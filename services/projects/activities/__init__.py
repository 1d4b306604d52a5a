"""Activities of projects: planned, announced, signed up for, held."""
