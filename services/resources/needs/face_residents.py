"""Operations of residents' needs."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime import command
from services.resources.needs import disclosing, requesting


class ResidentsNeeds:
    """Asked for, taken on, shaped."""

    @command
    def request_need(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return requesting.request_need(session, actor=actor, now=now, **asked)

    @command
    def take_on_need(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return requesting.take_on_need(session, actor=actor, now=now, **asked)

    @command
    def shape_need(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return requesting.shape_need(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def link_need_requester(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return requesting.link_need_requester(session, actor=actor, now=now, **asked)

    @command
    def disclose_need_requester(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return disclosing.disclose_need_requester(session, actor=actor, now=clock.system_now(), **asked)
