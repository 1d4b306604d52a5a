"""Routes of the talent grid: people, skills, norms, gaps and the map."""

from __future__ import annotations

from gateway.route import Route

_TALENT = "/v1/talents/{talent_id}"
_CREDENTIAL = "/v1/talent-credentials/{credential_id}"

ROUTES = (
    Route("GET", "/v1/talents", "resources.list_talents"),
    Route("POST", "/v1/talents", "resources.register_talent", status=201),
    Route("GET", _TALENT, "resources.get_talent"),
    Route("PATCH", _TALENT, "resources.change_talent"),
    Route("PUT", _TALENT + "/consent", "resources.set_talent_consent"),
    Route("POST", _TALENT + "/pause", "resources.pause_talent"),
    Route("POST", _TALENT + "/resumption", "resources.resume_talent"),
    Route("POST", _TALENT + "/leave", "resources.leave_talent_grid"),
    Route("POST", _TALENT + "/erasure", "resources.erase_talent"),
    Route("POST", _TALENT + "/disclosures", "resources.disclose_talent", status=201),
    Route("GET", _TALENT + "/credentials", "resources.list_credentials"),
    Route("POST", _TALENT + "/credentials", "resources.add_credential", status=201),
    Route("GET", _TALENT + "/service-record", "resources.get_service_record", download=True),
    Route("GET", _CREDENTIAL, "resources.get_credential"),
    Route("POST", _CREDENTIAL + "/verification", "resources.verify_credential"),
    Route("POST", _CREDENTIAL + "/withdrawal", "resources.withdraw_credential"),
    Route("GET", "/v1/skills", "resources.list_skills"),
    Route("PUT", "/v1/skills/{skill}", "resources.set_skill"),
    Route("GET", "/v1/talent-norms", "resources.list_talent_norms"),
    Route("POST", "/v1/talent-norms", "resources.publish_talent_norm", status=201),
    Route("GET", "/v1/talent-norms/{talent_norm_id}", "resources.get_talent_norm"),
    Route("GET", "/v1/talent-gaps", "resources.list_talent_gaps"),
    Route("GET", "/v1/talent-map", "resources.export_talent_map"),
    Route("GET", "/v1/cell-residents", "resources.list_cell_residents"),
    Route("PUT", "/v1/cell-residents/{cell_code}", "resources.set_cell_residents"),
)
