"""Routes of party building and designations."""

from __future__ import annotations

from gateway.route import Route

_PARTY = "/v1/party-organisations/{party_organisation_id}"
_DESIGNATION = "/v1/designations/{designation_id}"

ROUTES = (
    Route("GET", "/v1/party-kinds", "registry.list_party_kinds"),
    Route("POST", "/v1/party-kinds", "registry.set_party_kind"),
    Route("GET", "/v1/party-organisations", "registry.list_party_organisations"),
    Route("POST", "/v1/party-organisations", "registry.found_party_organisation", status=201),
    Route("GET", _PARTY, "registry.get_party_organisation"),
    Route("POST", _PARTY + "/member-counts", "registry.count_party_members"),
    Route("POST", _PARTY + "/activities", "registry.record_party_activity", status=201),
    Route("POST", _PARTY + "/dissolution", "registry.dissolve_party_organisation"),
    Route("GET", "/v1/party-activities", "registry.list_party_activities"),
    Route("GET", "/v1/party-coverage", "registry.get_party_coverage"),
    Route("GET", "/v1/designations", "registry.list_designations"),
    Route("POST", "/v1/designations", "registry.propose_designation", status=201),
    Route("GET", _DESIGNATION, "registry.get_designation"),
    Route("POST", _DESIGNATION + "/granting", "registry.grant_designation"),
    Route("POST", _DESIGNATION + "/refusal", "registry.refuse_designation"),
    Route("POST", _DESIGNATION + "/withdrawal", "registry.withdraw_designation"),
    Route("POST", _DESIGNATION + "/revocation", "registry.revoke_designation"),
)
