"""Centres: the centre park and the incubation centres of streets (R10)."""
