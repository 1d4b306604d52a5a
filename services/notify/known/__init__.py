"""Accounts and organisations as registry's events tell of them: ids and facts, no personal data."""
