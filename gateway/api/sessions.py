"""Routes of sign-in."""

from __future__ import annotations

from gateway.route import Route

ROUTES = (
    Route("POST", "/v1/sessions", "registry.sign_in", status=201),
    Route("POST", "/v1/sessions/refreshment", "registry.refresh_session"),
    Route("DELETE", "/v1/sessions/current", "registry.sign_out"),
)
