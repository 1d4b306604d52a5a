"""The stock card of an offer."""

from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/offers/{offer_id}/stock-movements", "resources.list_stock_movements"),
    Route("GET", "/v1/offers/{offer_id}/stock-batches", "resources.list_stock_batches"),
    Route("GET", "/v1/offers/{offer_id}/stock-card", "resources.get_stock_card", download=True),
)
