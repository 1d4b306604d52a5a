"""Offers: what is to be had, and what became of it."""

from gateway.route import Route

ROUTES = (
    Route("POST", "/v1/offers", "resources.draft_offer", status=201),
    Route("GET", "/v1/offers", "resources.list_offers"),
    Route("GET", "/v1/offers/{offer_id}", "resources.get_offer"),
    Route("POST", "/v1/offers/{offer_id}/verification", "resources.verify_offer"),
    Route("POST", "/v1/offers/{offer_id}/opening", "resources.open_offer"),
    Route("POST", "/v1/offers/{offer_id}/withdrawal", "resources.withdraw_offer"),
    Route("GET", "/v1/offers/{offer_id}/uses", "resources.list_offer_uses"),
    Route("GET", "/v1/offers/{offer_id}/suggestions", "resources.list_need_suggestions"),
)
