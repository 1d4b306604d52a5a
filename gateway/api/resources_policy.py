"""Routes of the district's numbers for offers and needs."""

from __future__ import annotations

from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/resources-policy", "resources.get_resources_policy"),
    Route("PATCH", "/v1/resources-policy", "resources.change_resources_policy"),
)
