"""What became of gifts, for their providers, and publicly."""

from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/gifts", "resources.list_gifts"),
    Route("GET", "/v1/gifts/{offer_id}", "resources.get_gift"),
    Route("GET", "/v1/gifts/{offer_id}/parts", "resources.list_gift_parts"),
    Route("GET", "/v1/gift-totals", "resources.get_gift_totals"),
    Route("POST", "/v1/allocations/{allocation_id}/uses", "resources.record_gift_use", status=201),
    Route("GET", "/v1/allocations/{allocation_id}/uses", "resources.list_gift_uses"),
    Route("GET", "/v1/gift-uses/{gift_use_id}", "resources.get_gift_use"),
    Route("GET", "/v1/public-gifts", "resources.list_public_gifts"),
)
