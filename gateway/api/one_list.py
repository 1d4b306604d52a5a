"""Routes of the one list: entries, versions, exports and the public part."""

from __future__ import annotations

from gateway.route import Route

_ENTRY = "/v1/one-list/{list_entry_id}"
_VERSION = "/v1/one-list-versions/{list_version_id}"

ROUTES = (
    Route("GET", "/v1/one-list", "resources.search_list_entries"),
    Route("POST", "/v1/one-list", "resources.draft_list_entry", status=201),
    Route("GET", _ENTRY, "resources.get_list_entry"),
    Route("PATCH", _ENTRY, "resources.change_list_entry"),
    Route("GET", _ENTRY + "/history", "resources.list_entry_history"),
    Route("POST", _ENTRY + "/confirmation", "resources.confirm_list_entry"),
    Route("POST", _ENTRY + "/recheck", "resources.recheck_list_entry"),
    Route("POST", _ENTRY + "/retirement", "resources.retire_list_entry"),
    Route("POST", _ENTRY + "/reopening", "resources.reopen_list_entry"),
    Route("PUT", _ENTRY + "/consent", "resources.set_list_entry_consent"),
    Route("POST", _ENTRY + "/erasure", "resources.erase_list_entry"),
    Route("POST", _ENTRY + "/disclosures", "resources.disclose_list_contact", status=201),
    Route("GET", "/v1/one-list-versions", "resources.list_list_versions"),
    Route("POST", "/v1/one-list-versions", "resources.publish_one_list", status=201),
    Route("GET", _VERSION, "resources.get_list_version"),
    Route("GET", _VERSION + "/items", "resources.list_version_items"),
    Route("GET", _VERSION + "/differences", "resources.diff_list_versions"),
    Route("POST", "/v1/one-list-exports", "resources.export_one_list", status=202),
    Route("GET", "/v1/public-one-list", "resources.list_public_entries"),
    Route("GET", "/v1/personal-readings", "resources.list_personal_readings"),
    Route("GET", "/v1/one-list-rules", "resources.list_one_list_rules"),
    Route("PUT", "/v1/one-list-rules/{key}", "resources.set_one_list_rule"),
)
