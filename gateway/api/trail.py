"""Routes of the trail."""

from __future__ import annotations

from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/trail/entries", "projects.list_trail_entries"),
    Route("GET", "/v1/trail/head", "projects.get_trail_head"),
    Route("GET", "/v1/trail/audits", "projects.list_trail_audits"),
    Route("POST", "/v1/trail/audits", "projects.start_trail_audit", status=202),
    Route("GET", "/v1/trail/audits/{audit_id}", "projects.get_trail_audit"),
    Route("GET", "/v1/trail/heads", "projects.list_trail_heads"),
    Route("GET", "/v1/trail/notice", "projects.get_trail_notice"),
    Route("GET", "/v1/trail/keys", "projects.list_trail_keys"),
    Route("GET", "/v1/trail/peers", "projects.list_trail_peers"),
    Route("POST", "/v1/trail/peers", "projects.add_trail_peer"),
    Route("GET", "/v1/trail/seen-heads", "projects.list_seen_heads"),
    Route("POST", "/v1/trail/seen-heads", "projects.cosign_trail_head"),
    Route("GET", "/v1/trail/timeline", "projects.get_trail_timeline"),
    Route("GET", "/v1/trail/witnesses", "projects.list_trail_witnesses"),
    Route("GET", "/v1/trail/receipt", "projects.get_receipt"),
    Route("GET", "/v1/trail/consistency", "projects.get_consistency"),
)
