"""Rules of delivery: transition tables of projects and milestones, budgets, grades, acceptance (DOMAIN.md, P6–P7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes_delivery import DeliveryCode

STATUSES = ("active", "changing", "mid_review", "final_report", "acceptance", "closed", "terminated")
ACTIONS = (
    "submit_milestone",
    "accept_milestone",
    "return_milestone",
    "spend",
    "report",
    "begin_mid_review",
    "evaluate_mid_term",
    "request_change",
    "notify_change",
    "decide_change",
    "submit_final_report",
    "evaluate_final",
    "accept",
    "close",
    "terminate",
)
TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("active", "submit_milestone"): "active",
    ("active", "accept_milestone"): "active",
    ("active", "return_milestone"): "active",
    ("active", "spend"): "active",
    ("active", "report"): "active",
    ("active", "request_change"): "changing",
    ("active", "notify_change"): "active",
    ("active", "begin_mid_review"): "mid_review",
    ("active", "submit_final_report"): "final_report",
    ("active", "terminate"): "terminated",
    ("changing", "accept_milestone"): "changing",
    ("changing", "return_milestone"): "changing",
    ("changing", "report"): "changing",
    ("changing", "decide_change"): "active",
    ("changing", "terminate"): "terminated",
    ("mid_review", "submit_milestone"): "mid_review",
    ("mid_review", "accept_milestone"): "mid_review",
    ("mid_review", "return_milestone"): "mid_review",
    ("mid_review", "spend"): "mid_review",
    ("mid_review", "report"): "mid_review",
    ("mid_review", "evaluate_mid_term"): "active",
    ("mid_review", "terminate"): "terminated",
    ("final_report", "submit_milestone"): "final_report",
    ("final_report", "accept_milestone"): "final_report",
    ("final_report", "return_milestone"): "final_report",
    ("final_report", "report"): "final_report",
    ("final_report", "evaluate_final"): "final_report",
    ("final_report", "accept"): "acceptance",
    ("final_report", "terminate"): "terminated",
    ("acceptance", "close"): "closed",
    ("acceptance", "terminate"): "terminated",
}
PROPOSAL_ACTIONS: Mapping[str, str] = {
    "request_change": "request_change",
    "decide_change": "decide_change",
    "begin_mid_review": "begin_mid_review",
    "evaluate_mid_term": "end_mid_review",
    "submit_final_report": "submit_final_report",
    "accept": "accept",
    "close": "close",
    "terminate": "terminate",
}
MILESTONE_STATUSES = ("planned", "submitted", "returned", "accepted")
MILESTONE_ACTIONS = ("submit", "accept", "return")
MILESTONE_TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("planned", "submit"): "submitted",
    ("returned", "submit"): "submitted",
    ("submitted", "accept"): "accepted",
    ("submitted", "return"): "returned",
}
CHANGE_TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("new", "notify"): "notified",
    ("new", "request"): "requested",
    ("requested", "approve"): "approved",
    ("requested", "refuse"): "refused",
    ("requested", "withdraw"): "withdrawn",
}


def next_status(status: str, action: str) -> str:
    """The project's state after ``action``; whatever is not in the table is a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(DeliveryCode.PROJECT_STATE, status=status, action=action) from None


def next_milestone_status(status: str, action: str) -> str:
    """The milestone's state after ``action``."""
    try:
        return MILESTONE_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(DeliveryCode.MILESTONE_STATE, status=status, action=action) from None


def next_change_status(status: str, action: str) -> str:
    """The budget change's state after ``action``; ``new`` is one that was not written down yet."""
    try:
        return CHANGE_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(DeliveryCode.PROJECT_STATE, status=status, action=action) from None


def moved_fen(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> int:
    """How much other lines get than they had."""
    had = {row["line"]: row["amount_fen"] for row in before}
    return sum(max(row["amount_fen"] - had.get(row["line"], 0), 0) for row in after)


def is_small_shift(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], *, award_fen: int, percent: int
) -> bool:
    """Below ``percent`` of the award, and into no line that was not there: told, not decided."""
    lines = {row["line"] for row in before}
    opened = any(row["line"] not in lines for row in after)
    return not opened and moved_fen(before, after) * 100 < award_fen * percent


def check_evidence(count: int) -> None:
    """A milestone is shown, not told."""
    if count == 0:
        raise ConflictError(DeliveryCode.MILESTONE_WITHOUT_EVIDENCE)


def check_spending(*, budget: Sequence[Mapping[str, Any]], spent_fen: int, line: str, amount_fen: int) -> None:
    """``spent_fen``: what was spent from the line before. A line is never overspent; money moves by budget change."""
    planned = {row["line"]: row["amount_fen"] for row in budget}
    if line not in planned:
        raise InvalidError(DeliveryCode.BUDGET_LINE_UNKNOWN, line=line)
    if amount_fen <= 0 or spent_fen + amount_fen > planned[line]:
        raise ConflictError(DeliveryCode.BUDGET_EXCEEDED, line=line, left_fen=planned[line] - spent_fen)


def check_new_budget(
    *, lines: Sequence[Mapping[str, Any]], award_fen: int, spent_fen_by_line: Mapping[str, int]
) -> None:
    """Distinct lines that add up to the award, none below what it has spent already."""
    planned = {row["line"]: row["amount_fen"] for row in lines}
    total = sum(row["amount_fen"] for row in lines)
    if len(planned) != len(lines) or total != award_fen:
        raise InvalidError(DeliveryCode.BUDGET_SUM_WRONG, total_fen=total, award_fen=award_fen)
    for line, spent in spent_fen_by_line.items():
        if planned.get(line, 0) < spent:
            raise ConflictError(DeliveryCode.BUDGET_EXCEEDED, line=line, spent_fen=spent)


def check_report(*, kind: str, tranche_number: int | None, period_from: date, period_until: date) -> None:
    """A period has a length; a report on a tranche says which one."""
    if period_until < period_from:
        raise InvalidError(DeliveryCode.REPORT_INVALID, fields={"period_until": ["Before period_from."]})
    if (kind == "tranche") != (tranche_number is not None):
        raise InvalidError(DeliveryCode.REPORT_INVALID, fields={"tranche_number": ["Only, and always, for a tranche."]})


def grade(score: int, *, grade_a_from: int, grade_b_from: int) -> str:
    """A, B or C by the district's thresholds."""
    if score >= grade_a_from:
        return "A"
    return "B" if score >= grade_b_from else "C"


def tranche_may_be_released(*, number: int, milestones: Sequence[tuple[int | None, str]], reported: set[int]) -> bool:
    """Tranche n: every milestone bound to it is accepted, and tranche n−1 is reported.

    ``milestones``: ``(tranche_number, status)``. The first tranche is released by the agreement, not here. A tranche
    without a milestone of its own waits for the report only.
    """
    bound = [status for tranche, status in milestones if tranche == number]
    return number > 1 and all(status == "accepted" for status in bound) and number - 1 in reported


def check_acceptance(*, milestone_statuses: Sequence[str], evaluations: set[str], unspent_fen: int) -> None:
    """Milestones accepted, final evaluation made, unspent money returned (the trail's guard comes besides)."""
    waiting = sum(status != "accepted" for status in milestone_statuses)
    if waiting:
        raise ConflictError(DeliveryCode.MILESTONES_OPEN, open=waiting)
    if "final" not in evaluations:
        raise ConflictError(DeliveryCode.EVALUATION_MISSING, kind="final")
    check_returned(unspent_fen)


def check_returned(unspent_fen: int) -> None:
    """What was paid is spent or came back."""
    if unspent_fen != 0:
        raise ConflictError(DeliveryCode.UNSPENT_NOT_RETURNED, unspent_fen=unspent_fen)


def check_recovery(*, recover_fen: int, outstanding_fen: int) -> None:
    """Nobody gives back more than they got and still have to account for."""
    if not 0 <= recover_fen <= outstanding_fen:
        raise ConflictError(DeliveryCode.BUDGET_EXCEEDED, recover_fen=recover_fen, left_fen=outstanding_fen)
