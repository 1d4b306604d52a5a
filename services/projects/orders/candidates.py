"""Suggesting whom to ask first: facts by a handful of queries, ranked by the published rule (domain_ranking)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from contracts import roles
from services.projects.known import queries as known
from services.projects.known.models import KnownOrganisation
from services.projects.orders import domain, domain_ranking, policies, queries
from services.projects.orders.models import OrderOffer, OrderService, ServiceOrder

MOST = 500  # organisations considered; a street has dozens
SERVING = ("cso", "hub")
ANSWERED = ("accepted", "declined", "given_back")


def list_order_candidates(session: Session, *, actor: Actor, order_id: str) -> dict[str, Any]:
    """Organisations of the order's street, or in the hub's care, best first, with the parts of their score."""
    row = queries.get_order(session, actor=actor, order_id=order_id)
    weights = policies.weights_of(policies.numbers_of(session, row.district_code))
    organisations = _organisations(session, actor, row)
    keys = [one.id for one in organisations]
    loads, stars, asked = _loads(session, row, keys), _stars(session, row, keys), _asked(session, row, keys)
    declined = _declined(session, row)
    policy = policies.kind_of(session, row.district_code, row.kind)
    facts = [
        domain_ranking.Facts(
            organisation_id=one.id,
            name=one.name,
            same_street=one.street_code == row.street_code,
            serves_field=bool(set(one.fields) & set(policy.fields_served)),
            open_orders=loads.get(one.id, 0),
            open_orders_max=policy.open_orders_max,
            stars_sum=stars.get(one.id, (0, 0))[0],
            ratings=stars.get(one.id, (0, 0))[1],
            answered=asked.get(one.id, (0, 0))[0],
            lapsed=asked.get(one.id, (0, 0))[1],
            declined_this=one.id in declined,
        )
        for one in organisations
    ]
    return {"items": domain_ranking.rank(facts, weights), "weights": weights}


def _organisations(session: Session, actor: Actor, row: ServiceOrder) -> list[KnownOrganisation]:
    statement: Select[Any] = db.scoped(select(KnownOrganisation), KnownOrganisation, actor)
    statement = statement.where(KnownOrganisation.status == "active", KnownOrganisation.kind.in_(SERVING))
    if actor.role == roles.HUB:
        statement = statement.where(known.in_care(KnownOrganisation.id, actor))
    near = case((KnownOrganisation.street_code == row.street_code, 0), else_=1)
    return list(session.scalars(statement.order_by(near, KnownOrganisation.id).limit(MOST)))


def _loads(session: Session, row: ServiceOrder, keys: list[str]) -> dict[str, int]:
    statement = (
        select(ServiceOrder.organisation_id, func.count())
        .where(ServiceOrder.district_code == row.district_code, ServiceOrder.kind == row.kind)
        .where(ServiceOrder.organisation_id.in_(keys), ServiceOrder.status.in_(domain.BUSY))
        .group_by(ServiceOrder.organisation_id)
    )
    return {key: count for key, count in session.execute(statement) if key is not None}


def _stars(session: Session, row: ServiceOrder, keys: list[str]) -> dict[str, tuple[int, int]]:
    statement = (
        select(OrderService.organisation_id, func.sum(OrderService.stars), func.count())
        .where(OrderService.district_code == row.district_code, OrderService.organisation_id.in_(keys))
        .where(OrderService.stars.is_not(None), OrderService.status != "void")
        .group_by(OrderService.organisation_id)
    )
    return _pairs(session.execute(statement).all())


def _asked(session: Session, row: ServiceOrder, keys: list[str]) -> dict[str, tuple[int, int]]:
    """Offers answered, whatever the answer, and offers that lapsed in silence."""
    statement = (
        select(
            OrderOffer.organisation_id,
            func.count().filter(OrderOffer.status.in_(ANSWERED)),
            func.count().filter(OrderOffer.status == "expired"),
        )
        .where(OrderOffer.district_code == row.district_code, OrderOffer.organisation_id.in_(keys))
        .group_by(OrderOffer.organisation_id)
    )
    return _pairs(session.execute(statement).all())


def _pairs(rows: Any) -> dict[str, tuple[int, int]]:
    return {key: (int(one or 0), int(other or 0)) for key, one, other in rows}


def _declined(session: Session, row: ServiceOrder) -> set[str | None]:
    statement = select(OrderOffer.organisation_id).where(
        OrderOffer.order_id == row.id, OrderOffer.status.in_(("declined", "given_back"))
    )
    return set(session.scalars(statement))
