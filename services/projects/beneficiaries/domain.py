"""Beneficiaries: the transition table, what identifies a person, when consent is needed. Pure."""

from __future__ import annotations

from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes_activities import BeneficiaryCode

TRANSITIONS: dict[tuple[str, str], str] = {
    ("active", "erase"): "erased",
    ("active", "merge"): "merged",
    ("erased", "merge"): "merged",
}
COUNTED = ("active", "erased")


def next_status(status: str, action: str) -> str:
    """The entry's state after ``action``; whatever is not in the table is a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(BeneficiaryCode.BENEFICIARY_STATE, status=status, action=action) from None


def check_consent(*, health: bool, under_14: bool, consent_by: str | None) -> None:
    """Separate consent for health, a guardian's for children under 14 (PIPL art. 28–31)."""
    wanted = {"guardian"} if under_14 else {"self", "guardian"} if health else None
    if wanted is not None and consent_by not in wanted:
        raise InvalidError(BeneficiaryCode.BENEFICIARY_CONSENT_MISSING)


def check_identified(*, account_id: str | None, name: str | None, phone: str | None, document: str | None) -> None:
    """Somebody who could not be told from others is counted in a group instead."""
    if not (account_id or document or (name and phone)):
        raise InvalidError(BeneficiaryCode.BENEFICIARY_UNIDENTIFIED)


def check_same(first_account: str | None, second_account: str | None) -> None:
    """Two accounts are two people."""
    if first_account and second_account and first_account != second_account:
        raise ConflictError(BeneficiaryCode.BENEFICIARIES_DISTINCT)
