"""Matching rounds and instances: solved as a job (follow it at /v1/jobs/{job_id}), explained."""

from contracts.resources.bundles import FOLDER as BUNDLES
from contracts.resources.instances import FOLDER
from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/live-market", "resources.get_live_market"),
    Route("POST", "/v1/matching-instances", "resources.solve_instance", status=202, folder=FOLDER),
    Route("GET", "/v1/matching-instances/{job_id}", "resources.get_instance_answer", folder=FOLDER),
    Route("POST", "/v1/matching-rounds", "resources.create_matching_round", status=201),
    Route("GET", "/v1/matching-rounds", "resources.list_matching_rounds"),
    Route("GET", "/v1/matching-rounds/{matching_round_id}", "resources.get_matching_round"),
    Route("POST", "/v1/matching-rounds/{matching_round_id}/solution", "resources.solve_matching_round", status=202),
    Route(
        "POST",
        "/v1/matching-rounds/{matching_round_id}/solution/cancellation",
        "resources.cancel_matching_solution",
    ),
    Route("GET", "/v1/matching-rounds/{matching_round_id}/results", "resources.list_matching_results"),
    Route("GET", "/v1/matching-rounds/{matching_round_id}/bundle", "resources.get_matching_bundle", folder=BUNDLES),
    Route("GET", "/v1/matching-rounds/{matching_round_id}/bundle/names", "resources.list_bundle_names"),
    Route("POST", "/v1/matching-rounds/{matching_round_id}/closure", "resources.close_matching_round"),
)
