"""Routes of privacy and of the end of accounts."""

from __future__ import annotations

from gateway.route import Route

ROUTES = (
    Route("POST", "/v1/personal-disclosures", "registry.disclose_personal", status=201),
    Route("GET", "/v1/personal-disclosures", "registry.list_disclosures"),
    Route("GET", "/v1/consent-texts", "registry.list_consent_texts"),
    Route("POST", "/v1/consents", "registry.give_consent", status=201),
    Route("GET", "/v1/consents", "registry.list_consents"),
    Route("GET", "/v1/consents/{consent_id}", "registry.get_consent"),
    Route("POST", "/v1/consents/{consent_id}/withdrawal", "registry.withdraw_consent"),
    Route("POST", "/v1/data-exports", "registry.request_data_export", status=202),
    Route("GET", "/v1/data-exports/{export_id}", "registry.get_data_export"),
    Route("POST", "/v1/me/erasure", "registry.request_erasure", status=202),
    Route("POST", "/v1/accounts/{account_id}/erasure", "registry.erase_account"),
    Route("POST", "/v1/accounts/{account_id}/closure", "registry.close_account"),
    Route("POST", "/v1/accounts/{account_id}/reopening", "registry.reopen_account"),
    Route("POST", "/v1/text-redactions", "registry.redact_text"),
    Route("POST", "/v1/data-keys/resealing", "registry.reseal_personal_data", status=202),
)
