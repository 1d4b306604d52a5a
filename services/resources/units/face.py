"""Operations of units."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime import command, rpc
from services.resources.units import actions, queries


class Units:
    """What quantities are counted in."""

    @command
    def define_unit(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.define_unit(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @rpc
    def get_unit(self, session: Session, *, actor: Actor, unit_id: str) -> dict[str, Any]:
        return queries.get_unit(session, actor=actor, unit_id=unit_id)

    @rpc
    def list_units(self, session: Session, *, actor: Actor, **page: Any) -> dict[str, Any]:
        return queries.list_units(session, actor=actor, **page)
