"""Offers and needs as sheets: imports and exports are jobs, followed at /v1/jobs/{job_id}, with a file as result."""

from gateway.route import Route

ROUTES = (
    Route("POST", "/v1/offer-imports", "resources.import_offers", status=202),
    Route("POST", "/v1/need-imports", "resources.import_needs", status=202),
    Route("POST", "/v1/offer-exports", "resources.export_offers", status=202),
    Route("POST", "/v1/need-exports", "resources.export_needs", status=202),
    Route("GET", "/v1/offer-import-template", "resources.get_offer_template", download=True),
    Route("GET", "/v1/need-import-template", "resources.get_need_template", download=True),
)
