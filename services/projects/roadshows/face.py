"""RPCs and commands of roadshows."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.projects.roadshows import actions, queries, stage


class Roadshows:
    """Roadshows and their live queue."""

    @rpc
    def get_roadshow(self, session: Session, *, actor: Actor, roadshow_id: str) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return queries.get_roadshow(session, actor=actor, now=now, roadshow_id=roadshow_id)

    @rpc
    def list_roadshows(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_roadshows(session, actor=actor, now=clock.now(session, actor.district_code), **filters)

    @rpc
    def get_pitch(self, session: Session, *, actor: Actor, pitch_id: str) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return queries.get_pitch(session, actor=actor, now=now, pitch_id=pitch_id)

    @command
    def plan_roadshow(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now, secret = clock.now(session, actor.district_code), secrets.token_hex(32)
        return actions.plan_roadshow(session, actor=actor, now=now, secret=secret, **given)

    @command
    def draw_slots(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now, secret = clock.now(session, actor.district_code), secrets.token_hex(32)
        return actions.draw_slots(session, actor=actor, now=now, secret=secret, **given)

    @command
    def start_roadshow(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.start_roadshow(session, actor=actor, now=now, **given)

    def _advance(self, session: Session, actor: Actor, pitch_id: str, action: str) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return stage.advance_pitch(session, actor=actor, now=now, pitch_id=pitch_id, action=action)

    def _clock(self, session: Session, actor: Actor, pitch_id: str, action: str) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return stage.turn_clock(session, actor=actor, now=now, pitch_id=pitch_id, action=action)

    @command
    def pause_pitch(self, session: Session, *, actor: Actor, pitch_id: str) -> dict[str, Any]:
        return self._clock(session, actor, pitch_id, "pause")

    @command
    def resume_pitch(self, session: Session, *, actor: Actor, pitch_id: str) -> dict[str, Any]:
        return self._clock(session, actor, pitch_id, "resume")

    @command
    def start_pitch(self, session: Session, *, actor: Actor, pitch_id: str) -> dict[str, Any]:
        return self._advance(session, actor, pitch_id, "start")

    @command
    def open_questions(self, session: Session, *, actor: Actor, pitch_id: str) -> dict[str, Any]:
        return self._advance(session, actor, pitch_id, "open_questions")

    @command
    def open_scoring(self, session: Session, *, actor: Actor, pitch_id: str) -> dict[str, Any]:
        return self._advance(session, actor, pitch_id, "open_scoring")

    @command
    def lock_pitch(self, session: Session, *, actor: Actor, pitch_id: str) -> dict[str, Any]:
        return self._advance(session, actor, pitch_id, "lock")

    @command
    def tally_roadshow(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.tally_roadshow(session, actor=actor, now=now, **given)

    @command
    def seal_roadshow(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.seal_roadshow(session, actor=actor, now=now, **given)

    @command
    def publish_roadshow(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.publish_roadshow(session, actor=actor, now=now, **given)
