"""Writing community projects: draft, online, running, completed, closed, called off; residents' interest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError, NotFoundError
from chassis.events import Event
from contracts import roles
from contracts.projects import events_community as events
from contracts.projects.codes_community import CommunityCode
from services.projects.community import domain, queries
from services.projects.community.models import CommunityInterest, CommunityProject, CommunitySession
from services.projects.known import queries as known
from services.projects.orders import sessions

View = dict[str, Any]


def record(session: Session, row: CommunityProject, struct: type[Event], /, **facts: Any) -> None:
    """Record a step of the project."""
    streets = [row.street_code] if row.street_code else []
    outbox.record(session, struct(community_project_id=row.id, street_codes=streets, **facts))  # type: ignore[call-arg]


def take(
    session: Session, actor: Actor, project_id: str, action: str, expected_version: int | None = None
) -> CommunityProject:
    """The project, locked, for a step of whoever hosts it; with its next state."""
    row = queries.find_project(session, project_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    if not queries.may_host(session, row, actor):
        raise ForbiddenError(CommunityCode.PROJECT_NOT_YOURS)
    db.check_version(row, expected_version)
    row.status = domain.next_status(row.status, action)
    return row


def _shown(session: Session, row: CommunityProject) -> View:
    return queries.render_projects(session, [row])[0]


def _drafted(session: Session, row: CommunityProject) -> None:
    session.flush()
    facts = {"host_organisation_id": row.host_organisation_id, "budget_fen": row.budget_fen}
    record(session, row, events.CommunityProjectDrafted, **facts)


def draft_community_project(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    street_code: str,
    host_organisation_id: str | None = None,
    fields_: list[str],
    **given: Any,
) -> View:
    """By the street, a community, or the organisation that will host it."""
    db.check_street(actor, street_code)
    host = known.organisation(session, host_organisation_id).id if host_organisation_id else None
    if actor.role in (roles.CSO, roles.HUB):
        host = host or actor.organisation_id
        if host is None or not known.acts_for(session, actor, host):
            raise ForbiddenError(CommunityCode.PROJECT_NOT_YOURS)
    domain.check_period(given["starts_on"], given["ends_on"])
    domain.check_budget(given["lines"], given["budget_fen"])
    row = CommunityProject(
        district_code=actor.district_code,
        street_code=street_code,
        host_organisation_id=host,
        drafted_by=actor.account_id,
        fields=sorted(set(fields_)),
        status="draft",
        planned_fen=0,
        spent_fen=0,
        created_at=now,
        **given,
    )
    session.add(row)
    _drafted(session, row)
    return _shown(session, row)


def change_community_project(
    session: Session, *, actor: Actor, community_project_id: str, expected_version: int | None = None, **given: Any
) -> View:
    """Only while it is drafted; sessions that were planned must still fit."""
    row = take(session, actor, community_project_id, "change", expected_version)
    starts_on, ends_on = given.get("starts_on", row.starts_on), given.get("ends_on", row.ends_on)
    domain.check_period(starts_on, ends_on)
    domain.check_budget(given.get("lines", row.lines), given.get("budget_fen", row.budget_fen))
    domain.check_within(asked_fen=row.planned_fen, left_fen=given.get("budget_fen", row.budget_fen))
    for one in queries.sessions_of(session, [row.id]):
        if one.status == "planned":
            check_time(one.starts_at, one.ends_at, starts_on=starts_on, ends_on=ends_on)
    for name, value in given.items():
        setattr(row, name, value)
    _drafted(session, row)
    return _shown(session, row)


def check_time(starts_at: datetime, ends_at: datetime, **period: Any) -> None:
    """By the days of Shanghai."""
    days = {"first": clock.day_of(starts_at), "last": clock.day_of(ends_at)}
    domain.check_session_time(starts_at, ends_at, **days, **period)


def publish_community_project(
    session: Session, *, actor: Actor, now: datetime, community_project_id: str, expected_version: int | None = None
) -> View:
    """Online: everybody of the street sees it."""
    row = take(session, actor, community_project_id, "publish", expected_version)
    planned = [one for one in queries.sessions_of(session, [row.id]) if one.status == "planned"]
    domain.check_publication(sessions=len(planned), ends_on=row.ends_on, today=clock.day_of(now))
    row.published_at = now
    facts = {"title": row.title, "host_organisation_id": row.host_organisation_id}
    period = {"starts_on": row.starts_on.isoformat(), "ends_on": row.ends_on.isoformat()}
    record(session, row, events.CommunityProjectPublished, **facts, **period)
    return _shown(session, row)


def start_community_project(
    session: Session, *, actor: Actor, community_project_id: str, expected_version: int | None = None
) -> View:
    """From now on sessions are held and money is spent."""
    row = take(session, actor, community_project_id, "start", expected_version)
    record(session, row, events.CommunityProjectStarted)
    return _shown(session, row)


def complete_community_project(
    session: Session, *, actor: Actor, now: datetime, community_project_id: str, expected_version: int | None = None
) -> View:
    """Every session is over, and so is every order."""
    row = take(session, actor, community_project_id, "complete", expected_version)
    held = queries.sessions_of(session, [row.id])
    progress = queries.progress_of(sessions.totals(session, [one.id for one in held]))
    domain.check_completion(
        sessions_open=sum(one.status == "planned" for one in held), orders_by_status=progress["orders_by_status"]
    )
    row.completed_at = now
    counts = {"sessions": sum(one.status == "held" for one in held), "orders": progress["orders_done"]}
    record(session, row, events.CommunityProjectCompleted, **counts)
    return _shown(session, row)


def close_community_project(
    session: Session, *, actor: Actor, now: datetime, community_project_id: str, expected_version: int | None = None
) -> View:
    """Nothing is spent any more."""
    row = take(session, actor, community_project_id, "close", expected_version)
    row.closed_at = now
    record(session, row, events.CommunityProjectClosed, spent_fen=row.spent_fen)
    return _shown(session, row)


def cancel_community_project(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    community_project_id: str,
    reason: str,
    orders: str,
    expected_version: int | None = None,
) -> View:
    """Its planned sessions are off; its orders are cancelled or released, those under way always released."""
    row = take(session, actor, community_project_id, "cancel", expected_version)
    row.reason, row.closed_at = reason, now
    planned = [one for one in queries.sessions_of(session, [row.id]) if one.status == "planned"]
    cancelled, released = settle_orders(session, planned, orders=orders, reason=reason, now=now)
    for one in planned:
        one.status, one.reason = domain.next_session_status(one.status, "cancel"), reason
    facts = {"title": row.title, "host_organisation_id": row.host_organisation_id}
    counts = {"orders_cancelled": cancelled, "orders_released": released}
    record(session, row, events.CommunityProjectCancelled, **facts, **counts)
    return _shown(session, row)


def settle_orders(
    session: Session, of: Sequence[CommunitySession], *, orders: str, reason: str, now: datetime
) -> tuple[int, int]:
    """``(cancelled, released)``. What is over stays in its session, as what happened there."""
    rows = sessions.orders_of(session, [one.id for one in of], lock=True)
    open_rows = [row for row in rows if row.status not in domain.ORDERS_OVER]
    going_on = sessions.call_off(session, open_rows, now=now, reason=reason) if orders == "cancel" else open_rows
    for row in going_on:
        row.session_id = None
    return len(open_rows) - len(going_on), len(going_on)


def register_interest(session: Session, *, actor: Actor, now: datetime, community_project_id: str) -> View:
    """A resident of the street would like to come."""
    row = queries.find_project(session, community_project_id, actor)
    domain.next_status(row.status, "interest")
    key = {"district_code": row.district_code, "community_project_id": row.id, "account_id": actor.account_id}
    statement = insert(CommunityInterest).values(**key, signed_up_at=now).on_conflict_do_nothing()
    if session.scalar(statement.returning(CommunityInterest.account_id)) is None:
        raise ConflictError(CommunityCode.INTEREST_EXISTS)
    return {"community_project_id": row.id, "interested": True}


def withdraw_interest(session: Session, *, actor: Actor, community_project_id: str) -> View:
    """At any time."""
    row = queries.find_project(session, community_project_id, actor)
    gone = session.execute(
        delete(CommunityInterest)
        .where(
            CommunityInterest.district_code == row.district_code,
            CommunityInterest.community_project_id == row.id,
            CommunityInterest.account_id == actor.account_id,
        )
        .returning(CommunityInterest.account_id)
    ).first()
    if gone is None:
        raise NotFoundError(CommunityCode.INTEREST_NOT_FOUND)
    return {"community_project_id": row.id, "interested": False}
