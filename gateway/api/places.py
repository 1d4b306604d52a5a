"""Routes of places."""

from __future__ import annotations

from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/places", "registry.list_places"),
    Route("GET", "/v1/places/{code}", "registry.get_place"),
)
