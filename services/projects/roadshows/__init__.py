"""Roadshows: draw, live queue, tally, seal."""
