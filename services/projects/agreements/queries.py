"""Reading agreements: who may see the award may see its agreement."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.projects.agreements import AgreementView
from contracts.projects.codes_money import MoneyCode
from services.projects.agreements import domain
from services.projects.agreements.models import Agreement
from services.projects.awards import queries as awards
from services.projects.awards.models import Award


def render(row: Agreement) -> dict[str, Any]:
    view: dict[str, Any] = AgreementView().dump(row)
    return view


def find_agreement(session: Session, agreement_id: str, actor: Actor) -> Agreement:
    """One version of an award the actor may see; raises ``agreement_not_found``."""
    mine = awards.visible(actor).with_only_columns(Award.id)
    statement = select(Agreement).where(Agreement.id == agreement_id, Agreement.award_id.in_(mine))
    row: Agreement | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(MoneyCode.AGREEMENT_NOT_FOUND)
    return row


def open_version(session: Session, award_id: str) -> Agreement | None:
    """The version that waits for a signature. The caller holds the award's lock."""
    statement = select(Agreement).where(Agreement.award_id == award_id, Agreement.status.in_(domain.OPEN))
    return session.scalars(statement.with_for_update(of=Agreement)).one_or_none()


def in_force(session: Session, award_id: str) -> Agreement | None:
    """The version that binds. The caller holds the award's lock."""
    statement = select(Agreement).where(Agreement.award_id == award_id, Agreement.status == "in_force")
    return session.scalars(statement.with_for_update(of=Agreement)).one_or_none()


def last_number(session: Session, award_id: str) -> int:
    """Of the newest version, in force or not."""
    numbers = select(Agreement.number).where(Agreement.award_id == award_id).order_by(Agreement.number.desc())
    return session.scalars(numbers.limit(1)).one_or_none() or 0


def get_agreement(session: Session, *, actor: Actor, agreement_id: str) -> dict[str, Any]:
    return render(find_agreement(session, agreement_id, actor))


def list_agreements(
    session: Session, *, actor: Actor, award_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    award = awards.find_award(session, award_id, actor)
    statement = db.scoped(select(Agreement), Agreement, actor).where(Agreement.award_id == award.id)
    return db.page(session, statement, by=Agreement.id, render=render, cursor=cursor, limit=limit)
