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
    "lots": (
        "最小批量、整批或整份要求使其无法满足",
        "Lots, or wanting all or from one, stand in the way",
    ),
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
    short = row.wanted - row.matched
    return {
        "need_id": row.need_id,
        "street_code": row.street_code,
        "wanted": row.wanted,
        "matched": row.matched,
        "unmet": short,
        "need_price": row.need_price,
        "outcome": row.outcome,
        "zh": f"{zh}；缺 {short}" if short else zh,
        "en": f"{en}; {short} short" if short else en,
        "matches": [{**match, **_why(match, row.need_price)} for match in row.matches],
        "alternatives": [{**other, **_beside(other)} for other in row.alternatives],
        "exclusions": row.exclusions,
    }


def _why(match: dict[str, Any], need_price: int) -> dict[str, str]:
    """A match by its prices: what a unit is worth is what the two prices come to, but for lots."""
    slack, subsidy = match.get("slack", 0), match["subsidy"]
    zh = f"每单位得分 {match['utility']}" + (f"，街道补贴 {subsidy}" if subsidy else "")
    en = f"A unit scores {match['utility']}" + (f", the street's subsidy {subsidy}" if subsidy else "")
    zh += f"；资源价格 {match['offer_price']}，需求价格 {need_price}"
    en += f"; price of the offer {match['offer_price']}, of the need {need_price}"
    zh += f"；比价格低 {slack}，因批量要求" if slack else ""
    en += f"; {slack} short of the prices, for the sake of lots" if slack else ""
    return {"zh": zh, "en": en}


def _beside(other: dict[str, Any]) -> dict[str, str]:
    """Why an offer that fits was not taken."""
    behind = other["behind"]
    if behind <= 0:
        return {"zh": "同样合适，已用于其他需求", "en": "As good; it serves other needs"}
    return {
        "zh": f"每单位得分须再高 {behind} 才轮到本需求",
        "en": f"A unit would have to score {behind} more to come here",
    }
