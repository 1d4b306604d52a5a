"""Calendars of roadshows for judges, presenters and everybody."""
