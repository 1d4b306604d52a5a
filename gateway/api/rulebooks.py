"""Routes of rubrics and cultivation rules."""

from __future__ import annotations

from gateway.route import Route

_ONE = "/v1/rulebooks/{rulebook_id}"

ROUTES = (
    Route("GET", "/v1/rulebooks", "registry.list_rulebooks"),
    Route("GET", _ONE, "registry.get_rulebook"),
    Route("POST", "/v1/rubrics", "registry.draft_rubric", status=201),
    Route("PUT", "/v1/rubrics/{rulebook_id}", "registry.revise_rubric"),
    Route("POST", "/v1/cultivation-rules", "registry.draft_cultivation_rule", status=201),
    Route("PUT", "/v1/cultivation-rules/{rulebook_id}", "registry.revise_cultivation_rule"),
    Route("POST", _ONE + "/publication", "registry.publish_rulebook"),
    Route("POST", _ONE + "/retirement", "registry.retire_rulebook"),
)
