"""Operations on rooms, desks and bookings, and their clocks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc, timer
from services.registry.base import actions, booking, queries


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)


class BaseRooms:
    """Add, book, approve, use."""

    @command
    def add_space(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.add_space(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def change_space(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.change_space(session, actor=actor, **asked)

    @command
    def book_space(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return booking.book_space(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def approve_booking(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return booking.decide_booking(session, actor=actor, now=_now(session, actor), action="approve", **asked)

    @command
    def decline_booking(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return booking.decide_booking(session, actor=actor, now=_now(session, actor), action="decline", **asked)

    @command
    def cancel_booking(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return booking.cancel_booking(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def check_in_booking(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return booking.check_in_booking(session, actor=actor, now=_now(session, actor), **asked)

    @timer
    def watch_booking(self, session: Session, *, actor: Actor, now: datetime, booking_id: str) -> None:
        booking.watch_booking(session, booking_id=booking_id, now=now)

    @rpc
    def get_space(self, session: Session, *, actor: Actor, space_id: str) -> dict[str, Any]:
        return queries.get_space(session, actor=actor, space_id=space_id)

    @rpc
    def list_spaces(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_spaces(session, actor=actor, **asked)

    @rpc
    def list_space_slots(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_space_slots(session, actor=actor, **asked)

    @rpc
    def list_space_occupancy(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_space_occupancy(session, actor=actor, **asked)

    @rpc
    def get_base_occupancy(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return queries.get_base_occupancy(session, actor=actor)

    @rpc
    def get_booking(self, session: Session, *, actor: Actor, booking_id: str) -> dict[str, Any]:
        return queries.get_booking(session, actor=actor, booking_id=booking_id)

    @rpc
    def list_bookings(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_bookings(session, actor=actor, **asked)
