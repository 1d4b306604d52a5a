"""Routes of integrations."""

from __future__ import annotations

from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/integrations", "registry.list_integrations"),
    Route("POST", "/v1/integrations", "registry.grant_integration", status=201),
    Route("GET", "/v1/integrations/{integration_id}", "registry.get_integration"),
    Route("POST", "/v1/integrations/{integration_id}/withdrawal", "registry.withdraw_integration"),
)
