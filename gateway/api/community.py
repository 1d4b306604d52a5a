"""Routes of community projects and their sessions."""

from __future__ import annotations

from gateway.route import Route

_PROJECT = "/v1/community-projects/{community_project_id}"
_SESSION = "/v1/community-sessions/{community_session_id}"

ROUTES = (
    Route("GET", "/v1/community-projects", "projects.list_community_projects"),
    Route("POST", "/v1/community-projects", "projects.draft_community_project", status=201),
    Route("GET", _PROJECT, "projects.get_community_project"),
    Route("PATCH", _PROJECT, "projects.change_community_project"),
    Route("POST", _PROJECT + "/publication", "projects.publish_community_project"),
    Route("POST", _PROJECT + "/start", "projects.start_community_project"),
    Route("POST", _PROJECT + "/completion", "projects.complete_community_project"),
    Route("POST", _PROJECT + "/closing", "projects.close_community_project"),
    Route("POST", _PROJECT + "/cancellation", "projects.cancel_community_project"),
    Route("PUT", _PROJECT + "/interest", "projects.register_interest"),
    Route("DELETE", _PROJECT + "/interest", "projects.withdraw_interest"),
    Route("GET", _PROJECT + "/spendings", "projects.list_community_spendings"),
    Route("GET", _PROJECT + "/sessions", "projects.list_community_sessions"),
    Route("POST", _PROJECT + "/sessions", "projects.plan_community_session", status=201),
    Route("GET", _SESSION, "projects.get_community_session"),
    Route("PATCH", _SESSION, "projects.change_community_session"),
    Route("POST", _SESSION + "/holding", "projects.hold_community_session"),
    Route("POST", _SESSION + "/cancellation", "projects.cancel_community_session"),
    Route("POST", _SESSION + "/spendings", "projects.record_community_spending", status=201),
    Route("GET", _SESSION + "/orders", "projects.list_session_orders"),
    Route("POST", _SESSION + "/orders", "projects.order_for_session", status=201),
    Route("PUT", _SESSION + "/orders/{order_id}", "projects.attach_session_order"),
    Route("DELETE", _SESSION + "/orders/{order_id}", "projects.release_session_order"),
)
