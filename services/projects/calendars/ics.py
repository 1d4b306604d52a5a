"""Writing iCalendar: a VTIMEZONE for Asia/Shanghai, stable UIDs, and a SEQUENCE that grows with every change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import Calendar, Event, Timezone, TimezoneStandard

from chassis.clock import SHANGHAI


@dataclass(frozen=True, kw_only=True)
class Item:
    """An event. ``id`` never changes; ``changed_at`` is when what is shown last changed."""

    id: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str
    description: str
    cancelled: bool = False


def write(name: str, items: Iterable[Item]) -> bytes:
    """The calendar; the same items give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//Footprint 足迹//roadshows//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", SHANGHAI.key)
    calendar.add("x-published-ttl", "PT1H")
    calendar.add_component(_shanghai())
    for item in sorted(items, key=lambda each: (each.starts_at, each.id)):
        calendar.add_component(_event(item))
    return bytes(calendar.to_ical())


def _shanghai() -> Timezone:
    """UTC+8, without summer time since 1991."""
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", SHANGHAI.key)
    standard.add("dtstart", datetime(1991, 9, 15, 1))  # noqa: DTZ001  RFC 5545 wants local time here
    standard.add("tzname", "CST")
    offset = SHANGHAI.utcoffset(datetime(2030, 1, 1))  # noqa: DTZ001
    standard.add("tzoffsetfrom", offset)
    standard.add("tzoffsetto", offset)
    zone.add_component(standard)
    return zone


def _event(item: Item) -> Event:
    event = Event()
    event.add("uid", f"{item.id}@footprint")
    event.add("sequence", item.sequence)
    event.add("dtstamp", item.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", item.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", item.starts_at.astimezone(SHANGHAI))
    event.add("dtend", item.ends_at.astimezone(SHANGHAI))
    event.add("summary", item.summary)
    event.add("location", item.location)
    event.add("description", item.description)
    event.add("status", "CANCELLED" if item.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if item.cancelled else "OPAQUE")
    return event
