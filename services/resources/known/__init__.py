"""Facts of other services that resources reads."""
