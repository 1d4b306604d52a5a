"""Units of quantities and their conversions."""
