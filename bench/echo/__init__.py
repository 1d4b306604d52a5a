"""The product's host with one operation, to measure the host alone."""
