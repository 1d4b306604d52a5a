"""Operations on sessions and passwords."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, every, rpc
from services.registry.sessions import actions, credentials, pruning, queries
from services.registry.sessions.actions import Seen


class Sessions:
    """Sign-in, its sessions and passwords: on the system clock."""

    @command
    def sign_in(
        self,
        session: Session,
        *,
        actor: Actor,
        login: str,
        password: str,
        new_password: str | None = None,
        device: str | None = None,
        address_prefix: str | None = None,
    ) -> dict[str, Any]:
        asked = {"login": login, "password": password}
        seen, now = Seen(device, address_prefix), clock.system_now()
        return actions.sign_in(session, actor=actor, new_password=new_password, now=now, seen=seen, **asked)

    @command
    def refresh_session(
        self,
        session: Session,
        *,
        actor: Actor,
        refresh_token: str,
        device: str | None = None,
        address_prefix: str | None = None,
    ) -> dict[str, Any]:
        seen, now = Seen(device, address_prefix), clock.system_now()
        return actions.refresh_session(session, actor=actor, refresh_token=refresh_token, now=now, seen=seen)

    @command
    def sign_out(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return actions.sign_out(session, actor=actor, now=clock.system_now())

    @rpc
    def list_sessions(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_sessions(session, actor=actor, **asked)

    @command
    def revoke_session(self, session: Session, *, actor: Actor, session_id: str) -> dict[str, Any]:
        return actions.revoke_session(session, actor=actor, session_id=session_id, now=clock.system_now())

    @command
    def revoke_sessions(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.revoke_sessions(session, actor=actor, now=clock.system_now(), **asked)

    @rpc
    def list_revoked_sessions(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return queries.list_revoked_sessions(session, now=clock.system_now())

    @command
    def change_password(self, session: Session, *, actor: Actor, password: str, new_password: str) -> dict[str, Any]:
        asked = {"password": password, "new_password": new_password}
        return credentials.change_password(session, actor=actor, now=clock.system_now(), **asked)

    @command
    def reset_password(self, session: Session, *, actor: Actor, account_id: str, new_password: str) -> dict[str, Any]:
        asked = {"account_id": account_id, "new_password": new_password}
        return credentials.reset_password(session, actor=actor, now=clock.system_now(), **asked)

    @command
    def require_password_change(self, session: Session, *, actor: Actor, account_id: str) -> dict[str, Any]:
        now = clock.system_now()
        return credentials.require_password_change(session, actor=actor, account_id=account_id, now=now)

    @rpc
    def list_lockouts(self, session: Session, *, actor: Actor, **page: Any) -> dict[str, Any]:
        return queries.list_lockouts(session, actor=actor, now=clock.system_now(), **page)

    @command
    def unlock_account(self, session: Session, *, actor: Actor, account_id: str) -> dict[str, Any]:
        return credentials.unlock_account(session, actor=actor, account_id=account_id, now=clock.system_now())

    @every(seconds=3600)
    def prune_sessions(self, session: Session) -> None:
        pruning.prune(session, now=clock.system_now())
