"""Reading dispatches, offers and hours; a talent sees their own."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from chassis import clock, db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.resources.codes_talents import TalentCode
from contracts.resources.dispatch import DispatchOfferView, DispatchView, ServiceHoursView
from services.resources.dispatch import domain
from services.resources.dispatch.models import Dispatch, DispatchOffer, ServiceHours
from services.resources.grid.domain import metres
from services.resources.grid.queries import points_of
from services.resources.list_rules.queries import numbers
from services.resources.talents.models import Credential, Talent

_VIEW, _OFFER, _HOURS = DispatchView(), DispatchOfferView(), ServiceHoursView()


def render(row: Dispatch) -> dict[str, Any]:
    view: dict[str, Any] = _VIEW.dump(row)
    return view


def find_dispatch(session: Session, dispatch_id: str, actor: Actor, *, lock: bool = False) -> Dispatch:
    """One the actor may see; raises NotFoundError."""
    statement = db.scoped(select(Dispatch), Dispatch, actor).where(Dispatch.id == dispatch_id)
    if lock:
        statement = statement.with_for_update(of=Dispatch).execution_options(populate_existing=True)
    row: Dispatch | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(TalentCode.DISPATCH_NOT_FOUND)
    return row


def get_dispatch(session: Session, *, actor: Actor, dispatch_id: str) -> dict[str, Any]:
    return render(find_dispatch(session, dispatch_id, actor))


def list_dispatches(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: Any
) -> dict[str, Any]:
    statement = db.scoped(select(Dispatch), Dispatch, actor).filter_by(**filters)
    return db.page(session, statement, by=Dispatch.id, render=render, cursor=cursor, limit=limit)


def _own(statement: Select[Any], model: Any, actor: Actor) -> Select[Any]:
    """A talent: what concerns themselves."""
    statement = db.scoped(statement, model, actor)
    if actor.role == roles.TALENT:
        mine = select(Talent.id).where(Talent.account_id == actor.account_id)
        return statement.where(model.talent_id.in_(mine))
    return statement


def find_offer(session: Session, dispatch_offer_id: str, actor: Actor, *, lock: bool = False) -> DispatchOffer:
    """One the actor may see; raises NotFoundError."""
    statement = _own(select(DispatchOffer), DispatchOffer, actor).where(DispatchOffer.id == dispatch_offer_id)
    if lock:
        statement = statement.with_for_update(of=DispatchOffer).execution_options(populate_existing=True)
    row: DispatchOffer | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(TalentCode.OFFER_NOT_FOUND)
    return row


def render_offer(row: DispatchOffer, of: Dispatch) -> dict[str, Any]:
    shown = {column.key: getattr(row, column.key) for column in DispatchOffer.__table__.columns}
    view: dict[str, Any] = _OFFER.dump(shown | {"title": of.title, "starts_at": of.starts_at, "ends_at": of.ends_at})
    return view


def get_dispatch_offer(session: Session, *, actor: Actor, dispatch_offer_id: str) -> dict[str, Any]:
    row = find_offer(session, dispatch_offer_id, actor)
    return render_offer(row, session.get_one(Dispatch, row.dispatch_id))


def list_dispatch_offers(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: Any
) -> dict[str, Any]:
    """Their dispatches in one statement more."""
    statement = _own(select(DispatchOffer), DispatchOffer, actor).filter_by(**filters)
    page = db.page(session, statement, by=DispatchOffer.id, render=lambda row: {"row": row}, cursor=cursor, limit=limit)
    rows = [one["row"] for one in page["items"]]
    wanted = select(Dispatch).where(Dispatch.id.in_({row.dispatch_id for row in rows}))
    of = {row.id: row for row in session.scalars(wanted)}
    return page | {"items": [render_offer(row, of[row.dispatch_id]) for row in rows]}


def find_hours(session: Session, service_hours_id: str, actor: Actor, *, lock: bool = False) -> ServiceHours:
    """One the actor may see; raises NotFoundError."""
    statement = _own(select(ServiceHours), ServiceHours, actor).where(ServiceHours.id == service_hours_id)
    if lock:
        statement = statement.with_for_update(of=ServiceHours).execution_options(populate_existing=True)
    row: ServiceHours | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(TalentCode.HOURS_NOT_FOUND)
    return row


def render_hours(row: ServiceHours) -> dict[str, Any]:
    view: dict[str, Any] = _HOURS.dump(row)
    return view


def get_service_hours(session: Session, *, actor: Actor, service_hours_id: str) -> dict[str, Any]:
    return render_hours(find_hours(session, service_hours_id, actor))


def list_service_hours(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: Any
) -> dict[str, Any]:
    statement = _own(select(ServiceHours), ServiceHours, actor).filter_by(**filters)
    return db.page(session, statement, by=ServiceHours.id, render=render_hours, cursor=cursor, limit=limit)


def rank_talents(session: Session, *, actor: Actor, dispatch_id: str, limit: int) -> dict[str, Any]:
    """As the next offer would be made; who is unfit says why."""
    row = find_dispatch(session, dispatch_id, actor)
    people, wanted, rules = read(session, row)
    ranked = domain.rank(people, wanted, rules)[:limit]
    out = [(one.talent_id, domain.unfit(one, wanted, rules)) for one in people]
    return {
        "dispatch_id": row.id,
        "candidates": [
            {
                "talent_id": one.talent_id,
                "distance_m": one.distance_m,
                "score": one.score,
                "terms": domain.explained(one.terms),
            }
            for one in ranked
        ],
        "unfit": [
            {"talent_id": key, "reasons": [{"code": str(why), "zh": why.zh, "en": why.en} for why in reasons]}
            for key, reasons in out
            if reasons
        ][:limit],
    }


def read(session: Session, row: Dispatch) -> tuple[list[domain.Person], domain.Wanted, dict[str, int]]:
    """People of the street with one of the skills: five statements, however many they are."""
    wanted = domain.Wanted(
        skills=row.skills,
        starts=row.starts_at.astimezone(clock.SHANGHAI),
        ends=row.ends_at.astimezone(clock.SHANGHAI),
        credential=row.credential,
    )
    talents = session.scalars(
        select(Talent)
        .where(
            Talent.district_code == row.district_code,
            Talent.street_code == row.street_code,
            Talent.status != "left",
            or_(*(Talent.skills.contains([{"skill": skill}]) for skill in row.skills)),
        )
        .order_by(Talent.id)
    ).all()
    cells = {one.cell_code for one in talents if one.cell_code} | ({row.cell_code} if row.cell_code else set())
    points = points_of(session, row.district_code, cells)
    load, asked = _loads(session, row), _asked(session, row)
    papers = _credentials(session, row, clock.day_of(row.starts_at))
    people = [
        domain.Person(
            talent_id=one.id,
            active=one.status == "active",
            consented=one.dispatch_consented_at is not None,
            skills={held["skill"]: held["level"] for held in one.skills},
            credentials=frozenset(papers.get(one.id, ())),
            distance_m=metres(points.get(one.cell_code or ""), points.get(row.cell_code or "")),
            load=load[one.id],
            availability=one.availability,
            asked=one.id in asked,
        )
        for one in talents
    ]
    return people, wanted, numbers(session, row.district_code)


def _loads(session: Session, row: Dispatch) -> Counter[str]:
    """Dispatches in hand: accepted, not done."""
    counted = select(DispatchOffer.talent_id, func.count()).where(
        DispatchOffer.district_code == row.district_code,
        DispatchOffer.street_code == row.street_code,
        DispatchOffer.status == domain.ACCEPTED,
    )
    return Counter(dict(session.execute(counted.group_by(DispatchOffer.talent_id)).all()))


def _asked(session: Session, row: Dispatch) -> set[str]:
    return set(session.scalars(select(DispatchOffer.talent_id).where(DispatchOffer.dispatch_id == row.id)))


def _credentials(session: Session, row: Dispatch, on: date) -> dict[str, list[str]]:
    """Those that staff saw, and that hold on the day."""
    if row.credential is None:
        return {}
    held = session.scalars(
        select(Credential.talent_id).where(
            Credential.district_code == row.district_code,
            Credential.street_code == row.street_code,
            Credential.kind == row.credential,
            Credential.status == "verified",
            Credential.valid_from <= on,
            or_(Credential.valid_until.is_(None), Credential.valid_until >= on),
        )
    )
    return {talent_id: [row.credential] for talent_id in held}
