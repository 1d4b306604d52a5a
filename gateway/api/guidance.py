"""Routes of an organisation's own list."""

from __future__ import annotations

from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/organisations/{organisation_id}/guidance", "registry.get_guidance"),
    Route("GET", "/v1/guidance-rules", "registry.list_guidance_rules"),
)
