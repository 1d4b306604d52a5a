"""Rules of incubation cases: the state machine of DOMAIN.md and its guards."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, datetime

from chassis.errors import ConflictError, InvalidError
from contracts.registry.codes_growth import GrowthCode

STATUSES = (
    "draft",
    "received",
    "more_info",
    "screening",
    "review",
    "rejected",
    "public_notice",
    "agreed",
    "incubating",
    "suspended",
    "exit_review",
    "graduated",
    "extended",
    "withdrawn",
    "expelled",
)
FINAL = ("rejected", "graduated", "withdrawn", "expelled")
OPEN = tuple(status for status in STATUSES if status not in (*FINAL, "draft"))
ASKING = ("received", "screening", "review", "public_notice")
# Until the public notice a review is under way and its clock runs.
REVIEWING = ("received", "more_info", "screening", "review")
IN_BASE = ("public_notice", "agreed", "incubating", "suspended", "exit_review", "extended")

TRANSITIONS: dict[tuple[str, str], str] = {
    ("draft", "submit"): "received",
    ("received", "screen"): "screening",
    ("screening", "pass"): "review",
    ("review", "admit"): "public_notice",
    ("public_notice", "agree"): "agreed",
    ("agreed", "begin"): "incubating",
    ("incubating", "suspend"): "suspended",
    ("suspended", "resume"): "incubating",
    ("incubating", "review_exit"): "exit_review",
    ("suspended", "review_exit"): "exit_review",
    ("exit_review", "graduate"): "graduated",
    ("exit_review", "extend"): "extended",
    ("extended", "continue"): "incubating",  # in the same transaction: extending is a step, not a place to stay
    ("exit_review", "expel"): "expelled",
    **{(status, "ask"): "more_info" for status in ASKING},
    **{("more_info", f"return_to_{status}"): status for status in ASKING},
    **{(status, "reject"): "rejected" for status in (*ASKING, "more_info")},
    # Once incubating, leaving goes through the exit review.
    **{(status, "withdraw"): "withdrawn" for status in ("draft", *ASKING, "more_info", "agreed", "exit_review")},
}
# The outcome an exit review was asked for, and the step it leads to.
SOUGHT = {"graduation": "graduate", "extension": "extend", "withdrawal": "withdraw", "expulsion": "expel"}

# When capacity of each kind is measured: the baseline before incubation, the others once it is under way.
ASSESSED_BEFORE = (*ASKING, "more_info", "agreed")
ASSESSED_DURING = ("incubating", "suspended", "exit_review")

# Days before an organisation may apply again, by how its last incubation ended: the policy that says so.
REENTRY = {
    "expelled": "case_reentry_days",
    "withdrawn": "case_reentry_withdrawn_days",
    "graduated": "case_reentry_graduated_days",
}


def next_status(status: str, action: str) -> str:
    """The status after ``action``; raises :class:`ConflictError` where the table has no such row."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(GrowthCode.CASE_STATE, status=status, action=action) from None


def missing_documents(required: list[str], kinds: set[str]) -> list[str]:
    """Required kinds that are not there, in the policy's order."""
    return [kind for kind in required if kind not in kinds]


def is_recused(
    *,
    reviewer_account: str | None,
    reviewer_organisation: str | None,
    drafted_by: str | None,
    organisation_id: str,
    hub_id: str | None,
) -> bool:
    """Whoever drafted the case, or belongs to the organisation or to its hub, stands aside."""
    related = {organisation_id, hub_id} - {None}
    return reviewer_organisation in related or (reviewer_account is not None and reviewer_account == drafted_by)


def is_admitted(votes: Mapping[str, int], *, quorum: int) -> bool:
    """By majority of the votes, recusals out; raises while there are too few, or they are tied."""
    approve, reject = votes.get("approve", 0), votes.get("reject", 0)
    if approve + reject < quorum:
        raise ConflictError(GrowthCode.CASE_VOTES_MISSING, votes=approve + reject, needed=quorum)
    if approve == reject:
        raise ConflictError(GrowthCode.CASE_VOTES_TIED, approve=approve, reject=reject)
    return approve > reject


def check_capacity(mode: str, *, taken: int, capacity: int) -> None:
    """An offsite case (壳外孵化) takes no room in the base."""
    if mode == "onsite" and taken >= capacity:
        raise ConflictError(GrowthCode.CASE_BASE_FULL, taken=taken, capacity=capacity)


def check_notice_over(now: datetime, notice_until: datetime | None, *, open_objections: int) -> None:
    """The public notice ran its time and nothing stands against it."""
    if notice_until is None or now < notice_until:
        until = notice_until.isoformat() if notice_until else None
        raise ConflictError(GrowthCode.CASE_NOTICE_RUNNING, notice_until=until)
    if open_objections:
        raise ConflictError(GrowthCode.CASE_OBJECTION_OPEN, open=open_objections)


def check_team(serving: set[str]) -> None:
    """Specialist AND steward."""
    lacking = sorted({"specialist", "steward"} - serving)
    if lacking:
        raise ConflictError(GrowthCode.CASE_TEAM_INCOMPLETE, missing=lacking)


def check_signed(signed_on: date, today: date, *, since: date) -> date:
    """Nothing is signed tomorrow, nor before ``since``, the first day after the public notice."""
    if signed_on > today:
        raise InvalidError(GrowthCode.CASE_DATE_INVALID, signed_on=signed_on.isoformat())
    if signed_on < since:
        raise InvalidError(
            GrowthCode.CASE_SIGNED_EARLY, signed_on=signed_on.isoformat(), notice_over_on=since.isoformat()
        )
    return signed_on


def check_assessed_in_time(status: str, kind: str) -> None:
    """A case that is over, or not yet handed in, is not measured at all."""
    if status not in (*ASSESSED_BEFORE, *ASSESSED_DURING):
        raise ConflictError(GrowthCode.CASE_STATE, status=status, action="assess")
    if status not in (ASSESSED_BEFORE if kind == "baseline" else ASSESSED_DURING):
        raise ConflictError(GrowthCode.CASE_ASSESSMENT_UNTIMELY, status=status, kind=kind)


def check_withdrawal(status: str, sought: str | None, *, by_staff: bool) -> None:
    """Whoever is about to be expelled does not leave of their own accord, to apply again tomorrow."""
    if status == "exit_review" and sought == "expulsion" and not by_staff:
        raise ConflictError(GrowthCode.CASE_EXPULSION_PENDING)


def check_term(months: int, *, most: int) -> None:
    """How long incubation may last."""
    if months > most:
        raise InvalidError(GrowthCode.CASE_TERM_TOO_LONG, months=months, most=most)


def check_exit(sought: str, *, high_open: int, failed_rechecks: int, failures_needed: int) -> None:
    """High-severity findings are rectified first; only to be expelled one needs failed rechecks instead.

    ``failed_rechecks``: the most of any finding made during this incubation, not of an earlier one.
    """
    if sought == "expulsion":
        if failed_rechecks < failures_needed:
            raise ConflictError(GrowthCode.CASE_EXPULSION_UNFOUNDED, failed=failed_rechecks, needed=failures_needed)
    elif sought in {"graduation", "extension"} and high_open:
        raise ConflictError(GrowthCode.CASE_FINDINGS_OPEN, open=high_open)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
