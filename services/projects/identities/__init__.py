"""Whom projects met: one row per person, found again by keyed digests, so that nobody is counted twice."""
