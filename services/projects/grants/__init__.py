"""Awards as open data."""
