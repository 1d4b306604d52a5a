"""Routes of the library of policy documents."""

from __future__ import annotations

from gateway.route import Route

_DOCUMENT = "/v1/policy-documents/{document_id}"

ROUTES = (
    Route("GET", "/v1/policy-documents", "registry.list_policy_documents"),
    Route("POST", "/v1/policy-documents", "registry.publish_policy_document", status=201),
    Route("GET", _DOCUMENT, "registry.get_policy_document"),
    Route("POST", _DOCUMENT + "/versions", "registry.revise_policy_document", status=201),
    Route("POST", _DOCUMENT + "/withdrawal", "registry.withdraw_policy_document"),
)
