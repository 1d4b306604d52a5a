"""What became of it: sums per offer and provider, and every part with its steps, receipts and uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping, Select, and_, case, func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.resources.codes_stock import StockCode
from contracts.resources.gifts import GiftUseView
from services.resources.allocations import queries as allocations
from services.resources.allocations.models import Allocation
from services.resources.gifts import domain
from services.resources.gifts.models import GiftUse
from services.resources.known import domain as parties
from services.resources.known.models import KnownOrganisation
from services.resources.needs.models import Need
from services.resources.offers import queries as offers
from services.resources.offers.models import Offer

SHOWN_USES = 20
_SUMS = ("received", "used", "returned", "lost")


def get_gift_use(session: Session, *, actor: Actor, gift_use_id: str) -> dict[str, Any]:
    """One use, to whoever may see its allocation."""
    row = session.get(GiftUse, gift_use_id)
    if row is None or session.scalar(allocations.visible(actor).where(Allocation.id == row.allocation_id)) is None:
        raise NotFoundError(StockCode.USE_NOT_FOUND, gift_use_id=gift_use_id)
    return render(row)


def list_gift_uses(
    session: Session, *, actor: Actor, allocation_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """A page of the uses of one allocation."""
    row = allocations.find_allocation(session, allocation_id, actor)
    statement = select(GiftUse).where(GiftUse.allocation_id == row.id)
    return db.page(session, statement, by=GiftUse.id, render=render, cursor=cursor, limit=limit)


def render(row: GiftUse) -> dict[str, Any]:
    """The view."""
    shown = {column.key: getattr(row, column.key) for column in GiftUse.__table__.columns}
    view: dict[str, Any] = GiftUseView().dump({**shown, "receipt_url": domain.receipt_of(row.event_id)})
    return view


def get_gift(session: Session, *, actor: Actor, offer_id: str) -> dict[str, Any]:
    """The sums of one offer."""
    row = offers.find_offer(session, offer_id, actor)
    return _summaries(session, actor, [row])[0]


def list_gifts(
    session: Session,
    *,
    actor: Actor,
    organisation_id: str | None = None,
    kind: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """The sums of each offer, newest first."""
    statement = _offered(actor, organisation_id)
    if kind is not None:
        statement = statement.where(Offer.kind == kind)
    rows: list[Offer] = []
    page = db.page(session, statement, by=Offer.id, render=_keep(rows), cursor=cursor, limit=limit)
    return {**page, "items": _summaries(session, actor, rows)}


def list_gift_parts(
    session: Session, *, actor: Actor, offer_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Who got what of an offer; only parts in the caller's sight."""
    offer = offers.find_offer(session, offer_id, actor)
    statement = allocations.visible(actor).where(Allocation.offer_id == offer.id)
    rows: list[Allocation] = []
    page = db.page(session, statement, by=Allocation.id, render=_keep(rows), cursor=cursor, limit=limit)
    names = _names(session, {row.recipient_organisation_id for row in rows})
    titled = select(Need.id, Need.title).where(Need.id.in_([row.need_id for row in rows]))
    titles = {row.id: row.title for row in session.execute(titled)}
    uses = _latest_uses(session, rows)
    items = [_part(row, names, titles[row.need_id], uses[row.id]) for row in rows]
    return {**page, "items": items}


def get_gift_totals(session: Session, *, actor: Actor, organisation_id: str | None) -> dict[str, Any]:
    """Sums by kind and unit over the offers in the caller's sight that were opened."""
    owner = organisation_id or (actor.organisation_id if parties.is_bound(actor) else None)
    offered = _offered(actor, owner).where(Offer.status.not_in(["draft", "verified"])).subquery()
    given = _sums_by_offer(actor).subquery()
    served = _served_by_offer(actor).subquery()
    columns = (
        offered.c.kind,
        offered.c.unit,
        func.count().label("offers"),
        func.sum(offered.c.quantity + offered.c.retired).label("offered"),
        func.sum(offered.c.handed_over).label("handed_over"),
        func.coalesce(func.sum(given.c.received), 0).label("received"),
        func.coalesce(func.sum(given.c.used), 0).label("used"),
        func.coalesce(func.sum(served.c.people_served), 0).label("people_served"),
    )
    statement = (
        select(*columns)
        .select_from(offered)
        .outerjoin(given, given.c.offer_id == offered.c.id)
        .outerjoin(served, served.c.offer_id == offered.c.id)
        .group_by(offered.c.kind, offered.c.unit)
        .order_by(offered.c.kind, offered.c.unit)
    )
    rows = session.execute(statement).mappings()
    return {"totals": [_whole(row) for row in rows]}


def _whole(row: RowMapping) -> dict[str, Any]:
    """Sums come as decimals."""
    return {key: value if isinstance(value, str) else int(value) for key, value in row.items()}


def list_public_gifts(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Uses that the provider and the recipient both agreed to tell: no ids, no photos, no people."""
    statement = (
        select(GiftUse)
        .join(Offer, Offer.id == GiftUse.offer_id)
        .where(
            GiftUse.district_code == actor.district_code,
            and_(GiftUse.story_public.is_(True), Offer.story_public.is_(True)),
        )
    )
    rows: list[GiftUse] = []
    page = db.page(session, statement, by=GiftUse.id, render=_keep(rows), cursor=cursor, limit=limit)
    given = {row.id: row for row in session.scalars(select(Offer).where(Offer.id.in_([use.offer_id for use in rows])))}
    named = {row.recipient_organisation_id for row in rows} | {row.provider_organisation_id for row in given.values()}
    names = _names(session, named)
    items = [
        {
            "title": given[row.offer_id].title,
            "provider_name": names.get(given[row.offer_id].provider_organisation_id),
            "recipient_name": names.get(row.recipient_organisation_id),
            "kind": given[row.offer_id].kind,
            **{name: getattr(row, name) for name in ("quantity", "unit", "purpose", "people_served")},
            "used_on": row.used_on.isoformat(),
        }
        for row in rows
    ]
    return {**page, "items": items}


def _keep(rows: list[Any]) -> Any:
    """Collects the rows of a page, so that what they refer to is read at once and not row by row."""

    def keep(row: Any) -> dict[str, Any]:
        rows.append(row)
        return {}

    return keep


def _offered(actor: Actor, organisation_id: str | None) -> Select[Any]:
    statement = offers.visible(actor)
    if organisation_id is not None:
        statement = statement.where(Offer.provider_organisation_id == organisation_id)
    return statement


def _sums_by_offer(actor: Actor) -> Select[Any]:
    """Of the allocations in the caller's sight; what was proposed or let go counts nothing. A caller who has no account
    counts once per need."""
    sums = (func.sum(getattr(Allocation, name)).label(name) for name in _SUMS)
    who = func.coalesce(Allocation.recipient_organisation_id, Allocation.recipient_account_id, Allocation.need_id)
    got = case((Allocation.received > 0, who))
    statement = allocations.visible(actor).with_only_columns(
        Allocation.offer_id, *sums, func.count(func.distinct(got)).label("recipients")
    )
    return statement.group_by(Allocation.offer_id)


def _served_by_offer(actor: Actor) -> Select[Any]:
    seen = allocations.visible(actor).with_only_columns(Allocation.id)
    served = func.sum(GiftUse.people_served).label("people_served")
    counted: Any = select(GiftUse.offer_id, served, func.count().label("uses"))
    statement: Select[Any] = counted.where(GiftUse.allocation_id.in_(seen)).group_by(GiftUse.offer_id)
    return statement


def _summaries(session: Session, actor: Actor, rows: Sequence[Offer]) -> list[dict[str, Any]]:
    keys = [row.id for row in rows]
    given = _by_offer(session, _sums_by_offer(actor).where(Allocation.offer_id.in_(keys)))
    served = _by_offer(session, _served_by_offer(actor).where(GiftUse.offer_id.in_(keys)))
    names = _names(session, {row.provider_organisation_id for row in rows})
    return [_summary(row, given.get(row.id, {}), served.get(row.id, {}), names) for row in rows]


def _by_offer(session: Session, statement: Select[Any]) -> dict[str, dict[str, Any]]:
    return {str(row["offer_id"]): dict(row) for row in session.execute(statement).mappings()}


def _summary(
    row: Offer, given: dict[str, Any], served: dict[str, Any], names: Mapping[str | None, str]
) -> dict[str, Any]:
    sums = {name: int(given.get(name) or 0) for name in (*_SUMS, "recipients")}
    return {
        "offer_id": row.id,
        **{name: getattr(row, name) for name in ("title", "kind", "unit", "status", "provider_organisation_id")},
        "provider_name": names.get(row.provider_organisation_id),
        "offered": row.quantity + row.retired,
        **{name: getattr(row, name) for name in ("free", "reserved", "handed_over", "retired")},
        **sums,
        "unused": sums["received"] - sums["used"],
        "people_served": int(served.get("people_served") or 0),
        "uses": int(served.get("uses") or 0),
    }


def _part(row: Allocation, names: Mapping[str | None, str], title: str, uses: list[GiftUse]) -> dict[str, Any]:
    plain = (
        *("need_id", "recipient_organisation_id", "project_id", "status", "unit", "quantity", "handed_over"),
        *("received", "used", "returned", "lost", "report"),
    )
    return {
        "allocation_id": row.id,
        "need_title": title,
        "recipient_name": names.get(row.recipient_organisation_id),
        **{name: getattr(row, name) for name in plain},
        "steps": [{**step, "receipt_url": domain.receipt_of(step.get("event_id"))} for step in row.steps],
        "uses": [render(use) for use in uses],
    }


def _latest_uses(session: Session, rows: Sequence[Allocation]) -> dict[str, list[GiftUse]]:
    """The newest of each allocation, in one statement; the rest is a list of its own."""
    place = func.row_number().over(partition_by=GiftUse.allocation_id, order_by=GiftUse.id.desc()).label("place")
    ranked = select(GiftUse.id, place).where(GiftUse.allocation_id.in_([row.id for row in rows])).subquery()
    statement = select(GiftUse).join(ranked, ranked.c.id == GiftUse.id).where(ranked.c.place <= SHOWN_USES)
    found: dict[str, list[GiftUse]] = defaultdict(list)
    for use in session.scalars(statement.order_by(GiftUse.id.desc())):
        found[use.allocation_id].append(use)
    return found


def _names(session: Session, keys: Collection[str | None]) -> dict[str | None, str]:
    """Names of organisations we know. Merges moved the rows' ids, so they name today's."""
    statement = select(KnownOrganisation.id, KnownOrganisation.name).where(
        KnownOrganisation.id.in_([one for one in keys if one is not None])
    )
    return {row.id: row.name for row in session.execute(statement)}
