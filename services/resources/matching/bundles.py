"""Reads of a round's certificate file."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.resources.codes_instances import InstanceCode
from services.resources.matching import naming, queries
from services.resources.matching.models import MatchingRound, NeedResult
from services.resources.needs import queries as needs
from services.resources.needs.models import Need
from services.resources.offers import queries as offers
from services.resources.offers.models import Offer


def get_matching_bundle(session: Session, *, actor: Actor, matching_round_id: str) -> dict[str, Any]:
    """Which kept file it is; raises ConflictError while there is none."""
    return about(_solved(session, actor, matching_round_id))


def about(kept: dict[str, Any]) -> dict[str, Any]:
    """The file without what is kept beside it."""
    return {name: kept[name] for name in ("sha256", "size", "media_type")}


def list_bundle_names(
    session: Session,
    *,
    actor: Actor,
    matching_round_id: str,
    side: str,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """A page of names, of the rows that the reader may see."""
    kept = _solved(session, actor, matching_round_id)
    if side == "offers":
        names, statement, column = naming.names(kept["offers"], "offer"), offers.visible(actor), Offer.id
    else:
        mine = select(NeedResult.need_id).where(NeedResult.matching_round_id == matching_round_id)
        names, statement, column = naming.names(list(session.scalars(mine)), "need"), needs.visible(actor), Need.id
    return db.page(
        session,
        statement.where(column.in_(list(names))),
        by=column,
        render=lambda row: {"name": names[row.id], "id": row.id},
        cursor=cursor,
        limit=limit,
    )


def _solved(session: Session, actor: Actor, matching_round_id: str) -> dict[str, Any]:
    row: MatchingRound = queries.find_round(session, matching_round_id, actor)
    if row.bundle is None:
        raise ConflictError(InstanceCode.PENDING, status=row.status)
    return row.bundle
