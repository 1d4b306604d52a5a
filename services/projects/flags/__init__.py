"""Flags: published rules find what is late, idle, overspent or odd; the organisation answers, staff decide."""
