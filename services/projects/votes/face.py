"""RPCs, commands and the clock of votes."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc, timer
from services.projects.votes import actions, queries


class Votes:
    """Residents' votes."""

    @rpc
    def get_vote(self, session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
        return queries.get_vote(session, actor=actor, round_id=round_id)

    @rpc
    def get_turnout(self, session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
        return queries.get_turnout(session, actor=actor, round_id=round_id)

    @rpc
    def get_ballot_inclusion(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries.get_ballot_inclusion(session, actor=actor, **given)

    @command
    def open_vote(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.open_vote(session, actor=actor, now=now, **given)

    @command
    def close_vote(self, session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.close_vote(session, actor=actor, now=now, round_id=round_id)

    @command
    def cast_ballot(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now, salt = clock.now(session, actor.district_code), secrets.token_hex(32)
        return actions.cast_ballot(session, actor=actor, now=now, salt=salt, **given)

    @timer
    def close_vote_on_time(self, session: Session, *, actor: Actor, now: datetime, round_id: str) -> None:
        actions.close_on_time(session, actor=actor, now=now, round_id=round_id)
