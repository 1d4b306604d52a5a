"""The inbox: RPCs, and one line for each event people are told of."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, revocations
from chassis.actor import Actor
from chassis.events import Envelope
from chassis.runtime import command, every, on_event, rpc
from contracts.registry.events import (
    AccountOpened,
    AccountVerified,
    OrganisationChanged,
    OrganisationRegistered,
    SessionRevoked,
)
from contracts.registry.events_organisations import AccountMoved
from services.notify import settings
from services.notify.known import actions as known
from services.notify.messages import actions, handlers, queries
from services.notify.messages.handlers import told


class Messages:
    """What I am told, and what I want to be told."""

    @rpc
    def get_message(self, session: Session, *, actor: Actor, message_id: str) -> dict[str, Any]:
        return queries.get_message(session, actor=actor, message_id=message_id)

    @rpc
    def list_messages(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_messages(session, actor=actor, **filters)

    @rpc
    def count_unread(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return queries.count_unread(session, actor=actor)

    @command
    def read_message(self, session: Session, *, actor: Actor, message_id: str) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.read_message(session, actor=actor, message_id=message_id, now=now)

    @rpc
    def list_preferences(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return queries.list_preferences(session, actor=actor)

    @command
    def set_preference(self, session: Session, *, actor: Actor, **choice: Any) -> dict[str, Any]:
        return actions.set_preference(session, actor=actor, **choice)

    @every(seconds=3600)
    def prune_held(self, session: Session) -> None:
        known.prune_held(session, now=clock.system_now(), days=settings.HELD_DAYS.get())


class Told:
    """Event handlers: five keep facts, the rest do what the rule table says."""

    @on_event(AccountOpened)
    def on_account_opened(self, session: Session, event: AccountOpened, envelope: Envelope) -> None:
        handlers.on_account_opened(session, event, envelope)

    @on_event(AccountMoved)
    def on_account_moved(self, session: Session, event: AccountMoved, envelope: Envelope) -> None:
        handlers.on_account_moved(session, event, envelope)

    @on_event(AccountVerified)
    def on_account_verified(self, session: Session, event: AccountVerified, envelope: Envelope) -> None:
        handlers.on_account_verified(session, event, envelope)

    @on_event(OrganisationRegistered)
    def on_organisation_registered(self, session: Session, event: OrganisationRegistered, envelope: Envelope) -> None:
        handlers.on_organisation_registered(session, event, envelope)

    @on_event(OrganisationChanged)
    def on_organisation_changed(self, session: Session, event: OrganisationChanged, envelope: Envelope) -> None:
        handlers.on_organisation_changed(session, event, envelope)

    @on_event(SessionRevoked)
    def on_session_revoked(self, session: Session, event: SessionRevoked, envelope: Envelope) -> None:
        revocations.note(session, event.session_id)

    on_seed_group_filed = told("seed_group_filed")
    on_case_notice_published = told("case_notice_published")
    on_case_agreed = told("case_agreed")
    on_plan_reviewed = told("plan_reviewed")
    on_visit_held = told("visit_held")
    on_finding_recorded = told("finding_recorded")
    on_consultation_answered = told("consultation_answered")
    on_deadline_missed = told("deadline_missed")

    on_round_published = told("round_published")
    on_round_amended = told("round_amended")
    on_round_cancelled = told("round_cancelled")
    on_vote_opened = told("vote_opened")
    on_notice_published = told("notice_published")
    on_round_awarded = told("round_awarded")
    on_proposal_submitted = told("proposal_submitted")
    on_proposal_returned = told("proposal_returned")
    on_proposal_screened_in = told("proposal_screened_in")
    on_proposal_screened_out = told("proposal_screened_out")
    on_objection_upheld = told("objection_upheld")
    on_reserve_promoted = told("reserve_promoted")
    on_proposal_awarded = told("proposal_awarded")
    on_proposal_declined = told("proposal_declined")
    on_tranche_paid = told("tranche_paid")
    on_project_started = told("project_started")
    on_project_closed = told("project_closed")
    on_order_offered = told("order_offered")
    on_order_confirmed = told("order_confirmed")

    on_allocation_reserved = told("allocation_reserved")
    on_allocation_confirmed = told("allocation_confirmed")
    on_allocation_handed_over = told("allocation_handed_over")
    on_allocation_received = told("allocation_received")
