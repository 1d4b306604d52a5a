"""Routes of flags and of the published rules that raise them."""

from __future__ import annotations

from gateway.route import Route

_FLAG = "/v1/flags/{flag_id}"

ROUTES = (
    Route("GET", "/v1/flag-rules", "projects.get_flag_rules"),
    Route("POST", "/v1/flag-rules", "projects.publish_flag_rules", status=201),
    Route("GET", "/v1/flag-rules/versions", "projects.list_flag_rules"),
    Route("GET", "/v1/flags", "projects.list_flags"),
    Route("GET", _FLAG, "projects.get_flag"),
    Route("POST", _FLAG + "/explanation", "projects.explain_flag"),
    Route("POST", _FLAG + "/acceptance", "projects.accept_flag"),
    Route("POST", _FLAG + "/upholding", "projects.uphold_flag"),
    Route("POST", _FLAG + "/closing", "projects.close_flag"),
    Route("GET", "/v1/projects/{project_id}/flags", "projects.list_project_flags"),
    Route("POST", "/v1/projects/{project_id}/flag-review", "projects.review_project_flags"),
)
