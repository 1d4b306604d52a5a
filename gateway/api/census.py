"""Routes of the census: campaigns, places, records."""

from __future__ import annotations

from gateway.route import Route

_CENSUS = "/v1/censuses/{census_id}"
_RECORD = "/v1/census-records/{census_record_id}"

ROUTES = (
    Route("GET", "/v1/censuses", "resources.list_censuses"),
    Route("POST", "/v1/censuses", "resources.draft_census", status=201),
    Route("GET", _CENSUS, "resources.get_census"),
    Route("PATCH", _CENSUS, "resources.change_census"),
    Route("GET", _CENSUS + "/places", "resources.list_census_places"),
    Route("PUT", _CENSUS + "/places/{place_code}", "resources.set_census_place"),
    Route("PUT", _CENSUS + "/places/{place_code}/workers/{account_id}", "resources.assign_census"),
    Route("GET", _CENSUS + "/coverage", "resources.get_census_coverage"),
    Route("GET", _CENSUS + "/rechecks", "resources.list_census_rechecks"),
    Route("POST", _CENSUS + "/opening", "resources.open_census"),
    Route("POST", _CENSUS + "/closure", "resources.close_census"),
    Route("POST", _CENSUS + "/cancellation", "resources.cancel_census"),
    Route("POST", _CENSUS + "/records", "resources.keep_census_record", status=201),
    Route("POST", _CENSUS + "/record-batches", "resources.upload_census_records"),
    Route("GET", "/v1/census-records", "resources.list_census_records"),
    Route("GET", _RECORD, "resources.get_census_record"),
    Route("PATCH", _RECORD, "resources.change_census_record"),
    Route("GET", _RECORD + "/like-entries", "resources.list_like_entries"),
    Route("POST", _RECORD + "/submission", "resources.submit_census_record"),
    Route("POST", _RECORD + "/return", "resources.return_census_record"),
    Route("POST", _RECORD + "/verification", "resources.verify_census_record"),
    Route("POST", _RECORD + "/rejection", "resources.reject_census_record"),
    Route("POST", _RECORD + "/listing", "resources.list_census_record"),
)
