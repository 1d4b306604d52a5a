"""The district's numbers for money: policy data."""
