"""Routes of supervision visits."""

from __future__ import annotations

from gateway.route import Route

_VISIT = "/v1/visits/{visit_id}"

ROUTES = (
    Route("GET", "/v1/visits", "registry.list_visits"),
    Route("POST", "/v1/visits", "registry.plan_visit", status=201),
    Route("GET", _VISIT, "registry.get_visit"),
    Route("POST", _VISIT + "/report", "registry.hold_visit"),
    Route("POST", _VISIT + "/findings", "registry.record_finding", status=201),
    Route("POST", _VISIT + "/findings/{finding_id}/rectification", "registry.rectify_finding"),
    Route("POST", _VISIT + "/findings/{finding_id}/recheck", "registry.recheck_finding"),
    Route("POST", _VISIT + "/closing", "registry.close_visit"),
    Route("POST", _VISIT + "/cancellation", "registry.cancel_visit"),
)
