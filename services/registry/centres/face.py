"""Operations on centres and entrustments, and the news of awards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.events import Envelope
from chassis.runtime.entrypoints import command, on_event, rpc
from contracts.projects.events_awards import AwardClosed, ProposalAwarded
from contracts.projects.events_plans import StreetOperationAwarded
from services.registry.centres import actions, by_award, entrusting, handlers, queries, staffing


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)


class Centres:
    """Found, open, operate, staff; entrust a hub with a street."""

    @command
    def found_centre(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.found_centre(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def change_centre(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.change_centre(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def open_centre(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.advance_centre(session, actor=actor, now=_now(session, actor), action="open", **asked)

    @command
    def suspend_centre(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.advance_centre(session, actor=actor, now=_now(session, actor), action="suspend", **asked)

    @command
    def resume_centre(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.advance_centre(session, actor=actor, now=_now(session, actor), action="resume", **asked)

    @command
    def close_centre(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.advance_centre(session, actor=actor, now=_now(session, actor), action="close", **asked)

    @command
    def name_pilot_centre(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.name_pilot_centre(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def contract_operator(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return staffing.contract_operator(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def end_operator_contract(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return staffing.end_operator_contract(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def fill_centre_post(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return staffing.fill_centre_post(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def end_centre_post(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return staffing.end_centre_post(session, actor=actor, now=_now(session, actor), **asked)

    @rpc
    def get_centre(self, session: Session, *, actor: Actor, centre_id: str) -> dict[str, Any]:
        return queries.get_centre(session, actor=actor, centre_id=centre_id)

    @rpc
    def list_centres(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_centres(session, actor=actor, **asked)

    @rpc
    def get_centre_days(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.get_centre_days(session, actor=actor, **asked)

    @rpc
    def list_centre_operators(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_centre_operators(session, actor=actor, **asked)

    @rpc
    def list_centre_posts(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_centre_posts(session, actor=actor, **asked)

    @command
    def entrust_hub(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return entrusting.entrust_hub(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def end_entrustment(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return entrusting.end_entrustment(session, actor=actor, **asked)

    @rpc
    def get_entrustment(self, session: Session, *, actor: Actor, entrustment_id: str) -> dict[str, Any]:
        return queries.get_entrustment(session, actor=actor, entrustment_id=entrustment_id)

    @rpc
    def list_entrustments(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_entrustments(session, actor=actor, **asked)

    @on_event(ProposalAwarded)
    def on_proposal_awarded(self, session: Session, event: ProposalAwarded, envelope: Envelope) -> None:
        handlers.on_proposal_awarded(session, event, envelope)

    @on_event(AwardClosed)
    def on_award_closed(self, session: Session, event: AwardClosed, envelope: Envelope) -> None:
        handlers.on_award_closed(session, event, envelope)

    @on_event(StreetOperationAwarded)
    def on_street_operation_awarded(self, session: Session, event: StreetOperationAwarded, envelope: Envelope) -> None:
        now = clock.now(session, envelope.district_code)
        by_award.on_street_operation_awarded(session, event, envelope, now=now)
