"""Suggestions' operations."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime import every, rpc
from services.resources.suggestions import actions, queries

AT_ONCE = 2000


class Suggestions:
    """Offers for a need, needs for an offer."""

    @rpc
    def list_suggestions(self, session: Session, *, actor: Actor, need_id: str, limit: int) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return queries.list_suggestions(session, actor=actor, now=now, need_id=need_id, limit=limit)

    @rpc
    def list_need_suggestions(self, session: Session, *, actor: Actor, offer_id: str, limit: int) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return queries.list_need_suggestions(session, actor=actor, now=now, offer_id=offer_id, limit=limit)

    @every(seconds=300)
    def read_waiting_texts(self, session: Session) -> None:
        """Texts that came while the words changed, and all of them after a release with other words."""
        for district_code in actions.districts(session):
            actions.read_waiting_texts(session, district_code, at_most=AT_ONCE)
