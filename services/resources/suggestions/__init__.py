"""For one need the best offers, for one offer the best needs, in an instant."""
