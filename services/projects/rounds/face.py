"""RPCs, commands, clocks and handlers of rounds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.events import Envelope
from chassis.runtime.entrypoints import command, on_event, rpc, timer
from contracts.resources.events import FundsRefused, FundsReserved
from services.projects.proposals import phases
from services.projects.rounds import actions, handlers, queries, timetable


class Rounds:
    """Rounds and their pools."""

    @rpc
    def get_round(self, session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
        return queries.get_round(session, actor=actor, round_id=round_id)

    @rpc
    def list_rounds(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_rounds(session, actor=actor, **filters)

    @command
    def create_round(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.create_round(session, actor=actor, now=_now(session, actor), **given)

    @command
    def change_round(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.change_round(session, actor=actor, **given)

    @command
    def start_needs_survey(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.start_needs_survey(session, actor=actor, **given)

    @command
    def add_pool_line(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.add_pool_line(session, actor=actor, now=_now(session, actor), **given)

    @command
    def publish_round(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.publish_round(session, actor=actor, now=_now(session, actor), **given)

    @command
    def amend_round(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return timetable.amend_round(session, actor=actor, now=_now(session, actor), **given)

    @command
    def open_round(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return timetable.open_round(session, actor=actor, now=_now(session, actor), **given)

    @command
    def close_round(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return timetable.close_round(session, actor=actor, now=_now(session, actor), **given)

    @command
    def start_screening(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return phases.start_screening(session, actor=actor, now=_now(session, actor), **given)

    @command
    def start_review(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return phases.start_review(session, actor=actor, **given)

    @command
    def shortlist_proposals(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return phases.shortlist_proposals(session, actor=actor, **given)

    @command
    def start_roadshow_phase(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return phases.start_roadshow_phase(session, actor=actor, **given)

    @command
    def evaluate_round(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return phases.evaluate_round(session, actor=actor, **given)

    @command
    def archive_round(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return phases.archive_round(session, actor=actor, now=_now(session, actor), **given)

    @command
    def cancel_round(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return phases.cancel_round(session, actor=actor, now=_now(session, actor), **given)

    @timer
    def open_round_on_time(self, session: Session, *, actor: Actor, now: datetime, round_id: str) -> None:
        timetable.fire_clock(session, actor=actor, now=now, round_id=round_id, action="open")

    @timer
    def close_round_on_time(self, session: Session, *, actor: Actor, now: datetime, round_id: str) -> None:
        timetable.fire_clock(session, actor=actor, now=now, round_id=round_id, action="close")

    @timer
    def end_notice_on_time(self, session: Session, *, actor: Actor, now: datetime, round_id: str) -> None:
        timetable.end_notice(session, actor=actor, now=now, round_id=round_id)

    @on_event(FundsReserved)
    def on_funds_reserved(self, session: Session, event: FundsReserved, envelope: Envelope) -> None:
        handlers.funds_reserved(session, event, now=clock.now(session, envelope.district_code))

    @on_event(FundsRefused)
    def on_funds_refused(self, session: Session, event: FundsRefused, envelope: Envelope) -> None:
        handlers.funds_refused(session, event)


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)
