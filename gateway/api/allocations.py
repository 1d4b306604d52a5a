"""Allocations: each step of a gift on its way."""

from gateway.route import Route

ROUTES = (
    Route("POST", "/v1/allocations", "resources.propose_allocation", status=201),
    Route("GET", "/v1/allocations", "resources.list_allocations"),
    Route("GET", "/v1/allocations/{allocation_id}", "resources.get_allocation"),
    Route("POST", "/v1/allocations/{allocation_id}/reservation", "resources.reserve_allocation"),
    Route("POST", "/v1/allocations/{allocation_id}/confirmation", "resources.confirm_allocation"),
    Route("POST", "/v1/allocations/{allocation_id}/handover", "resources.hand_over_allocation"),
    Route("POST", "/v1/allocations/{allocation_id}/receipt", "resources.receive_allocation"),
    Route("POST", "/v1/allocations/{allocation_id}/report", "resources.report_allocation"),
    Route("POST", "/v1/allocations/{allocation_id}/closure", "resources.close_allocation"),
    Route("POST", "/v1/allocations/{allocation_id}/release", "resources.release_allocation"),
    Route("POST", "/v1/allocations/{allocation_id}/return", "resources.return_allocation"),
    Route("POST", "/v1/allocations/{allocation_id}/loss", "resources.lose_allocation"),
    Route("POST", "/v1/allocations/{allocation_id}/resolution", "resources.resolve_allocation"),
    Route("POST", "/v1/allocations/{allocation_id}/dispute", "resources.dispute_allocation"),
)
