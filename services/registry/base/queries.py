"""Reads of rooms, desks, bookings and occupancy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from chassis import clock, db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.registry.base import BookingView, SlotView, SpaceView
from contracts.registry.codes_base import BaseCode
from services.registry import scope
from services.registry.base import domain
from services.registry.base.models import Booking, Space
from services.registry.cases.queries import places_taken
from services.registry.centres import domain as centres
from services.registry.centres.models import Centre
from services.registry.centres.queries import day_of, days, find_centre
from services.registry.policies.queries import number

_SPACE, _BOOKING, _SLOT = SpaceView(), BookingView(), SlotView()


def render_space(session: Session, row: Space) -> dict[str, Any]:
    session.flush()
    shown: dict[str, Any] = _SPACE.dump({**scope.columns(row), "space_id": row.id})
    return shown


def render(session: Session, row: Booking) -> dict[str, Any]:
    session.flush()
    shown: dict[str, Any] = _BOOKING.dump({**scope.columns(row), "booking_id": row.id})
    return shown


def find_space(session: Session, actor: Actor, space_id: str, *, lock: bool = False) -> Space:
    """One room or desk of the actor's streets, or of the park."""
    found = db.get_scoped(session, Space, space_id, actor, lock=lock)
    if found is None:
        raise NotFoundError(BaseCode.SPACE_NOT_FOUND)
    return found


def get_space(session: Session, *, actor: Actor, space_id: str) -> dict[str, Any]:
    """One room or desk."""
    return render_space(session, find_space(session, actor, space_id))


def list_spaces(
    session: Session,
    *,
    actor: Actor,
    centre_id: str,
    cursor: str | None = None,
    limit: int | None = None,
    capacity: int | None = None,
    **equal: Any,
) -> dict[str, Any]:
    """Of one centre, newest first."""
    statement = _of(session, actor, centre_id).filter_by(**equal)
    if capacity is not None:
        statement = statement.where(Space.capacity >= capacity)

    def line(row: Space) -> dict[str, Any]:
        return render_space(session, row)

    return db.page(session, statement, by=Space.id, render=line, cursor=cursor, limit=limit)


def _of(session: Session, actor: Actor, centre_id: str) -> Select[Any]:
    centre = find_centre(session, actor, centre_id)
    return select(Space).where(Space.centre_id == centre.id)


def visible(actor: Actor) -> Select[Any]:
    """Bookings of the actor's streets; an organisation's people see their own, a hub's those in its care too."""
    return scope.visible(Booking, Booking.organisation_id, actor)


def get_booking(session: Session, *, actor: Actor, booking_id: str) -> dict[str, Any]:
    """One booking."""
    row = session.scalars(visible(actor).where(Booking.id == booking_id)).one_or_none()
    if row is None:
        raise NotFoundError(BaseCode.BOOKING_NOT_FOUND)
    return render(session, row)


def list_bookings(
    session: Session,
    *,
    actor: Actor,
    cursor: str | None = None,
    limit: int | None = None,
    on: date | None = None,
    **equal: Any,
) -> dict[str, Any]:
    """Newest first."""
    statement = visible(actor).filter_by(**equal)
    if on is not None:
        first, last = _instants([on])
        statement = statement.where(Booking.starts_at >= first, Booking.starts_at < last)

    def line(row: Booking) -> dict[str, Any]:
        return render(session, row)

    return db.page(session, statement, by=Booking.id, render=line, cursor=cursor, limit=limit)


def _instants(span: Sequence[date]) -> tuple[datetime, datetime]:
    return clock.end_of(span[0] - timedelta(days=1)), clock.end_of(span[-1])


def taken(session: Session, space_ids: Sequence[str], span: Sequence[date]) -> list[Booking]:
    """Bookings that hold a room, or were missed, on days of a period; in order of time."""
    first, last = _instants(span)
    statement = select(Booking).where(
        Booking.space_id.in_(space_ids),
        Booking.starts_at >= first,
        Booking.starts_at < last,
        Booking.status.in_((*domain.HOLDING, "no_show")),
    )
    return list(session.scalars(statement.order_by(Booking.starts_at)))


def list_space_slots(session: Session, *, actor: Actor, space_id: str, from_on: date, until_on: date) -> dict[str, Any]:
    """What is taken, not by whom: for everybody who might book."""
    row = find_space(session, actor, space_id)
    held = [one for one in taken(session, [row.id], days(from_on, until_on)) if one.status in domain.HOLDING]
    return {"space_id": row.id, "items": [_SLOT.dump(one) for one in held]}


def list_space_occupancy(
    session: Session,
    *,
    actor: Actor,
    centre_id: str,
    from_on: date,
    until_on: date,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """Minutes per day of each room and desk of a centre."""
    span = days(from_on, until_on)
    centre = find_centre(session, actor, centre_id)
    opening = {day: _open_minutes(centre, day) for day in span}
    page = db.page(session, _of(session, actor, centre_id), by=Space.id, render=vars, cursor=cursor, limit=limit)
    bookings = taken(session, [row["id"] for row in page["items"]], span)
    page["items"] = [
        {
            "space_id": row["id"],
            "name": row["name"],
            "kind": row["kind"],
            "days": [_day(day, opening[day], [one for one in bookings if one.space_id == row["id"]]) for day in span],
        }
        for row in page["items"]
    ]
    return page


def _open_minutes(centre: Centre, day: date) -> int:
    return sum(end - start for start, end in centres.minutes(day_of(centre, day)["spans"]))


def _day(day: date, open_minutes: int, bookings: Sequence[Booking]) -> dict[str, Any]:
    here = [one for one in bookings if clock.day_of(one.starts_at) == day]
    booked = sum(_length(one) for one in here if one.status in domain.HOLDING and one.status != "requested")
    return {
        "day": day.isoformat(),
        "open_minutes": open_minutes,
        "booked_minutes": booked,
        "missed_minutes": sum(_length(one) for one in here if one.status == "no_show"),
        "percent": domain.percent(booked, open_minutes),
    }


def _length(row: Booking) -> int:
    return int((row.ends_at - row.starts_at).total_seconds() // 60)


def get_base_occupancy(session: Session, *, actor: Actor) -> dict[str, Any]:
    """Of the whole district's base: counts, no names."""
    places = places_taken(session, actor.district_code)
    capacity = number(session, actor.district_code, "case_base_capacity")
    return {
        "capacity": capacity,
        **places,
        "free": max(capacity - places["onsite"], 0),
        "percent": domain.percent(places["onsite"], capacity),
    }
