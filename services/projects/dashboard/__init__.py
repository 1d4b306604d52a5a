"""What the supervision of projects looks at."""
