"""Reads of centres."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from chassis import clock, db, workdays
from chassis.actor import Actor
from chassis.errors import InvalidError, NotFoundError
from contracts.registry.centres import CentreDetail, CentreView, OperatorView, PostView
from contracts.registry.codes_base import BaseCode
from contracts.registry.entrustments import EntrustmentView
from services.registry import scope
from services.registry.centres import domain
from services.registry.centres.models import Centre, CentreOperator, CentrePost, Entrustment

_VIEW, _DETAIL, _OPERATOR, _POST = CentreView(), CentreDetail(), OperatorView(), PostView()
_ENTRUSTMENT = EntrustmentView()
MOST_DAYS = 31  # of one answer: a page in days


def find_centre(session: Session, actor: Actor, centre_id: str, *, lock: bool = False) -> Centre:
    """One centre of the actor's streets, or the park."""
    found = db.get_scoped(session, Centre, centre_id, actor, lock=lock)
    if found is None:
        raise NotFoundError(BaseCode.CENTRE_NOT_FOUND)
    return found


def take_centre(session: Session, actor: Actor, centre_id: str, expected: int | None = None) -> Centre:
    """One centre to write: locked; the park only by those of the whole district."""
    row = find_centre(session, actor, centre_id, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected)
    return row


def render(session: Session, row: Centre, today: date) -> dict[str, Any]:
    """A centre with today's operating team and staffing."""
    session.flush()
    operator = session.scalars(
        select(CentreOperator).where(
            CentreOperator.centre_id == row.id,
            CentreOperator.status != "annulled",
            CentreOperator.from_on <= today,
            CentreOperator.until_on >= today,
        )
    ).one_or_none()
    posts = session.execute(
        select(CentrePost.post, func.count())
        .where(CentrePost.centre_id == row.id, *_working(today))
        .group_by(CentrePost.post)
    )
    shown: dict[str, Any] = _DETAIL.dump(
        {
            **scope.columns(row),
            "centre_id": row.id,
            "operator": {**scope.columns(operator), "operator_id": operator.id} if operator else None,
            "staffing": dict(posts.all()),
        }
    )
    return shown


def get_centre(session: Session, *, actor: Actor, centre_id: str) -> dict[str, Any]:
    """One centre."""
    return render(session, find_centre(session, actor, centre_id), clock.today(session, actor.district_code))


def list_centres(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **equal: Any
) -> dict[str, Any]:
    """Newest first."""

    def line(row: Centre) -> dict[str, Any]:
        shown: dict[str, Any] = _VIEW.dump({**scope.columns(row), "centre_id": row.id})
        return shown

    statement = db.scoped(select(Centre), Centre, actor).filter_by(**equal)
    return db.page(session, statement, by=Centre.id, render=line, cursor=cursor, limit=limit)


def days(from_on: date, until_on: date) -> list[date]:
    """Every day of a period of at most 31."""
    if not 0 <= (until_on - from_on).days < MOST_DAYS:
        raise InvalidError(BaseCode.OCCUPANCY_PERIOD_INVALID, most=MOST_DAYS)
    return [from_on + timedelta(days=number) for number in range((until_on - from_on).days + 1)]


def day_of(row: Centre, day: date) -> dict[str, Any]:
    """A day's opening: nothing while the centre is not open."""
    works, confirmed = workdays.is_workday(day)
    spans, note = domain.spans_on(row.hours, day, workday=works)
    spans = spans if row.status == "open" else []
    return {"day": day.isoformat(), "workday": works, "confirmed": confirmed, "spans": spans, "note": note}


def get_centre_days(session: Session, *, actor: Actor, centre_id: str, from_on: date, until_on: date) -> dict[str, Any]:
    """When it is open, day by day."""
    row = find_centre(session, actor, centre_id)
    return {"centre_id": row.id, "items": [day_of(row, day) for day in days(from_on, until_on)]}


def _operator(row: CentreOperator) -> dict[str, Any]:
    shown: dict[str, Any] = _OPERATOR.dump({**scope.columns(row), "operator_id": row.id})
    return shown


def list_centre_operators(
    session: Session, *, actor: Actor, centre_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Contracts of a centre, newest first."""
    row = find_centre(session, actor, centre_id)
    statement = select(CentreOperator).where(CentreOperator.centre_id == row.id)
    return db.page(session, statement, by=CentreOperator.id, render=_operator, cursor=cursor, limit=limit)


def _working(day: date) -> tuple[Any, ...]:
    return CentrePost.from_on <= day, or_(CentrePost.until_on.is_(None), CentrePost.until_on >= day)


def list_centre_posts(
    session: Session,
    *,
    actor: Actor,
    centre_id: str,
    cursor: str | None = None,
    limit: int | None = None,
    on: date | None = None,
) -> dict[str, Any]:
    """Who works, or worked, at a centre, newest first."""
    row = find_centre(session, actor, centre_id)
    statement = select(CentrePost).where(CentrePost.centre_id == row.id)
    if on is not None:
        statement = statement.where(*_working(on))
    return db.page(session, statement, by=CentrePost.id, render=_post, cursor=cursor, limit=limit)


def _post(row: CentrePost) -> dict[str, Any]:
    shown: dict[str, Any] = _POST.dump({**scope.columns(row), "post_id": row.id})
    return shown


def render_entrustment(session: Session, row: Entrustment) -> dict[str, Any]:
    session.flush()
    shown: dict[str, Any] = _ENTRUSTMENT.dump({**scope.columns(row), "entrustment_id": row.id})
    return shown


def find_entrustment(session: Session, actor: Actor, entrustment_id: str, *, lock: bool = False) -> Entrustment:
    """One entrustment of the actor's streets."""
    found = db.get_scoped(session, Entrustment, entrustment_id, actor, lock=lock)
    if found is None:
        raise NotFoundError(BaseCode.ENTRUSTMENT_NOT_FOUND)
    return found


def get_entrustment(session: Session, *, actor: Actor, entrustment_id: str) -> dict[str, Any]:
    """One entrustment."""
    return render_entrustment(session, find_entrustment(session, actor, entrustment_id))


def is_entrusted(session: Session, district_code: str, *, hub_id: str, street_code: str, on: date) -> bool:
    """Whether the hub is entrusted with the street on that day."""
    statement = select(Entrustment.id).where(
        Entrustment.district_code == district_code,
        Entrustment.hub_id == hub_id,
        Entrustment.street_code == street_code,
        *_in_force(on),
    )
    return session.scalars(statement).first() is not None


def _in_force(on: date) -> tuple[Any, ...]:
    return Entrustment.from_on <= on, Entrustment.until_on >= on, Entrustment.status != "annulled"


def list_entrustments(
    session: Session,
    *,
    actor: Actor,
    cursor: str | None = None,
    limit: int | None = None,
    on: date | None = None,
    **equal: Any,
) -> dict[str, Any]:
    """Newest first."""
    statement = db.scoped(select(Entrustment), Entrustment, actor).filter_by(**equal)
    if on is not None:
        statement = statement.where(*_in_force(on))

    def line(row: Entrustment) -> dict[str, Any]:
        return render_entrustment(session, row)

    return db.page(session, statement, by=Entrustment.id, render=line, cursor=cursor, limit=limit)
