"""Facts of the registry, as projects knows them."""
