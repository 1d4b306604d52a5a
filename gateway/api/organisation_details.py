"""Routes of organisations' details, assurance, search, duplicates, merges, credit facts and readiness."""

from __future__ import annotations

from gateway.route import Route

_ONE = "/v1/organisations/{organisation_id}"
_MERGE = "/v1/merges/{merge_id}"

ROUTES = (
    Route("GET", _ONE + "/identifiers", "registry.list_organisation_identifiers"),
    Route("POST", _ONE + "/identifiers", "registry.add_organisation_identifier", status=201),
    Route("PATCH", _ONE + "/identifiers/{item_id}", "registry.change_organisation_identifier"),
    Route("POST", _ONE + "/identifiers/{item_id}/removal", "registry.remove_organisation_identifier"),
    Route("GET", _ONE + "/contacts", "registry.list_organisation_contacts"),
    Route("POST", _ONE + "/contacts", "registry.add_organisation_contact", status=201),
    Route("PATCH", _ONE + "/contacts/{item_id}", "registry.change_organisation_contact"),
    Route("POST", _ONE + "/contacts/{item_id}/removal", "registry.remove_organisation_contact"),
    Route("GET", _ONE + "/addresses", "registry.list_organisation_addresses"),
    Route("POST", _ONE + "/addresses", "registry.add_organisation_address", status=201),
    Route("PATCH", _ONE + "/addresses/{item_id}", "registry.change_organisation_address"),
    Route("POST", _ONE + "/addresses/{item_id}/removal", "registry.remove_organisation_address"),
    Route("GET", _ONE + "/areas", "registry.list_organisation_areas"),
    Route("POST", _ONE + "/areas", "registry.add_organisation_area", status=201),
    Route("POST", _ONE + "/areas/{item_id}/removal", "registry.remove_organisation_area"),
    Route("POST", _ONE + "/assurance", "registry.assure_organisation"),
    Route("GET", "/v1/assurances", "registry.list_assurances"),
    Route("GET", "/v1/organisation-search", "registry.search_organisations"),
    Route("GET", _ONE + "/duplicates", "registry.list_organisation_duplicates"),
    Route("GET", "/v1/duplicates", "registry.list_duplicate_pairs"),
    Route("POST", "/v1/duplicates/dismissals", "registry.dismiss_duplicate", status=201),
    Route("GET", "/v1/duplicates/{pair_id}", "registry.get_duplicate_pair"),
    Route("POST", "/v1/duplicates/{pair_id}/reopening", "registry.reopen_duplicate"),
    Route("GET", "/v1/merges", "registry.list_merges"),
    Route("POST", "/v1/merges", "registry.propose_merge", status=201),
    Route("GET", _MERGE, "registry.get_merge"),
    Route("POST", _MERGE + "/approval", "registry.approve_merge"),
    Route("POST", _MERGE + "/rejection", "registry.reject_merge"),
    Route("POST", _MERGE + "/withdrawal", "registry.withdraw_merge"),
    Route("POST", _MERGE + "/undoing", "registry.undo_merge"),
    Route("GET", "/v1/credit-facts", "registry.list_credit_facts"),
    Route("POST", "/v1/credit-facts", "registry.record_credit_fact", status=201),
    Route("GET", "/v1/credit-facts/{credit_fact_id}", "registry.get_credit_fact"),
    Route("POST", "/v1/credit-facts/{credit_fact_id}/revocation", "registry.revoke_credit_fact"),
    Route("GET", _ONE + "/readiness", "registry.get_registration_readiness"),
    Route("GET", _ONE + "/readiness/facts", "registry.get_readiness_declaration"),
    Route("PATCH", _ONE + "/readiness/facts", "registry.declare_readiness"),
    Route("GET", "/v1/readiness-rules", "registry.get_readiness_rules"),
    Route("POST", "/v1/readiness-rules", "registry.set_readiness_rules", status=201),
)
