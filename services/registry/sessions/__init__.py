"""Sign-in and refresh."""
