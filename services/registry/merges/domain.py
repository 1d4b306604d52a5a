"""Rules of merges."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts.registry.codes_organisations import OrganisationCode

STATUSES = ("proposed", "merged", "rejected", "withdrawn", "undone")
TRANSITIONS: dict[tuple[str, str], str] = {
    ("proposed", "approve"): "merged",
    ("proposed", "reject"): "rejected",
    ("proposed", "withdraw"): "withdrawn",
    ("merged", "undo"): "undone",
}


@dataclass(frozen=True)
class Side:
    """What a merge asks of each of the two."""

    organisation_id: str
    kind: str
    street_code: str | None
    uscc: str | None
    status: str
    open_cases: int


def next_status(status: str, action: str) -> str:
    """The status after ``action``; raises :class:`ConflictError` where the table has no such row."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(OrganisationCode.MERGE_STATE, status=status, action=action) from None


def check(survivor: Side, merged: Side, *, across: bool = False) -> None:
    """Whether the two can be one: same kind, one legal person at most, one open case at most.

    ``across``: whoever asks may speak for both streets; else it must be one.
    """
    if survivor.organisation_id == merged.organisation_id:
        raise InvalidError(OrganisationCode.MERGE_SAME)
    if survivor.kind != merged.kind:
        raise ConflictError(OrganisationCode.MERGE_KINDS_DIFFER, survivor=survivor.kind, merged=merged.kind)
    if survivor.street_code != merged.street_code and not across:
        raise ConflictError(OrganisationCode.MERGE_STREETS_DIFFER)
    if merged.uscc and survivor.uscc and merged.uscc != survivor.uscc:
        raise ConflictError(OrganisationCode.MERGE_CODES_DIFFER)
    if merged.uscc and not survivor.uscc:
        raise ConflictError(OrganisationCode.MERGE_SURVIVOR_UNREGISTERED)
    if survivor.open_cases and merged.open_cases:
        raise ConflictError(OrganisationCode.MERGE_BOTH_OPEN_CASES)


def check_reviewer(account_id: str | None, proposed_by: str | None) -> None:
    """Four eyes: nobody decides on what they proposed."""
    if account_id is None or account_id == proposed_by:
        raise ForbiddenError(OrganisationCode.MERGE_OWN_PROPOSAL)


def check_proposer(account_id: str | None, proposed_by: str | None) -> None:
    """Who proposed may withdraw."""
    if account_id is None or account_id != proposed_by:
        raise ForbiddenError(OrganisationCode.MERGE_NOT_PROPOSER)
