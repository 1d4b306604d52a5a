"""Operations on accounts."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.registry.accounts import actions, duties, history, queries


class Accounts:
    """open, confirm, move, verify, get and list accounts; one's own; addresses for the system's senders."""

    @command
    def open_account(self, session: Session, *, actor: Actor, **facts: Any) -> dict[str, Any]:
        return actions.open_account(session, actor=actor, now=clock.now(session, actor.district_code), **facts)

    @command
    def verify_resident(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.verify_resident(session, actor=actor, **asked)

    @command
    def change_account_role(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        now, ended_at = clock.now(session, actor.district_code), clock.system_now()
        return duties.change_account_role(session, actor=actor, now=now, ended_at=ended_at, **asked)

    @command
    def confirm_account(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return duties.confirm_account(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def reject_account(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return duties.reject_account(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @rpc
    def list_account_changes(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return history.list_account_changes(session, actor=actor, **asked)

    @rpc
    def get_account(self, session: Session, *, actor: Actor, account_id: str) -> dict[str, Any]:
        return queries.get_account(session, actor=actor, account_id=account_id)

    @rpc
    def list_accounts(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_accounts(session, actor=actor, **asked)

    @rpc
    def get_me(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return queries.get_me(session, actor=actor)

    @rpc
    def get_addresses(self, session: Session, *, actor: Actor, account_ids: list[str]) -> dict[str, Any]:
        return queries.get_addresses(session, actor=actor, account_ids=account_ids)
