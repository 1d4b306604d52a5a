"""Where organisations and client systems want events posted."""
