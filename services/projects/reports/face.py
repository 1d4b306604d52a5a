"""RPCs, commands and clocks of periodic reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc, timer
from services.projects.reports import actions, documents, planning, queries

View = dict[str, Any]


class PeriodicReports:
    """``given``: the operation's loaded input (contracts/projects/reports.py)."""

    @rpc
    def get_report_policy(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.get_report_policy(session, actor=actor, **given)

    @rpc
    def get_report_plan(self, session: Session, *, actor: Actor, project_id: str) -> View:
        return queries.get_report_plan(session, actor=actor, project_id=project_id)

    @rpc
    def list_report_slots(self, session: Session, *, actor: Actor, **filters: Any) -> View:
        return queries.list_report_slots(session, actor=actor, **filters)

    @rpc
    def get_report_slot(self, session: Session, *, actor: Actor, report_slot_id: str) -> View:
        return queries.get_report_slot(session, actor=actor, report_slot_id=report_slot_id)

    @rpc
    def get_report_figures(self, session: Session, *, actor: Actor, report_slot_id: str) -> View:
        return queries.get_report_figures(session, actor=actor, report_slot_id=report_slot_id)

    @rpc
    def get_report_document(self, session: Session, *, actor: Actor, **asked: Any) -> View:
        return documents.get_report_document(session, actor=actor, **asked)

    @command
    def set_report_policy(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return planning.set_report_policy(session, actor=actor, **given)

    @command
    def plan_reports(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return planning.plan_reports(session, actor=actor, now=_now(session, actor), **given)

    @command
    def submit_periodic_report(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.submit_periodic_report(session, actor=actor, now=_now(session, actor), **given)

    @command
    def return_periodic_report(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.return_periodic_report(session, actor=actor, now=_now(session, actor), **given)

    @command
    def accept_periodic_report(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.accept_periodic_report(session, actor=actor, now=_now(session, actor), **given)

    @command
    def extend_report(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.extend_report(session, actor=actor, now=_now(session, actor), **given)

    @timer
    def remind_report(self, session: Session, *, actor: Actor, now: datetime, report_slot_id: str, due_on: str) -> None:
        actions.remind_report(session, actor=actor, report_slot_id=report_slot_id, due_on=due_on)

    @timer
    def lapse_report(self, session: Session, *, actor: Actor, now: datetime, report_slot_id: str, due_on: str) -> None:
        actions.lapse_report(session, actor=actor, report_slot_id=report_slot_id, due_on=due_on)


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)
