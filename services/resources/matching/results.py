"""The explained results of a matching round, need by need, inside the caller's scope."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from services.resources.known import domain as parties
from services.resources.matching import queries
from services.resources.matching.models import NeedResult
from services.resources.needs import queries as needs
from services.resources.needs.models import Need

OUTCOMES = {
    "matched": ("已全部匹配", "Fully matched"),
    "partly_matched": ("部分匹配，适合的资源已用尽", "Partly matched; what fits is used up"),
    "outbid": ("适合的资源用于得分更高的需求", "What fits serves needs that score higher"),
    "no_candidates": ("没有适合的资源", "Nothing fits"),
}


def list_matching_results(
    session: Session, *, actor: Actor, matching_round_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """A page of results."""
    found = queries.find_round(session, matching_round_id, actor)
    statement = db.scoped(select(NeedResult), NeedResult, actor).where(NeedResult.matching_round_id == found.id)
    if parties.is_bound(actor):  # a hub reads of those in its care
        statement = statement.where(NeedResult.need_id.in_(needs.visible(actor).with_only_columns(Need.id)))
    return db.page(session, statement, by=NeedResult.id, render=render, cursor=cursor, limit=limit)


def render(row: NeedResult) -> dict[str, Any]:
    """The view of one result."""
    zh, en = OUTCOMES[row.outcome]
    return {
        "need_id": row.need_id,
        "street_code": row.street_code,
        "wanted": row.wanted,
        "matched": row.matched,
        "unmet": row.wanted - row.matched,
        "need_price": row.need_price,
        "outcome": row.outcome,
        "zh": zh,
        "en": en,
        "matches": row.matches,
        "alternatives": row.alternatives,
        "exclusions": row.exclusions,
    }
