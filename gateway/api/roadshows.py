"""Routes of roadshows."""

from __future__ import annotations

from gateway.route import Route

_ROADSHOW = "/v1/roadshows/{roadshow_id}"
_PITCH = "/v1/pitches/{pitch_id}"

ROUTES = (
    Route("GET", "/v1/roadshows", "projects.list_roadshows"),
    Route("POST", "/v1/roadshows", "projects.plan_roadshow", status=201),
    Route("GET", _ROADSHOW, "projects.get_roadshow"),
    Route("POST", _ROADSHOW + "/draw", "projects.draw_slots"),
    Route("POST", _ROADSHOW + "/start", "projects.start_roadshow"),
    Route("POST", _ROADSHOW + "/tally", "projects.tally_roadshow"),
    Route("POST", _ROADSHOW + "/seal", "projects.seal_roadshow"),
    Route("POST", _ROADSHOW + "/publication", "projects.publish_roadshow"),
    Route("POST", _ROADSHOW + "/swaps", "projects.swap_pitches"),
    Route("GET", _ROADSHOW + "/sessions", "projects.list_sessions"),
    Route("POST", _ROADSHOW + "/sessions", "projects.add_session", status=201),
    Route("POST", _ROADSHOW + "/schedule-plans", "projects.plan_schedule", status=202),
    Route("GET", "/v1/roadshow-sessions/{session_id}", "projects.get_session"),
    Route("DELETE", "/v1/roadshow-sessions/{session_id}", "projects.remove_session"),
    Route("GET", _PITCH, "projects.get_pitch"),
    Route("POST", _PITCH + "/presentation", "projects.start_pitch"),
    Route("POST", _PITCH + "/questions", "projects.open_questions"),
    Route("POST", _PITCH + "/scoring", "projects.open_scoring"),
    Route("POST", _PITCH + "/pause", "projects.pause_pitch"),
    Route("POST", _PITCH + "/resumption", "projects.resume_pitch"),
    Route("POST", _PITCH + "/moves", "projects.move_pitch"),
    Route("POST", _PITCH + "/lock", "projects.lock_pitch"),
)
