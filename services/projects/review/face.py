"""RPCs and commands of the review."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.projects.review import actions, queries, sheets


class Review:
    """Judges and score sheets."""

    @command
    def add_judge(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.add_judge(session, actor=actor, **given)

    @rpc
    def list_judges(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries.list_judges(session, actor=actor, **given)

    @command
    def assign_judges(self, session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
        return actions.assign_judges(session, actor=actor, round_id=round_id)

    @rpc
    def list_assignments(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries.list_assignments(session, actor=actor, **given)

    @command
    def declare_conflict(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.declare_conflict(session, actor=actor, **given)

    @command
    def fill_score_sheet(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now, salt = clock.now(session, actor.district_code), secrets.token_hex(16)
        return sheets.fill_score_sheet(session, actor=actor, now=now, salt=salt, **given)

    @command
    def lock_score_sheet(self, session: Session, *, actor: Actor, sheet_id: str) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return sheets.lock_score_sheet(session, actor=actor, now=now, sheet_id=sheet_id)

    @rpc
    def get_score_sheet(self, session: Session, *, actor: Actor, sheet_id: str) -> dict[str, Any]:
        return queries.get_score_sheet(session, actor=actor, sheet_id=sheet_id)

    @rpc
    def list_score_sheets(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries.list_score_sheets(session, actor=actor, **given)

    @command
    def correct_score(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return sheets.correct_score(session, actor=actor, now=now, **given)

    @command
    def sign_score_correction(self, session: Session, *, actor: Actor, correction_id: str) -> dict[str, Any]:
        return sheets.sign_score_correction(session, actor=actor, correction_id=correction_id)

    @rpc
    def list_score_corrections(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries.list_score_corrections(session, actor=actor, **given)

    @rpc
    def get_score_correction(self, session: Session, *, actor: Actor, correction_id: str) -> dict[str, Any]:
        return queries.get_score_correction(session, actor=actor, correction_id=correction_id)
