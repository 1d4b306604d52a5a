"""Proposals: plans, versions, comments, checks, screening."""
