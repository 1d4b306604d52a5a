"""Credit facts of organisations (R2): lists and penalties, as of a date, from a source."""
