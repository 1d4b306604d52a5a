"""Routes of the key-cultivation list."""

from __future__ import annotations

from gateway.route import Route

_ONE = "/v1/cultivation-lists/{list_id}"

ROUTES = (
    Route("GET", "/v1/cultivation-lists", "registry.list_cultivation_lists"),
    Route("POST", "/v1/cultivation-lists", "registry.draft_cultivation_list", status=201),
    Route("GET", _ONE, "registry.get_cultivation_list"),
    Route("GET", _ONE + "/entries", "registry.list_cultivation_entries"),
    Route("GET", _ONE + "/comparison", "registry.compare_cultivation_list"),
    Route("POST", _ONE + "/computation", "registry.compute_cultivation_list"),
    Route("POST", _ONE + "/additions", "registry.add_cultivation_entry"),
    Route("POST", _ONE + "/removals", "registry.remove_cultivation_entry"),
    Route("POST", _ONE + "/publication", "registry.publish_cultivation_list"),
    Route("POST", _ONE + "/abandonment", "registry.abandon_cultivation_list"),
)
