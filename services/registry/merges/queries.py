"""Reads of merges."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from contracts.registry.codes_organisations import OrganisationCode
from contracts.registry.merges import MergeView
from services.registry import scope
from services.registry.cases.domain import OPEN
from services.registry.cases.models import IncubationCase
from services.registry.merges.domain import Side
from services.registry.merges.models import Merge
from services.registry.organisations.models import Organisation

_VIEW = MergeView()


def render(session: Session, row: Merge) -> dict[str, Any]:
    """With both names; ``moved`` counts records by table."""
    wanted = select(Organisation.id, Organisation.name).where(Organisation.id.in_([row.survivor_id, row.merged_id]))
    names = dict(session.execute(wanted).all())
    facts = {
        **scope.columns(row),
        "merge_id": row.id,
        "survivor_name": names.get(row.survivor_id),
        "merged_name": names.get(row.merged_id),
    }
    shown: dict[str, Any] = _VIEW.dump(facts)
    return shown


def get_merge(session: Session, *, actor: Actor, merge_id: str) -> dict[str, Any]:
    """One merge."""
    code = OrganisationCode.MERGE_NOT_FOUND
    return render(session, scope.find(session, Merge, merge_id, actor, code, column=Merge.survivor_id))


def list_merges(
    session: Session,
    *,
    actor: Actor,
    status: str | None = None,
    organisation_id: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """Newest first."""
    statement = scope.visible(Merge, Merge.survivor_id, actor)
    if status is not None:
        statement = statement.where(Merge.status == status)
    if organisation_id is not None:
        statement = statement.where(or_(Merge.survivor_id == organisation_id, Merge.merged_id == organisation_id))
    return db.page(session, statement, by=Merge.id, render=lambda row: render(session, row), cursor=cursor, limit=limit)


def side(session: Session, row: Organisation) -> Side:
    """What the rules ask of an organisation."""
    cases = select(func.count()).where(IncubationCase.organisation_id == row.id, IncubationCase.status.in_(OPEN))
    return Side(row.id, row.kind, row.street_code, row.uscc, row.status, session.scalar(cases) or 0)


def has_pending(session: Session, organisation_ids: list[str]) -> bool:
    """Whether a proposal concerns any of them."""
    either = or_(Merge.survivor_id.in_(organisation_ids), Merge.merged_id.in_(organisation_ids))
    return session.scalars(select(Merge.id).where(Merge.status == "proposed", either).limit(1)).first() is not None
