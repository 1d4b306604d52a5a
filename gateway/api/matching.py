"""Matching rounds: created, solved as a job (follow it at /v1/jobs/{job_id}), explained."""

from gateway.route import Route

ROUTES = (
    Route("POST", "/v1/matching-rounds", "resources.create_matching_round", status=201),
    Route("GET", "/v1/matching-rounds", "resources.list_matching_rounds"),
    Route("GET", "/v1/matching-rounds/{matching_round_id}", "resources.get_matching_round"),
    Route("POST", "/v1/matching-rounds/{matching_round_id}/solution", "resources.solve_matching_round", status=202),
    Route("GET", "/v1/matching-rounds/{matching_round_id}/results", "resources.list_matching_results"),
    Route("POST", "/v1/matching-rounds/{matching_round_id}/closure", "resources.close_matching_round"),
)
