"""Rules of periodic reports: due days counted from the anchor, the transition table, what must be explained. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes_reports import ReportsCode

DEFAULTS: dict[str, Any] = {
    "rhythm": "quarterly",
    "weeks": 4,
    "due_days": 10,
    "workday_rule": "next",
    "reminder_days": [7, 1],
    "extension_days_max": 30,
    "horizon_periods": 4,
    "closing_needs_reports": True,
}
MONTHS = {"monthly": 1, "quarterly": 3}
MOST_SLOTS = 120
FURTHEST = timedelta(days=3653)
STATUSES = ("expected", "overdue", "submitted", "returned", "accepted", "dropped")
ACTIONS = ("submit", "lapse", "extend", "return", "accept", "drop")
TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("expected", "submit"): "submitted",
    ("expected", "lapse"): "overdue",
    ("expected", "extend"): "expected",
    ("expected", "drop"): "dropped",
    ("overdue", "submit"): "submitted",
    ("overdue", "extend"): "expected",
    ("overdue", "drop"): "dropped",
    ("submitted", "accept"): "accepted",
    ("submitted", "return"): "returned",
    ("submitted", "drop"): "dropped",
    ("returned", "submit"): "submitted",
    ("returned", "lapse"): "overdue",
    ("returned", "extend"): "returned",
    ("returned", "drop"): "dropped",
}
OPEN = ("expected", "overdue", "submitted", "returned")
Works = Callable[[date], tuple[bool, bool]]


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A report that will be due: its period (both days count) and its day."""

    number: int
    period_from: date
    period_until: date
    due_on: date
    confirmed: bool
    milestone_id: str | None = None


def next_status(status: str, action: str) -> str:
    """The state after ``action``; whatever is not in the table is a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ReportsCode.SLOT_STATE, status=status, action=action) from None


def completed(*given: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults, overridden by the district's rules, overridden by the round's."""
    found = dict(DEFAULTS)
    for rules in given:
        found.update(rules)
    return found


def months_after(anchor: date, months: int) -> date:
    """The same day of a later month, or that month's last day. Counted from the anchor: 31 January, 28 February,
    31 March."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))


def boundary(anchor: date, rhythm: str, weeks: int, k: int) -> date:
    """Where the k-th period ends and the next begins: the anchor plus k periods, whatever happened in between."""
    if rhythm == "weeks":
        return anchor + timedelta(weeks=weeks * k)
    return months_after(anchor, MONTHS[rhythm] * k)


def working_day(day: date, rule: str, works: Works) -> tuple[date, bool]:
    """The published rule for days off: ``same``, the ``next`` or the ``previous`` working day; and whether the
    calendar of every day looked at is confirmed."""
    confirmed = True
    while rule != "same":
        is_working, known = works(day)
        confirmed = confirmed and known
        if is_working:
            break
        day += timedelta(days=1 if rule == "next" else -1)
    return day, confirmed


def slots(
    rules: Mapping[str, Any],
    *,
    anchor: date,
    ends_on: date | None,
    milestones: Sequence[tuple[str, date]],
    works: Works,
) -> list[Slot]:
    """Every report of a project. A function of the anchor, the rules and the plan alone: no report moves another's day.

    Without a last day, ``horizon_periods`` periods. ``milestones``: ``(id, due day)``, for that rhythm.
    """
    if rules["rhythm"] == "milestones":
        periods = _between_milestones(anchor, milestones)
    else:
        periods = _by_calendar(rules, anchor, ends_on)
    found = []
    for number, (first, last, counted, milestone_id) in enumerate(periods, start=1):
        due_on, confirmed = working_day(counted + timedelta(days=rules["due_days"]), rules["workday_rule"], works)
        found.append(
            Slot(
                number=number,
                period_from=first,
                period_until=last,
                due_on=due_on,
                confirmed=confirmed,
                milestone_id=milestone_id,
            )
        )
    if not found:
        raise InvalidError(ReportsCode.PLAN_EMPTY, rhythm=rules["rhythm"])
    return found


def _by_calendar(
    rules: Mapping[str, Any], anchor: date, ends_on: date | None
) -> list[tuple[date, date, date, str | None]]:
    """The last period ends with the project, and is reported by the day it would have ended anyway."""
    found: list[tuple[date, date, date, str | None]] = []
    for k in range(1, MOST_SLOTS + 1):
        first = boundary(anchor, rules["rhythm"], rules["weeks"], k - 1)
        last = boundary(anchor, rules["rhythm"], rules["weeks"], k) - timedelta(days=1)
        over = first > ends_on if ends_on is not None else k > rules["horizon_periods"]
        if over:
            break
        found.append((first, min(last, ends_on) if ends_on is not None else last, last, None))
    return found


def _between_milestones(
    anchor: date, milestones: Sequence[tuple[str, date]]
) -> list[tuple[date, date, date, str | None]]:
    found: list[tuple[date, date, date, str | None]] = []
    first = anchor
    for milestone_id, day in sorted(milestones, key=lambda one: (one[1], one[0])):
        found.append((min(first, day), day, day, milestone_id))
        first = max(first, day + timedelta(days=1))
    return found


def check_anchor(anchor: date, *, today: date) -> None:
    """Periods are counted within a few years of today, not from the ends of the calendar."""
    if abs(anchor - today) > FURTHEST:
        raise InvalidError(ReportsCode.ANCHOR_INVALID, anchor_on=anchor.isoformat())


def check_begun(*, period_from: date, today: date) -> None:
    """Early is welcome; before the period begins there is nothing to report."""
    if today < period_from:
        raise ConflictError(ReportsCode.TOO_EARLY, period_from=period_from.isoformat())


def check_extension(*, due_on: date, original_due_on: date, new_due_on: date, today: date, days_max: int) -> None:
    """Later than now due, not past already, and within the policy counted from the day that was due first."""
    latest = original_due_on + timedelta(days=days_max)
    if new_due_on <= due_on or new_due_on < today or new_due_on > latest:
        raise InvalidError(ReportsCode.EXTENSION_INVALID, latest=latest.isoformat())


def deviations(content: Mapping[str, Any], figures: Mapping[str, Any]) -> list[str]:
    """Which reported figures differ from the platform's own; what it does not record differs from nothing."""
    counts = ("activity_count", "beneficiary_count", "service_minutes")
    found = [name for name in counts if figures[name] is not None and figures[name] != content[name]]
    said = {row["line"]: row["amount_fen"] for row in content["spending"]}
    kept = {row["line"]: row["amount_fen"] for row in figures["spending"]}
    return found + [f"spending: {line}" for line in sorted({*said, *kept}) if said.get(line, 0) != kept.get(line, 0)]


def check_content(content: Mapping[str, Any], figures: Mapping[str, Any], *, lines: Sequence[str]) -> None:
    """Each line of the budget once at most, and every difference explained."""
    named = [row["line"] for row in content["spending"]]
    unknown = sorted({line for line in named if line not in lines or named.count(line) > 1})
    if unknown:
        raise InvalidError(ReportsCode.LINE_UNKNOWN, lines=unknown)
    differing = deviations(content, figures)
    if differing and not content["deviation"]:
        raise InvalidError(ReportsCode.DEVIATION_UNEXPLAINED, figures=differing)
