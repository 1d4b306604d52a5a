"""Operations of gifts."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime import command, rpc
from services.resources.gifts import actions, queries


class Gifts:
    """What became of it."""

    @command
    def record_gift_use(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.record_gift_use(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @rpc
    def get_gift_use(self, session: Session, *, actor: Actor, gift_use_id: str) -> dict[str, Any]:
        return queries.get_gift_use(session, actor=actor, gift_use_id=gift_use_id)

    @rpc
    def list_gift_uses(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_gift_uses(session, actor=actor, **filters)

    @rpc
    def list_gifts(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_gifts(session, actor=actor, **filters)

    @rpc
    def get_gift(self, session: Session, *, actor: Actor, offer_id: str) -> dict[str, Any]:
        return queries.get_gift(session, actor=actor, offer_id=offer_id)

    @rpc
    def list_gift_parts(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_gift_parts(session, actor=actor, **filters)

    @rpc
    def get_gift_totals(self, session: Session, *, actor: Actor, organisation_id: str | None) -> dict[str, Any]:
        return queries.get_gift_totals(session, actor=actor, organisation_id=organisation_id)

    @rpc
    def list_public_gifts(self, session: Session, *, actor: Actor, **page: Any) -> dict[str, Any]:
        return queries.list_public_gifts(session, actor=actor, **page)
