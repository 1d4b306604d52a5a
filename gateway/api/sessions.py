"""Routes of sign-in."""

from __future__ import annotations

from gateway.route import Route

ROUTES = (
    Route("POST", "/v1/sessions", "registry.sign_in", status=201),
    Route("POST", "/v1/sessions/refreshment", "registry.refresh_session"),
    Route("DELETE", "/v1/sessions/current", "registry.sign_out"),
    Route("GET", "/v1/sessions", "registry.list_sessions"),
    Route("DELETE", "/v1/sessions", "registry.revoke_sessions"),
    Route("DELETE", "/v1/sessions/{session_id}", "registry.revoke_session"),
    Route("PUT", "/v1/me/password", "registry.change_password"),
    Route("PUT", "/v1/accounts/{account_id}/password", "registry.reset_password"),
    Route("POST", "/v1/accounts/{account_id}/password-change", "registry.require_password_change"),
    Route("GET", "/v1/lockouts", "registry.list_lockouts"),
    Route("DELETE", "/v1/accounts/{account_id}/lockout", "registry.unlock_account"),
)
