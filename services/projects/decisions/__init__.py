"""Decisions: allocation, public notice, objections."""
