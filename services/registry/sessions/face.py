"""Operations on sessions."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command
from services.registry.sessions import actions


class Sessions:
    """sign_in, refresh_session, sign_out: on the system clock."""

    @command
    def sign_in(self, session: Session, *, actor: Actor, login: str, password: str) -> dict[str, Any]:
        return actions.sign_in(session, actor=actor, login=login, password=password, now=clock.system_now())

    @command
    def refresh_session(self, session: Session, *, actor: Actor, refresh_token: str) -> dict[str, Any]:
        return actions.refresh_session(session, actor=actor, refresh_token=refresh_token, now=clock.system_now())

    @command
    def sign_out(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return actions.sign_out(session, actor=actor, now=clock.system_now())
