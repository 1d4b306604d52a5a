"""The clock of every state: how long it may last, in which time it counts, and what happens then. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from chassis.clock import SHANGHAI, day_of, end_after
from chassis.errors import InvalidError
from contracts.projects.codes_orders import OrderCode
from services.projects.orders.domain_policy import KindPolicy

Span = tuple[int, int]  # minutes after midnight in Shanghai
Works = Callable[[date], bool]
DAY = 24 * 60
HORIZON_DAYS = 3660  # no clock looks further; a week's hours that are all empty never get here

FINAL = ("sealed", "cancelled")
CLOCKS: Mapping[str, str] = {
    "requested": "verify",
    "verified": "offer",
    "offered": "answer",
    "declined": "offer",
    "expired": "offer",
    "accepted": "schedule",
    "scheduled": "start",
    "checked_in": "deliver",
    "delivered": "confirm",
    "confirmed": "rate",
    "rated": "seal",
    "no_show": "reoffer",
    "disputed": "resolve",
    "resolved": "seal",
}
# What happens when a clock runs out; "remind" leaves the state and asks staff, again and again.
RULES: Mapping[str, str] = {
    "verify": "remind",
    "offer": "remind",
    "answer": "expire",
    "schedule": "remind",
    "start": "no_show",
    "deliver": "remind",
    "confirm": "confirm",
    "rate": "seal",
    "seal": "seal",
    "reoffer": "reoffer",
    "resolve": "remind",
}
_WORKING = ("verify", "offer", "schedule", "reoffer")


@dataclass(frozen=True)
class Hours:
    """When a street serves: spans of a working day and of any other day; none at all means around the clock."""

    workday: tuple[Span, ...] = ()
    restday: tuple[Span, ...] = ()

    @property
    def always(self) -> bool:
        return not (self.workday or self.restday)


ALWAYS = Hours()


def check_spans(spans: Sequence[Span]) -> None:
    """Within a day, each ends after it starts, in order, none touching the next before it ends."""
    end = 0
    for number, (opens, closes) in enumerate(spans):
        if not (0 <= opens < closes <= DAY) or (number and opens < end):
            raise InvalidError(OrderCode.HOURS_INVALID)
        end = closes


def spans_of(day: date, hours: Hours, works: Works) -> tuple[Span, ...]:
    """The open spans of a day."""
    if hours.always:
        return ((0, DAY),)
    return hours.workday if works(day) else hours.restday


def after(start: datetime, minutes: int, *, hours: Hours, works: Works) -> datetime:
    """The instant at which ``minutes`` of open time have passed since ``start``."""
    if hours.always:
        return start + timedelta(minutes=minutes)
    left, day = timedelta(minutes=minutes), day_of(start)
    for _ in range(HORIZON_DAYS):
        for opens, closes in spans_of(day, hours, works):
            begin = max(_at(day, opens), start)
            end = _at(day, closes)
            if begin >= end:
                continue
            if end - begin >= left:
                return begin + left
            left -= end - begin
        day += timedelta(days=1)
    return start + timedelta(minutes=minutes)  # hours that hardly ever open: elapsed time, so that no clock is lost


def is_open(starts_at: datetime, ends_at: datetime, *, hours: Hours, works: Works) -> bool:
    """Whether an appointment lies inside one open span of its day."""
    if hours.always:
        return True
    day = day_of(starts_at)
    return any(
        _at(day, opens) <= starts_at and ends_at <= _at(day, closes) for opens, closes in spans_of(day, hours, works)
    )


def _at(day: date, minutes: int) -> datetime:
    return (datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=minutes)).astimezone(UTC)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What the clock needs to know of an order. ``answer_by``: when the latest open offer lapses."""

    status: str
    answer_by: datetime | None = None
    ends_at: datetime | None = None
    redo: bool = False


def clock_of(waiting: Waiting) -> str | None:
    """The clock that runs in this state; a dispute that ended with doing it again waits for an offer."""
    if waiting.status == "resolved" and waiting.redo:
        return "offer"
    return CLOCKS.get(waiting.status)


def due_at(
    waiting: Waiting, *, policy: KindPolicy, now: datetime, hours: Hours = ALWAYS, works: Works = lambda _: True
) -> datetime | None:
    """When this state's clock runs out; ``None`` in a final state alone."""
    clock = clock_of(waiting)
    if clock is None:
        return None
    if clock == "answer":
        return waiting.answer_by or now + timedelta(minutes=policy.offer_minutes)
    if clock in ("start", "deliver"):
        minutes = policy.start_grace_minutes if clock == "start" else policy.deliver_minutes
        return max(waiting.ends_at or now, now) + timedelta(minutes=minutes)
    if clock in _WORKING:
        open_time = hours if policy.working_time else ALWAYS
        return after(now, _minutes(clock, policy), hours=open_time, works=works)
    days = {
        "confirm": policy.confirm_days,
        "rate": policy.rate_days,
        "seal": policy.seal_days,
        "resolve": policy.dispute_days,
    }
    return end_after(day_of(now), days[clock])


def _minutes(clock: str, policy: KindPolicy) -> int:
    return {
        "verify": policy.verify_minutes,
        "offer": policy.offer_within_minutes,
        "schedule": policy.schedule_minutes,
        "reoffer": policy.reoffer_minutes,
    }[clock]


def narrowest(rows: Iterable[tuple[str, str, Hours]], *, street_code: str, kind: str) -> Hours:
    """``(street or "", kind or "", hours)``: a street's hours for a kind, the street's, the kind's, the district's."""
    found = {(street, of_kind): hours for street, of_kind, hours in rows}
    for key in ((street_code, kind), (street_code, ""), ("", kind), ("", "")):
        if key in found:
            return found[key]
    return ALWAYS
