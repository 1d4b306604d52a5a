"""Needs: who lacks what, and suggestions for one of them."""

from gateway.route import Route

ROUTES = (
    Route("POST", "/v1/needs", "resources.draft_need", status=201),
    Route("POST", "/v1/resident-needs", "resources.request_need", status=201),
    Route("GET", "/v1/needs", "resources.list_needs"),
    Route("GET", "/v1/needs/{need_id}", "resources.get_need"),
    Route("POST", "/v1/needs/{need_id}/verification", "resources.verify_need"),
    Route("POST", "/v1/needs/{need_id}/opening", "resources.open_need"),
    Route("POST", "/v1/needs/{need_id}/closure", "resources.close_need"),
    Route("POST", "/v1/needs/{need_id}/confirmation", "resources.confirm_need"),
    Route("GET", "/v1/needs/{need_id}/duplicates", "resources.list_need_duplicates"),
    Route("POST", "/v1/needs/{need_id}/cancellation", "resources.cancel_need"),
    Route("POST", "/v1/needs/{need_id}/handling", "resources.take_on_need"),
    Route("POST", "/v1/needs/{need_id}/shape", "resources.shape_need"),
    Route("POST", "/v1/needs/{need_id}/requester-link", "resources.link_need_requester"),
    Route("POST", "/v1/needs/{need_id}/disclosures", "resources.disclose_need_requester", status=201),
    Route("GET", "/v1/needs/{need_id}/suggestions", "resources.list_suggestions"),
)
