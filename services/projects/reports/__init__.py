"""Periodic reports (定期报告): due days that never drift, reports that answer them, figures of the platform."""
