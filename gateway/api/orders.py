"""Routes of service orders."""

from __future__ import annotations

from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/orders", "projects.list_orders"),
    Route("POST", "/v1/orders", "projects.request_order", status=201),
    Route("GET", "/v1/order-counts", "projects.count_orders"),
    Route("GET", "/v1/order-kinds", "projects.list_order_kinds"),
    Route("PUT", "/v1/order-kinds/{kind}", "projects.set_order_kind"),
    Route("GET", "/v1/orders/{order_id}", "projects.get_order"),
    Route("POST", "/v1/orders/{order_id}/verification", "projects.verify_order"),
    Route("POST", "/v1/orders/{order_id}/offers", "projects.offer_order"),
    Route("POST", "/v1/orders/{order_id}/opening", "projects.open_order"),
    Route("POST", "/v1/orders/{order_id}/claim", "projects.claim_order"),
    Route("POST", "/v1/orders/{order_id}/acceptance", "projects.accept_order"),
    Route("POST", "/v1/orders/{order_id}/refusal", "projects.decline_order"),
    Route("POST", "/v1/orders/{order_id}/appointment", "projects.schedule_order"),
    Route("POST", "/v1/orders/{order_id}/check-in", "projects.check_in_order"),
    Route("POST", "/v1/orders/{order_id}/delivery", "projects.deliver_order"),
    Route("POST", "/v1/orders/{order_id}/confirmation", "projects.confirm_order"),
    Route("POST", "/v1/orders/{order_id}/rating", "projects.rate_order"),
    Route("POST", "/v1/orders/{order_id}/seal", "projects.seal_order"),
    Route("POST", "/v1/orders/{order_id}/no-show", "projects.report_order_no_show"),
    Route("POST", "/v1/orders/{order_id}/dispute", "projects.dispute_order"),
    Route("POST", "/v1/orders/{order_id}/resolution", "projects.resolve_order"),
    Route("POST", "/v1/orders/{order_id}/cancellation", "projects.cancel_order"),
)
