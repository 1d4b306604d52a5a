"""Routes of accounts."""

from __future__ import annotations

from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/accounts", "registry.list_accounts"),
    Route("POST", "/v1/accounts", "registry.open_account", status=201),
    Route("GET", "/v1/accounts/{account_id}", "registry.get_account"),
    Route("POST", "/v1/accounts/{account_id}/verification", "registry.verify_resident"),
    Route("PUT", "/v1/accounts/{account_id}/role", "registry.change_account_role"),
    Route("POST", "/v1/accounts/{account_id}/confirmation", "registry.confirm_account"),
    Route("POST", "/v1/accounts/{account_id}/rejection", "registry.reject_account"),
    Route("GET", "/v1/accounts/{account_id}/changes", "registry.list_account_changes"),
    Route("GET", "/v1/me", "registry.get_me"),
)
