"""Reads of credit facts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from contracts.registry.codes_organisations import OrganisationCode
from contracts.registry.credit import CreditFactView
from services.registry import scope
from services.registry.credit.models import CreditFact
from services.registry.debarments.queries import barring

_VIEW = CreditFactView()


def render(row: CreditFact) -> dict[str, Any]:
    """A fact."""
    shown: dict[str, Any] = _VIEW.dump({**scope.columns(row), "credit_fact_id": row.id})
    return shown


def get_credit_fact(session: Session, *, actor: Actor, credit_fact_id: str) -> dict[str, Any]:
    """One fact."""
    code = OrganisationCode.CREDIT_FACT_NOT_FOUND
    column = CreditFact.organisation_id
    return render(scope.find(session, CreditFact, credit_fact_id, actor, code, column=column))


def list_credit_facts(
    session: Session,
    *,
    actor: Actor,
    organisation_id: str | None = None,
    kind: str | None = None,
    status: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """Newest first."""
    statement = scope.visible(CreditFact, CreditFact.organisation_id, actor)
    for column, value in (
        (CreditFact.organisation_id, organisation_id),
        (CreditFact.kind, kind),
        (CreditFact.status, status),
    ):
        if value is not None:
            statement = statement.where(column == value)
    return db.page(session, statement, by=CreditFact.id, render=render, cursor=cursor, limit=limit)


def breaching(session: Session, organisation_id: str) -> list[CreditFact]:
    """Facts in force because of which the organisation is in breach."""
    wanted = select(CreditFact).where(
        CreditFact.organisation_id == organisation_id, CreditFact.status == "in_force", CreditFact.sets_breach
    )
    return list(session.scalars(wanted))


def is_held(session: Session, organisation_id: str) -> bool:
    """Whether a fact in force, or a debarment that projects told of, keeps the organisation in breach."""
    return bool(breaching(session, organisation_id) or barring(session, organisation_id))
