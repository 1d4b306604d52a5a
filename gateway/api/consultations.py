"""Routes of policy consultations."""

from __future__ import annotations

from gateway.route import Route

_CONSULTATION = "/v1/consultations/{consultation_id}"

ROUTES = (
    Route("GET", "/v1/consultations", "registry.list_consultations"),
    Route("POST", "/v1/consultations", "registry.ask_consultation", status=201),
    Route("GET", _CONSULTATION, "registry.get_consultation"),
    Route("POST", _CONSULTATION + "/answer", "registry.answer_consultation"),
    Route("POST", _CONSULTATION + "/reopening", "registry.reopen_consultation"),
    Route("POST", _CONSULTATION + "/closing", "registry.close_consultation"),
)
