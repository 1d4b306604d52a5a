"""Two clocks: the system's, and the district's, which a demonstration may move forward (CONTRACT.md)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chassis import config

if TYPE_CHECKING:  # the gateway and domain rules read dates here and must not load SQL
    from sqlalchemy.orm import Session

SHANGHAI = ZoneInfo("Asia/Shanghai")


def system_now() -> datetime:
    """The system clock, UTC: tokens, retries, retention, ids, logs."""
    return datetime.now(UTC)  # noqa: TID251  the one place that reads the system clock


def offset(session: Session, district_code: str) -> timedelta:
    """How far this district's clock runs ahead: zero outside a demonstration. Read once per transaction."""
    from chassis.tables import clock_offset

    if not config.DEMO.get():
        return timedelta()
    cache: dict[str, timedelta] = session.info.setdefault("clock_offsets", {})
    if district_code not in cache:
        cache[district_code] = timedelta(seconds=clock_offset(session, district_code))
    return cache[district_code]


def now(session: Session, district_code: str) -> datetime:
    """The district clock, UTC: everything the domain calls "now"."""
    return system_now() + offset(session, district_code)


def today(session: Session, district_code: str) -> date:
    """The district's calendar day in Asia/Shanghai."""
    return day_of(now(session, district_code))


def day_of(instant: datetime) -> date:
    """The Shanghai calendar day of an instant."""
    return instant.astimezone(SHANGHAI).date()


def end_of(day: date) -> datetime:
    """The instant at which a deadline on ``day`` passes: 24:00 in Asia/Shanghai, as UTC."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)


def end_after(published: date, days: int) -> datetime:
    """The end of a period of ``days`` days; counting starts on the day after publication."""
    return end_of(published + timedelta(days=days))
