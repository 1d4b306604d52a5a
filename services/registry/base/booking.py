"""Writes of bookings. The room's row is locked while one is made; the exclusion constraint stands behind it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import db, outbox, timers
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError, NotFoundError
from contracts import roles
from contracts.registry.centres import KEEPERS
from contracts.registry.codes_base import BaseCode
from contracts.registry.events_base import BookingAdvanced, BookingMade
from services.registry import scope
from services.registry.active import check_active
from services.registry.base import domain, queries
from services.registry.base.models import Booking, Space
from services.registry.centres import domain as centres
from services.registry.centres.models import Centre
from services.registry.centres.queries import day_of
from services.registry.organisations.queries import find_organisation
from services.registry.policies.queries import number, words

_OWN = {roles.CSO, roles.HUB, roles.PROVIDER}


def book_space(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    space_id: str,
    starts_at: datetime,
    ends_at: datetime,
    purpose: str,
    people: int,
    organisation_id: str | None = None,
) -> dict[str, Any]:
    """booked at once, or requested where the room needs approval (the keepers' own need none)."""
    space = queries.find_space(session, actor, space_id, lock=True)
    centre = session.get_one(Centre, space.centre_id)
    domain.check_role(actor.role, words(session, space.district_code, "base_booking_roles"), space.booking_roles)
    domain.check_people(people, space.capacity)
    day = _check_times(session, centre, space, starts_at, ends_at, now)
    organisation, street_code = _for_whom(session, actor, centre, organisation_id)
    _check_record(session, space.district_code, organisation, now)
    held = [one for one in queries.taken(session, [space.id], [day]) if one.status in domain.HOLDING]
    domain.check_free([(one.starts_at, one.ends_at) for one in held], starts_at, ends_at)
    grace = number(session, space.district_code, "base_no_show_minutes")
    row = Booking(
        district_code=space.district_code,
        street_code=street_code,
        space_id=space.id,
        space_number=space.number,
        centre_id=centre.id,
        organisation_id=organisation,
        account_id=actor.account_id,
        starts_at=starts_at,
        ends_at=ends_at,
        no_show_at=domain.no_show_at(starts_at, ends_at, grace_minutes=grace),
        purpose=purpose,
        people=people,
        status="requested" if space.needs_approval and not _keeps(actor, centre) else "booked",
        created_at=now,
    )
    return _made(session, row, space, centre)


def _made(session: Session, row: Booking, space: Space, centre: Centre) -> dict[str, Any]:
    keeper = roles.STREET_STAFF if centre.street_code else roles.SPECIALIST
    approver = keeper if row.status == "requested" else None
    session.add(row)
    session.flush()
    for instant in sorted({row.starts_at, row.no_show_at, row.ends_at}):
        timers.schedule(session, "watch_booking", due_at=instant, district_code=row.district_code, booking_id=row.id)
    outbox.record(
        session,
        BookingMade(
            booking_id=row.id,
            space_id=row.space_id,
            centre_id=row.centre_id,
            organisation_id=row.organisation_id,
            starts_at=row.starts_at.isoformat(),
            ends_at=row.ends_at.isoformat(),
            status=row.status,
            space_name=space.name,
            account_id=row.account_id,
            approver_role=approver,
            street_codes=_streets(row),
        ),
    )
    return queries.render(session, row)


def _check_times(
    session: Session, centre: Centre, space: Space, starts_at: datetime, ends_at: datetime, now: datetime
) -> date:
    """Under the rules of the base, and while the room and its centre are open."""
    district = space.district_code
    day, start, end = domain.check_times(
        starts_at,
        ends_at,
        now,
        step=number(session, district, "base_booking_step_minutes"),
        longest=number(session, district, "base_booking_minutes"),
        days_ahead=number(session, district, "base_booking_days_ahead"),
    )
    if space.status != "open":
        raise ConflictError(BaseCode.SPACE_CLOSED)
    if not centres.is_open(centres.minutes(day_of(centre, day)["spans"]), start, end):
        raise ConflictError(BaseCode.BOOKING_CLOSED_HOURS, day=day.isoformat())
    return day


def _for_whom(
    session: Session, actor: Actor, centre: Centre, organisation_id: str | None
) -> tuple[str | None, str | None]:
    """The organisation and the street whose people see the booking: the centre's, else the organisation's own."""
    if actor.role in _OWN:
        organisation_id = organisation_id or actor.organisation_id
        if organisation_id is None:
            raise ForbiddenError(BaseCode.BOOKING_ROLE_FORBIDDEN, role=actor.role)
    own = actor.street_codes[0] if actor.street_codes else None
    if organisation_id is None:
        return None, centre.street_code or own
    organisation = find_organisation(session, actor, organisation_id)
    check_active(organisation)
    return organisation.id, centre.street_code or organisation.street_code


def _check_record(session: Session, district_code: str, organisation_id: str | None, now: datetime) -> None:
    if organisation_id is None:
        return
    scope.hold(session, f"bookings:{organisation_id}")
    of = Booking.organisation_id == organisation_id
    since = now - timedelta(days=number(session, district_code, "base_no_show_days"))
    missed = select(func.count()).where(of, Booking.status == "no_show", Booking.starts_at >= since)
    open_ = select(func.count()).where(of, Booking.status.in_(domain.OPEN))
    domain.check_record(
        session.scalar(open_) or 0,
        most=number(session, district_code, "base_bookings_open"),
        no_shows=session.scalar(missed) or 0,
        no_shows_allowed=number(session, district_code, "base_no_shows"),
    )


def decide_booking(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    booking_id: str,
    action: str,
    reason: str | None = None,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """approve or decline: those who keep the centre, and nobody for themselves; before it begins."""
    row, centre = _take(session, actor, booking_id, expected_version)
    db.check_street(actor, centre.street_code)
    if row.account_id == actor.account_id:
        raise ForbiddenError(BaseCode.BOOKING_ROLE_FORBIDDEN, role=actor.role)
    _check_due(row, action, now)
    return _advance(session, row, action, reason)


def cancel_booking(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    booking_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Whoever it is for, before it begins; those who keep the centre also while it waits for people to come."""
    row, centre = _take(session, actor, booking_id, expected_version)
    _check_hand(actor, row, centre)
    _check_due(row, "cancel", now)
    if now >= row.starts_at and not _keeps(actor, centre):
        raise ConflictError(BaseCode.BOOKING_STATE, status=row.status, action="cancel")
    return _advance(session, row, "cancel", reason)


def check_in_booking(
    session: Session, *, actor: Actor, now: datetime, booking_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """From a little before the start until the no-show."""
    row, centre = _take(session, actor, booking_id, expected_version)
    _check_hand(actor, row, centre)
    grace = number(session, row.district_code, "base_no_show_minutes")
    _check_due(row, "check_in", now)
    domain.next_status(row.status, "check_in")
    domain.check_arrival(row.starts_at, now, grace_minutes=grace)
    return _advance(session, row, "check_in", row.reason)


def watch_booking(session: Session, *, booking_id: str, now: datetime) -> None:
    """What time does: lapsed, missed or finished."""
    row = session.scalars(select(Booking).filter_by(id=booking_id).with_for_update()).one()
    action = domain.due(row.status, now, **_times(row))
    if action is not None:
        _advance(session, row, action, row.reason)


def _check_due(row: Booking, action: str, now: datetime) -> None:
    """What time has done counts, also where its timer has not come round yet."""
    due = domain.due(row.status, now, **_times(row))
    if due is not None:
        domain.next_status(domain.next_status(row.status, due), action)


def _times(row: Booking) -> dict[str, datetime]:
    return {"starts_at": row.starts_at, "ends_at": row.ends_at, "no_show_at": row.no_show_at}


def _advance(session: Session, row: Booking, action: str, reason: str | None) -> dict[str, Any]:
    row.status, row.reason = domain.next_status(row.status, action), reason
    session.flush()
    outbox.record(
        session,
        BookingAdvanced(
            booking_id=row.id,
            space_id=row.space_id,
            organisation_id=row.organisation_id,
            action=action,
            status=row.status,
            space_name=session.get_one(Space, row.space_id).name,
            account_id=row.account_id,
            starts_at=row.starts_at.isoformat(),
            ends_at=row.ends_at.isoformat(),
            street_codes=_streets(row),
        ),
    )
    return queries.render(session, row)


def _take(session: Session, actor: Actor, booking_id: str, expected: int | None) -> tuple[Booking, Centre]:
    row = session.scalars(
        queries.visible(actor).where(Booking.id == booking_id).with_for_update(of=Booking)
    ).one_or_none()
    if row is None:
        raise NotFoundError(BaseCode.BOOKING_NOT_FOUND)
    db.check_version(row, expected)
    return row, session.get_one(Centre, row.centre_id)


def _keeps(actor: Actor, centre: Centre) -> bool:
    """Whether the actor may write the centre itself."""
    return actor.role in KEEPERS and (not actor.street_codes or centre.street_code in actor.street_codes)


def _check_hand(actor: Actor, row: Booking, centre: Centre) -> None:
    own = actor.account_id == row.account_id
    same = actor.organisation_id is not None and actor.organisation_id == row.organisation_id
    if not (own or same or _keeps(actor, centre)):
        raise ForbiddenError(BaseCode.BOOKING_ROLE_FORBIDDEN, role=actor.role)


def _streets(row: Booking) -> list[str]:
    return [row.street_code] if row.street_code else []
