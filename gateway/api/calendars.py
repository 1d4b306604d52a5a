"""Routes of calendars: text/calendar at a secret address or, for a roadshow, in public."""

from __future__ import annotations

from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/calendar-feeds", "projects.list_calendar_feeds"),
    Route("POST", "/v1/calendar-feeds", "projects.open_calendar_feed", status=201),
    Route("DELETE", "/v1/calendar-feeds/{calendar_feed_id}", "projects.revoke_calendar_feed"),
    Route("GET", "/v1/calendars/{token}", "projects.read_calendar", download=True),
    Route("GET", "/v1/roadshows/{roadshow_id}/calendar", "projects.get_roadshow_calendar", download=True),
)
