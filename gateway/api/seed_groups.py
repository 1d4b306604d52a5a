"""Routes of seed groups."""

from __future__ import annotations

from gateway.route import Route

_GROUP = "/v1/seed-groups/{seed_group_id}"

ROUTES = (
    Route("GET", "/v1/seed-groups", "registry.list_seed_groups"),
    Route("POST", "/v1/seed-groups", "registry.start_seed_group", status=201),
    Route("GET", _GROUP, "registry.get_seed_group"),
    Route("POST", _GROUP + "/members", "registry.add_seed_member", status=201),
    Route("PATCH", _GROUP + "/members/{seed_member_id}", "registry.change_seed_member"),
    Route("GET", "/v1/seed-group-steps", "registry.list_seed_group_steps"),
    Route("DELETE", _GROUP + "/members/{seed_member_id}", "registry.remove_seed_member"),
    Route("POST", _GROUP + "/meetings", "registry.hold_seed_meeting", status=201),
    Route("POST", _GROUP + "/filing", "registry.file_seed_group"),
    Route("POST", _GROUP + "/dissolution", "registry.dissolve_seed_group"),
)
