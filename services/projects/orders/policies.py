"""The district's numbers of service orders: kinds, hours, ranking; reading and setting them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import InvalidError
from contracts.projects.codes_delivery import DeliveryCode
from services.projects.orders import domain_clocks, domain_policy, domain_ranking
from services.projects.orders.domain_clocks import Hours
from services.projects.orders.domain_policy import KindPolicy
from services.projects.orders.models import OrderHours, OrderKind, OrderPolicy

HORIZON_DAYS, SERIES_DAYS = "horizon_days", "series_days_max"
_NUMBERS = {f"weight_{name}": weight for name, weight in domain_ranking.DEFAULT_WEIGHTS.items()} | {
    HORIZON_DAYS: 14,
    SERIES_DAYS: 366,
}


def kind_of(session: Session, district_code: str, kind: str) -> KindPolicy:
    """A kind's policy: the district's row, or the default."""
    row = session.get(OrderKind, (district_code, kind))
    if row is not None:
        return _policy(row)
    for policy in domain_policy.DEFAULT_KINDS:
        if policy.kind == kind:
            return policy
    raise InvalidError(DeliveryCode.ORDER_KIND_UNKNOWN, service_kind=kind)


def _policy(row: OrderKind) -> KindPolicy:
    base = {name: getattr(row, name) for name in domain_policy.BASE}
    return domain_policy.policy_from(row.kind, base, row.clocks)


def kinds_of(session: Session, district_code: str) -> list[KindPolicy]:
    """Every kind of the district; its own rows win over the defaults."""
    found = {policy.kind: policy for policy in domain_policy.DEFAULT_KINDS}
    for row in session.scalars(select(OrderKind).where(OrderKind.district_code == district_code)):
        found[row.kind] = _policy(row)
    return [found[kind] for kind in sorted(found)]


def list_order_kinds(session: Session, *, actor: Actor) -> dict[str, Any]:
    """Kinds of service with their clocks."""
    district = actor.district_code
    rows = [{**domain_policy.as_row(policy), "district_code": district} for policy in kinds_of(session, district)]
    return {"items": rows}


def set_order_kind(session: Session, *, actor: Actor, kind: str, **values: Any) -> dict[str, Any]:
    """A kind of service and its clocks; clocks that run already keep the time they were set for."""
    row = {name: values[name] for name in domain_policy.BASE}
    row["clocks"] = {name: value for name, value in values.items() if name in domain_policy.MORE}
    statement = insert(OrderKind).values(district_code=actor.district_code, kind=kind, **row)
    session.execute(statement.on_conflict_do_update(index_elements=["district_code", "kind"], set_=row))
    session.expire_all()
    policy = kind_of(session, actor.district_code, kind)
    return {**domain_policy.as_row(policy), "district_code": actor.district_code}


def hours_of(session: Session, district_code: str, street_code: str | None, kind: str) -> Hours:
    """The narrowest hours that fit."""
    statement = select(OrderHours).where(
        OrderHours.district_code == district_code,
        OrderHours.street_code.in_(("", street_code or "")),
        OrderHours.kind.in_(("", kind)),
    )
    rows = [(row.street_code, row.kind, _hours(row)) for row in session.scalars(statement)]
    return domain_clocks.narrowest(rows, street_code=street_code or "", kind=kind)


def _hours(row: OrderHours) -> Hours:
    return Hours(tuple(map(tuple, row.workday)), tuple(map(tuple, row.restday)))


def set_order_hours(
    session: Session,
    *,
    actor: Actor,
    workday: list[dict[str, int]],
    restday: list[dict[str, int]],
    street_code: str | None = None,
    service_kind: str | None = None,
) -> dict[str, Any]:
    """The bureau sets anybody's, a street its own."""
    db.check_street(actor, street_code)
    if service_kind is not None:
        kind_of(session, actor.district_code, service_kind)
    spans = {}
    for name, given in (("workday", workday), ("restday", restday)):
        spans[name] = [(span["opens"], span["closes"]) for span in given]
        domain_clocks.check_spans(spans[name])
    key = {"district_code": actor.district_code, "street_code": street_code or "", "kind": service_kind or ""}
    statement = insert(OrderHours).values(**key, **spans)
    session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=spans))
    return _hours_view(actor.district_code, street_code or "", service_kind or "", spans)


def _hours_view(district_code: str, street_code: str, kind: str, spans: dict[str, Any]) -> dict[str, Any]:
    shown = {name: [{"opens": one[0], "closes": one[1]} for one in spans[name]] for name in ("workday", "restday")}
    return {"district_code": district_code, "street_code": street_code or None, "service_kind": kind or None, **shown}


def list_order_hours(session: Session, *, actor: Actor) -> dict[str, Any]:
    """The district's and those of the caller's streets."""
    statement = select(OrderHours).where(OrderHours.district_code == actor.district_code)
    if actor.street_codes:
        mine = OrderHours.street_code.in_(actor.street_codes)
        statement = statement.where(or_(OrderHours.street_code == "", mine))
    rows = session.scalars(statement.order_by(OrderHours.street_code, OrderHours.kind))
    shown = [
        _hours_view(row.district_code, row.street_code, row.kind, {"workday": row.workday, "restday": row.restday})
        for row in rows
    ]
    return {"items": shown}


def numbers_of(session: Session, district_code: str) -> dict[str, int]:
    """Complete; the defaults where the district set nothing."""
    row = session.get(OrderPolicy, district_code)
    return {**_NUMBERS, **(row.numbers if row else {})}


def weights_of(numbers: dict[str, int]) -> dict[str, int]:
    """Of the ranking, by part."""
    return {name: numbers[f"weight_{name}"] for name in domain_ranking.DEFAULT_WEIGHTS}


def get_order_policy(session: Session, *, actor: Actor) -> dict[str, Any]:
    """The district's numbers that belong to no kind."""
    return {"district_code": actor.district_code, **numbers_of(session, actor.district_code)}


def set_order_policy(session: Session, *, actor: Actor, **given: int) -> dict[str, Any]:
    """Only what is given; it holds from now on."""
    made = insert(OrderPolicy).values(district_code=actor.district_code, numbers={})
    session.execute(made.on_conflict_do_nothing())
    row = session.get_one(OrderPolicy, actor.district_code, with_for_update=True)
    row.numbers = {**row.numbers, **given}
    session.flush()
    return get_order_policy(session, actor=actor)
