"""Rules of community projects: the transition tables, the budget, the period, when work is over. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes_community import CommunityCode

STATUSES = ("draft", "published", "running", "completed", "closed", "cancelled")
ACTIONS = ("change", "publish", "start", "complete", "close", "cancel", "plan", "hold", "order", "spend", "interest")
TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("draft", "change"): "draft",
    ("draft", "plan"): "draft",
    ("draft", "publish"): "published",
    ("draft", "cancel"): "cancelled",
    ("published", "plan"): "published",
    ("published", "order"): "published",
    ("published", "interest"): "published",
    ("published", "start"): "running",
    ("published", "cancel"): "cancelled",
    ("running", "plan"): "running",
    ("running", "hold"): "running",
    ("running", "order"): "running",
    ("running", "spend"): "running",
    ("running", "interest"): "running",
    ("running", "complete"): "completed",
    ("running", "cancel"): "cancelled",
    ("completed", "spend"): "completed",
    ("completed", "close"): "closed",
}
SESSION_STATUSES = ("planned", "held", "cancelled")
SESSION_ACTIONS = ("change", "order", "hold", "spend", "cancel")
SESSION_TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("planned", "change"): "planned",
    ("planned", "order"): "planned",
    ("planned", "spend"): "planned",
    ("planned", "hold"): "held",
    ("planned", "cancel"): "cancelled",
    ("held", "spend"): "held",
}
ONLINE = ("published", "running", "completed", "closed")
ORDERS_DONE = ("confirmed", "rated", "sealed")
ORDERS_OVER = (*ORDERS_DONE, "resolved", "cancelled")


def next_status(status: str, action: str) -> str:
    """The project's state after ``action``; whatever is not in the table is a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(CommunityCode.PROJECT_STATE, status=status, action=action) from None


def next_session_status(status: str, action: str) -> str:
    """The session's state after ``action``."""
    try:
        return SESSION_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(CommunityCode.SESSION_STATE, status=status, action=action) from None


def check_budget(lines: Sequence[Mapping[str, Any]], budget_fen: int) -> None:
    """Distinct lines with something in them that add up to the budget; a project without money has no lines."""
    names = [row["line"] for row in lines]
    total = sum(row["amount_fen"] for row in lines)
    if len(set(names)) != len(names) or total != budget_fen or any(row["amount_fen"] <= 0 for row in lines):
        raise InvalidError(CommunityCode.BUDGET_INVALID, total_fen=total, budget_fen=budget_fen)


def check_period(starts_on: date, ends_on: date) -> None:
    """A project ends when it starts, or later."""
    if ends_on < starts_on:
        raise InvalidError(CommunityCode.PERIOD_INVALID, fields={"ends_on": ["Before starts_on."]})


def check_session_time(
    starts_at: datetime, ends_at: datetime, *, first: date, last: date, starts_on: date, ends_on: date
) -> None:
    """A session ends after it starts, and its days (``first``, ``last``) lie within the project's."""
    if ends_at <= starts_at or first < starts_on or last > ends_on:
        raise InvalidError(CommunityCode.PERIOD_INVALID, starts_on=starts_on.isoformat(), ends_on=ends_on.isoformat())


def check_within(*, asked_fen: int, left_fen: int) -> None:
    """Never above the budget, of the project or of a session."""
    if asked_fen > left_fen:
        raise ConflictError(CommunityCode.BUDGET_EXCEEDED, left_fen=left_fen)


def check_line(lines: Sequence[Mapping[str, Any]], *, line: str, spent_fen: int, amount_fen: int) -> None:
    """``spent_fen``: what was spent from the line before, over all sessions."""
    planned = {row["line"]: row["amount_fen"] for row in lines}
    if line not in planned:
        raise InvalidError(CommunityCode.LINE_UNKNOWN, line=line)
    if amount_fen <= 0:
        raise InvalidError(CommunityCode.BUDGET_INVALID, fields={"amount": ["Above zero."]})
    check_within(asked_fen=amount_fen, left_fen=planned[line] - spent_fen)


def check_publication(*, sessions: int, ends_on: date, today: date) -> None:
    """Everything that is missing, at once: a session at least, and days that still lie ahead."""
    problems = [] if sessions else ["sessions: one at least"]
    problems += [] if ends_on >= today else ["ends_on: in the past"]
    if problems:
        raise ConflictError(CommunityCode.UNREADY, problems=problems)


def check_completion(*, sessions_open: int, orders_by_status: Mapping[str, int]) -> None:
    """Every session held or cancelled, and no order under way."""
    if sessions_open:
        raise ConflictError(CommunityCode.SESSIONS_OPEN, open=sessions_open)
    waiting = {status: count for status, count in orders_by_status.items() if status not in ORDERS_OVER}
    if waiting:
        raise ConflictError(CommunityCode.ORDERS_OPEN, open=waiting)


def two_places(total: int, count: int) -> str | None:
    """A mean as people read it, rounded half up."""
    if not count:
        return None
    cents = (200 * total + count) // (2 * count)
    return f"{cents // 100}.{cents % 100:02d}"
