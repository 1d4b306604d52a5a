"""The calendar of venues: opening hours, parts of windows, and who holds which time."""
