"""Routes of the trail."""

from __future__ import annotations

from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/trail/entries", "projects.list_trail_entries"),
    Route("GET", "/v1/trail/head", "projects.get_trail_head"),
    Route("GET", "/v1/trail/receipt", "projects.get_receipt"),
    Route("GET", "/v1/trail/consistency", "projects.get_consistency"),
)
