"""Routes of API keys. ``exchange_api_key`` has none: it is the gateway's own call."""

from __future__ import annotations

from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/api-keys", "registry.list_api_keys"),
    Route("POST", "/v1/api-keys", "registry.issue_api_key", status=201),
    Route("GET", "/v1/api-keys/{api_key_id}", "registry.get_api_key"),
    Route("POST", "/v1/api-keys/{api_key_id}/rotation", "registry.rotate_api_key"),
    Route("POST", "/v1/api-keys/{api_key_id}/revocation", "registry.revoke_api_key"),
)
