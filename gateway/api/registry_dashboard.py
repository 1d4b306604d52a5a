"""Routes of the registry's dashboard and policy numbers."""

from __future__ import annotations

from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/dashboards/registry", "registry.get_registry_dashboard"),
    Route("GET", "/v1/policies/registry", "registry.list_policies"),
    Route("PUT", "/v1/policies/registry/{key}", "registry.set_policy"),
)
