"""Routes of money: agreements, ledger, payees, payments, recoveries, debarments, policy, open data."""

from __future__ import annotations

from gateway.route import Route

_AGREEMENT = "/v1/agreements/{agreement_id}"
_PAYEE = "/v1/payees/{payee_id}"
_BATCH = "/v1/payment-batches/{batch_id}"
_RECOVERY = "/v1/recoveries/{recovery_id}"
_DEBARMENT = "/v1/debarments/{debarment_id}"

ROUTES = (
    Route("GET", "/v1/awards/{award_id}/agreements", "projects.list_agreements"),
    Route("POST", "/v1/awards/{award_id}/agreements", "projects.propose_agreement_change", status=201),
    Route("POST", "/v1/awards/{award_id}/signature", "projects.sign_agreement"),
    Route("GET", _AGREEMENT, "projects.get_agreement"),
    Route("POST", _AGREEMENT + "/withdrawal", "projects.withdraw_agreement_change"),
    Route("GET", "/v1/rounds/{round_id}/money", "projects.get_round_money"),
    Route("GET", "/v1/rounds/{round_id}/ledger", "projects.list_ledger_entries"),
    Route("GET", "/v1/rounds/{round_id}/trial-balance", "projects.get_trial_balance"),
    Route("GET", "/v1/money-policy", "projects.get_money_policy"),
    Route("PATCH", "/v1/money-policy", "projects.change_money_policy"),
    Route("GET", "/v1/payees", "projects.list_payees"),
    Route("POST", "/v1/payees", "projects.register_payee", status=201),
    Route("GET", _PAYEE, "projects.get_payee"),
    Route("POST", _PAYEE + "/verification", "projects.verify_payee"),
    Route("POST", _PAYEE + "/retirement", "projects.retire_payee"),
    Route("GET", "/v1/payment-batches", "projects.list_payment_batches"),
    Route("POST", "/v1/payment-batches", "projects.draft_payment_batch", status=201),
    Route("GET", _BATCH, "projects.get_payment_batch"),
    Route("GET", _BATCH + "/payments", "projects.list_payments"),
    Route("POST", _BATCH + "/approval", "projects.approve_payment_batch"),
    Route("POST", _BATCH + "/cancellation", "projects.cancel_payment_batch"),
    Route("POST", _BATCH + "/export", "projects.export_payment_batch", download=True),
    Route("GET", _BATCH + "/exports", "projects.list_payment_exports"),
    Route("GET", _BATCH + "/answers", "projects.list_payment_answers"),
    Route("POST", _BATCH + "/answers", "projects.import_payment_answer"),
    Route("GET", "/v1/recoveries", "projects.list_recoveries"),
    Route("GET", _RECOVERY, "projects.get_recovery"),
    Route("POST", _RECOVERY + "/receipts", "projects.record_recovery"),
    Route("POST", _RECOVERY + "/write-off", "projects.propose_write_off"),
    Route("POST", _RECOVERY + "/write-off/approval", "projects.approve_write_off"),
    Route("POST", _RECOVERY + "/write-off/refusal", "projects.refuse_write_off"),
    Route("GET", "/v1/debarments", "projects.list_debarments"),
    Route("POST", "/v1/debarments", "projects.propose_debarment", status=201),
    Route("GET", _DEBARMENT, "projects.get_debarment"),
    Route("POST", _DEBARMENT + "/confirmation", "projects.confirm_debarment"),
    Route("POST", _DEBARMENT + "/dropping", "projects.drop_debarment"),
    Route("POST", _DEBARMENT + "/appeal", "projects.appeal_debarment"),
    Route("POST", _DEBARMENT + "/upholding", "projects.uphold_debarment"),
    Route("POST", _DEBARMENT + "/lifting", "projects.lift_debarment"),
    Route("GET", "/v1/grants", "projects.list_grants"),
    Route("GET", "/v1/grants-file", "projects.get_grants_file", download=True),
)
