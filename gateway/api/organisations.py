"""Routes of organisations and the taxonomy of fields."""

from __future__ import annotations

from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/organisations", "registry.list_organisations"),
    Route("POST", "/v1/organisations", "registry.register_organisation", status=201),
    Route("GET", "/v1/organisations/{organisation_id}", "registry.get_organisation"),
    Route("PATCH", "/v1/organisations/{organisation_id}", "registry.change_organisation"),
    Route("GET", "/v1/organisations/{organisation_id}/contact", "registry.get_organisation_contact"),
    Route("GET", "/v1/organisations/{organisation_id}/changes", "registry.list_organisation_changes"),
    Route("GET", "/v1/fields", "registry.list_fields"),
    Route("POST", "/v1/fields", "registry.add_field", status=201),
)
