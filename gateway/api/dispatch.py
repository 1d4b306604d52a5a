"""Routes of dispatch and of the platform record of hours."""

from __future__ import annotations

from gateway.route import Route

_DISPATCH = "/v1/dispatches/{dispatch_id}"
_OFFER = "/v1/dispatch-offers/{dispatch_offer_id}"
_HOURS = "/v1/service-hours/{service_hours_id}"

ROUTES = (
    Route("GET", "/v1/dispatches", "resources.list_dispatches"),
    Route("POST", "/v1/dispatches", "resources.open_dispatch", status=201),
    Route("GET", _DISPATCH, "resources.get_dispatch"),
    Route("GET", _DISPATCH + "/ranking", "resources.rank_talents"),
    Route("POST", _DISPATCH + "/offer", "resources.offer_dispatch"),
    Route("POST", _DISPATCH + "/completion", "resources.finish_dispatch"),
    Route("POST", _DISPATCH + "/cancellation", "resources.cancel_dispatch"),
    Route("GET", "/v1/dispatch-offers", "resources.list_dispatch_offers"),
    Route("GET", _OFFER, "resources.get_dispatch_offer"),
    Route("POST", _OFFER + "/acceptance", "resources.accept_dispatch_offer"),
    Route("POST", _OFFER + "/refusal", "resources.decline_dispatch_offer"),
    Route("POST", _OFFER + "/withdrawal", "resources.withdraw_dispatch_offer"),
    Route("GET", "/v1/service-hours", "resources.list_service_hours"),
    Route("POST", "/v1/service-hours", "resources.record_service_hours", status=201),
    Route("GET", _HOURS, "resources.get_service_hours"),
    Route("POST", _HOURS + "/strike", "resources.strike_service_hours"),
)
