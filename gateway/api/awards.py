"""Routes of awards and their tranches."""

from __future__ import annotations

from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/awards", "projects.list_awards"),
    Route("GET", "/v1/awards/{award_id}", "projects.get_award"),
    Route("POST", "/v1/awards/{award_id}/refusal", "projects.decline_award"),
    Route("POST", "/v1/awards/{award_id}/returns", "projects.return_unspent"),
    Route("GET", "/v1/tranches/{tranche_id}", "projects.get_tranche"),
    Route("POST", "/v1/tranches/{tranche_id}/payment", "projects.pay_tranche"),
)
