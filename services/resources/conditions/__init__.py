"""Earmarks and gates: what an offer is bound to and what a need asks of those who come."""
