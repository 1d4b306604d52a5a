"""Rooms and desks of the base, booked under its rules (R10)."""
