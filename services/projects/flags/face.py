"""The face of flags."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.events import Envelope
from chassis.runtime.entrypoints import command, every, on_event, rpc
from contracts.projects import events_delivery as delivery
from contracts.projects import events_evidence as evidence
from contracts.projects.events_activities import ActivityHeld
from services.projects.flags import actions, handlers, jobs, queries

View = dict[str, Any]


class Flags:
    """Mixed into the projects service. ``given``: the operation's loaded input (contracts/projects/flags.py)."""

    @rpc
    def get_flag_rules(self, session: Session, *, actor: Actor) -> View:
        return queries.get_flag_rules(session, actor=actor)

    @rpc
    def list_flag_rules(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_flag_rules(session, actor=actor, **given)

    @command
    def publish_flag_rules(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.publish_flag_rules(session, actor=actor, now=clock.now(session, actor.district_code), **given)

    @rpc
    def get_flag(self, session: Session, *, actor: Actor, flag_id: str) -> View:
        return queries.get_flag(session, actor=actor, flag_id=flag_id)

    @rpc
    def list_flags(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_flags(session, actor=actor, **given)

    @rpc
    def list_project_flags(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_project_flags(session, actor=actor, **given)

    @command
    def review_project_flags(self, session: Session, *, actor: Actor, project_id: str) -> View:
        now = clock.now(session, actor.district_code)
        return actions.review_project_flags(session, actor=actor, now=now, project_id=project_id)

    @command
    def explain_flag(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.explain_flag(session, actor=actor, now=clock.now(session, actor.district_code), **given)

    @command
    def accept_flag(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.accept_flag(session, actor=actor, now=clock.now(session, actor.district_code), **given)

    @command
    def uphold_flag(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.uphold_flag(session, actor=actor, now=clock.now(session, actor.district_code), **given)

    @command
    def close_flag(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.close_flag(session, actor=actor, now=clock.now(session, actor.district_code), **given)

    @every(seconds=900)
    def ask_for_flag_review(self, session: Session) -> None:
        jobs.ask_for_review(session)

    @on_event(delivery.MilestoneSubmitted)
    def on_milestone_submitted(self, session: Session, event: Any, envelope: Envelope) -> None:
        handlers.on_project_news(session, event)

    @on_event(delivery.MilestoneAccepted)
    def on_milestone_accepted(self, session: Session, event: Any, envelope: Envelope) -> None:
        handlers.on_project_news(session, event)

    @on_event(delivery.MilestoneReturned)
    def on_milestone_returned(self, session: Session, event: Any, envelope: Envelope) -> None:
        handlers.on_project_news(session, event)

    @on_event(delivery.SpendingRecorded)
    def on_spending_recorded(self, session: Session, event: Any, envelope: Envelope) -> None:
        handlers.on_project_news(session, event)

    @on_event(delivery.ReportSubmitted)
    def on_report_submitted(self, session: Session, event: Any, envelope: Envelope) -> None:
        handlers.on_project_news(session, event)

    @on_event(delivery.OrderDelivered)
    def on_order_delivered(self, session: Session, event: Any, envelope: Envelope) -> None:
        handlers.on_order_news(session, event)

    @on_event(ActivityHeld)
    def on_activity_held(self, session: Session, event: Any, envelope: Envelope) -> None:
        handlers.on_project_news(session, event)

    @on_event(evidence.ActivityEvidenceAdded)
    def on_activity_evidence_added(self, session: Session, event: Any, envelope: Envelope) -> None:
        handlers.on_project_news(session, event)

    @on_event(evidence.EvidenceRead)
    def on_evidence_read(self, session: Session, event: Any, envelope: Envelope) -> None:
        handlers.on_photo_news(session, event)

    @on_event(evidence.EvidenceErased)
    def on_evidence_erased(self, session: Session, event: Any, envelope: Envelope) -> None:
        handlers.on_photo_news(session, event)
