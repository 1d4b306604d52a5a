"""The face of evidence."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.projects.evidence import actions, adding, queries

View = dict[str, Any]


class Evidence:
    """Mixed into the projects service. ``given``: the operation's loaded input (contracts/projects/photos.py)."""

    @rpc
    def get_evidence(self, session: Session, *, actor: Actor, evidence_id: str) -> View:
        return queries.get_evidence(session, actor=actor, evidence_id=evidence_id)

    @rpc
    def list_evidence(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_evidence(session, actor=actor, **given)

    @rpc
    def list_project_evidence(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_project_evidence(session, actor=actor, **given)

    @rpc
    def get_evidence_image(self, session: Session, *, actor: Actor, evidence_id: str) -> View:
        return queries.get_evidence_image(session, actor=actor, evidence_id=evidence_id)

    @rpc
    def list_public_evidence(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_public_evidence(session, actor=actor, **given)

    @rpc
    def get_evidence_policy(self, session: Session, *, actor: Actor) -> View:
        return queries.get_evidence_policy(session, actor=actor)

    @rpc
    def list_activity_evidence(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return adding.list_activity_evidence(session, actor=actor, **given)

    @command
    def add_activity_evidence(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return adding.add_activity_evidence(session, actor=actor, now=clock.now(session, actor.district_code), **given)

    @command
    def record_evidence_consent(self, session: Session, *, actor: Actor, **given: Any) -> View:
        now = clock.now(session, actor.district_code)
        return actions.record_evidence_consent(session, actor=actor, now=now, **given)

    @command
    def withdraw_evidence_consent(self, session: Session, *, actor: Actor, **given: Any) -> View:
        now = clock.now(session, actor.district_code)
        return actions.withdraw_evidence_consent(session, actor=actor, now=now, **given)

    @command
    def read_evidence_again(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.read_evidence_again(session, actor=actor, **given)

    @command
    def erase_evidence(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.erase_evidence(session, actor=actor, **given)

    @command
    def change_evidence_policy(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.change_evidence_policy(session, actor=actor, **given)
