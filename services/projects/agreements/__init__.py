"""Agreements: versions with terms as data, signed by both sides."""
