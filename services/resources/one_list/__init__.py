"""The one list of a street: services, organisations, talents and volunteers."""
