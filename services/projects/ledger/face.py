"""RPCs of the ledger, and its nightly check."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.runtime.entrypoints import every, rpc
from services.projects.ledger import actions, queries


class Ledger:
    """Entries, balances, the trial balance."""

    @rpc
    def get_round_money(self, session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
        return queries.get_round_money(session, actor=actor, round_id=round_id)

    @rpc
    def list_ledger_entries(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries.list_ledger_entries(session, actor=actor, **given)

    @rpc
    def get_trial_balance(self, session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
        return queries.get_trial_balance(session, actor=actor, round_id=round_id)

    @every(seconds=86_400)
    def check_books(self, session: Session) -> None:
        actions.check_books(session)
