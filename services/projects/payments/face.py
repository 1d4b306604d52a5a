"""RPCs and commands of payment batches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.projects.payments import actions, answering, queries

View = dict[str, Any]


class Payments:
    """Batches, the file for the bank, its answer."""

    @rpc
    def get_payment_batch(self, session: Session, *, actor: Actor, batch_id: str) -> View:
        return queries.get_payment_batch(session, actor=actor, batch_id=batch_id)

    @rpc
    def list_payment_batches(self, session: Session, *, actor: Actor, **filters: Any) -> View:
        return queries.list_payment_batches(session, actor=actor, **filters)

    @rpc
    def list_payments(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_payments(session, actor=actor, **given)

    @command
    def draft_payment_batch(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.draft_payment_batch(session, actor=actor, now=_now(session, actor), **given)

    @command
    def approve_payment_batch(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.approve_payment_batch(session, actor=actor, now=_now(session, actor), **given)

    @command
    def cancel_payment_batch(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.cancel_payment_batch(session, actor=actor, **given)

    @command
    def export_payment_batch(self, session: Session, *, actor: Actor, **given: Any) -> View:
        form = given.pop("format")
        return actions.export_payment_batch(session, actor=actor, now=_now(session, actor), form=form, **given)

    @rpc
    def list_payment_exports(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_payment_exports(session, actor=actor, **given)

    @command
    def import_payment_answer(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return answering.import_payment_answer(session, actor=actor, now=_now(session, actor), **given)

    @rpc
    def list_payment_answers(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_payment_answers(session, actor=actor, **given)


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)
