"""Residents' votes: secret ballots and their receipts."""
