"""Recurring orders: the transition table, the supported subset of RRULE, and which days it means. Pure.

Days are counted, not instants: a rule is about wall days in Shanghai (no summer time since 1991), and the time of day
is added afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from dateutil.rrule import DAILY, FR, MO, MONTHLY, SA, SU, TH, TU, WE, WEEKLY, rrule

from chassis.clock import SHANGHAI
from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes_orders import OrderCode

TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("requested", "begin"): "active",
    ("requested", "change"): "requested",
    ("requested", "end"): "ended",
    ("active", "change"): "active",
    ("active", "pause"): "paused",
    ("active", "end"): "ended",
    ("paused", "change"): "paused",
    ("paused", "resume"): "active",
    ("paused", "end"): "ended",
}
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAYS = (MO, TU, WE, TH, FR, SA, SU)
FREQUENCIES: Mapping[str, Literal[1, 2, 3]] = {"DAILY": DAILY, "WEEKLY": WEEKLY, "MONTHLY": MONTHLY}
MOST = 1000  # occurrences of one rule
_INTERVAL_MAX, _SHIFT_MAX = 366, 30
_DAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")


def next_status(status: str, action: str) -> str:
    """The state after ``action``; whatever is not in the table is a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(OrderCode.SERIES_STATE, status=status, action=action) from None


@dataclass(frozen=True)
class Rule:
    """A parsed rule; ``by_day`` holds ``(ordinal or 0, weekday from Monday = 0)``."""

    frequency: str
    interval: int = 1
    by_day: tuple[tuple[int, int], ...] = ()
    by_month_day: tuple[int, ...] = ()
    count: int | None = None
    until: date | None = None

    def text(self) -> str:
        """In one canonical order."""
        parts = [f"FREQ={self.frequency}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.by_day:
            parts.append("BYDAY=" + ",".join(f"{number or ''}{DAYS[day]}" for number, day in self.by_day))
        if self.by_month_day:
            parts.append("BYMONTHDAY=" + ",".join(map(str, self.by_month_day)))
        parts.append(f"COUNT={self.count}" if self.count else f"UNTIL={self.until:%Y%m%d}")
        return ";".join(parts)


def parse(text: str) -> Rule:
    """The published subset; raises ``order_series_rule_invalid`` for anything else."""
    pairs = [part.partition("=") for part in text.upper().removeprefix("RRULE:").split(";")]
    given = {name: value for name, _, value in pairs}
    known = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "COUNT", "UNTIL"}
    if len(given) != len(pairs) or set(given) - known or given.get("FREQ") not in FREQUENCIES:
        raise InvalidError(OrderCode.SERIES_RULE_INVALID)
    try:
        rule = Rule(
            frequency=given["FREQ"],
            interval=_number(given.get("INTERVAL", "1"), 1, _INTERVAL_MAX),
            by_day=tuple(_day(one) for one in given["BYDAY"].split(",")) if "BYDAY" in given else (),
            by_month_day=tuple(_month_day(one) for one in given["BYMONTHDAY"].split(","))
            if "BYMONTHDAY" in given
            else (),
            count=_number(given["COUNT"], 1, MOST) if "COUNT" in given else None,
            until=datetime.strptime(given["UNTIL"][:8], "%Y%m%d").date() if "UNTIL" in given else None,  # noqa: DTZ007
        )
    except ValueError:
        raise InvalidError(OrderCode.SERIES_RULE_INVALID) from None
    _check(rule)
    return rule


def _check(rule: Rule) -> None:
    ordinal = any(number for number, _ in rule.by_day)
    doubled = len(set(rule.by_day)) != len(rule.by_day) or len(set(rule.by_month_day)) != len(rule.by_month_day)
    mixed = ordinal and not all(number for number, _ in rule.by_day)  # dateutil would join them by "and"
    wrong = (
        mixed
        or (rule.count is None) == (rule.until is None)
        or doubled
        or (rule.by_day and rule.by_month_day)
        or (rule.frequency == "DAILY" and (rule.by_day or rule.by_month_day))
        or (rule.frequency == "WEEKLY" and (rule.by_month_day or ordinal))
    )
    if wrong:
        raise InvalidError(OrderCode.SERIES_RULE_INVALID)


def _number(text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text) or not least <= int(text) <= most:
        raise ValueError(text)
    return int(text)


def _day(text: str) -> tuple[int, int]:
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return int(found[1] or 0), DAYS.index(found[2])


def _month_day(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,2}", text) or not (1 <= int(text) <= 31 or int(text) == -1):
        raise ValueError(text)
    return int(text)


def days(rule: Rule, starts_on: date, *, until: date) -> list[date]:
    """Every day the rule means, up to and including ``until``."""
    last = min(until, rule.until) if rule.until else until
    if last < starts_on:
        return []
    made = rrule(
        FREQUENCIES[rule.frequency],
        dtstart=datetime.combine(starts_on, time()),
        interval=rule.interval,
        count=rule.count,
        until=None if rule.count else datetime.combine(last, time()),
        wkst=0,
        byweekday=[_WEEKDAYS[day](number) if number else _WEEKDAYS[day] for number, day in rule.by_day] or None,
        bymonthday=list(rule.by_month_day) or None,
    )
    found: list[date] = []
    for instant in made:
        if instant.date() > last or len(found) >= MOST:
            break
        found.append(instant.date())
    return found


def check_bounded(rule: Rule, starts_on: date, *, days_max: int) -> list[date]:
    """At least one day, and none later than the district allows."""
    end = starts_on + timedelta(days=days_max)
    found = days(rule, starts_on, until=end + timedelta(days=366 * 5))
    if not found or found[-1] > end or len(found) >= MOST:
        raise InvalidError(OrderCode.SERIES_RULE_INVALID, days_max=days_max)
    return found


def settle(
    day: date, holidays: str, *, is_festival: Callable[[date], bool], is_workday: Callable[[date], bool]
) -> date | None:
    """The day an occurrence falls on: itself, none, or the next working day, where it is a public holiday."""
    if holidays == "keep" or not is_festival(day):
        return day
    if holidays == "skip":
        return None
    for shift in range(1, _SHIFT_MAX + 1):
        if is_workday(day + timedelta(days=shift)):
            return day + timedelta(days=shift)
    return None


def split(rule: Rule, found: Iterable[date], at: date) -> tuple[Rule | None, Rule | None]:
    """The rule before a day, and from it on; ``None`` where nothing is left."""
    everything = list(found)
    before, rest = [day for day in everything if day < at], [day for day in everything if day >= at]
    parts = (rule.frequency, rule.interval, rule.by_day, rule.by_month_day)
    earlier = Rule(*parts, until=at - timedelta(days=1)) if before else None
    if not rest:
        return earlier, None
    return earlier, Rule(*parts, count=len(rest)) if rule.count else Rule(*parts, until=rule.until)


def minute_of(text: str) -> int:
    """``09:30`` → 570."""
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def clock_text(minute: int) -> str:
    """570 → ``09:30``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def instant_of(day: date, minute: int) -> datetime:
    """Wall time in Shanghai."""
    return datetime.combine(day, time(minute // 60, minute % 60), SHANGHAI)
