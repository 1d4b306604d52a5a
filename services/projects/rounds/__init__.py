"""Rounds: rules as data, pool, timetable, states."""
