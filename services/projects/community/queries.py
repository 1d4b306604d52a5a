"""Reading community projects: online ones for everybody in scope, drafts for staff and whoever hosts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.projects.codes_community import CommunityCode
from contracts.projects.community_views import CommunityProjectView, CommunitySessionView, CommunitySpendingView
from services.projects.community import domain
from services.projects.community.models import (
    CommunityInterest,
    CommunityProject,
    CommunitySession,
    CommunitySpending,
)
from services.projects.known import queries as known
from services.projects.orders import queries as orders
from services.projects.orders import sessions
from services.projects.orders.models import ServiceOrder

View = dict[str, Any]
OVERSEERS = (*roles.STAFF, roles.AUDITOR, roles.GRID_WORKER)


def visible(statement: Select[Any], actor: Actor) -> Select[Any]:
    """What is online in the actor's streets; of drafts and what was called off, one's own."""
    statement = db.scoped(statement, CommunityProject, actor)
    if actor.is_system or actor.role in OVERSEERS:
        return statement
    parts: list[Any] = [CommunityProject.status.in_(domain.ONLINE)]
    if actor.role == roles.HUB:
        parts.append(known.in_care(CommunityProject.host_organisation_id, actor))
    elif actor.organisation_id is not None:
        parts.append(CommunityProject.host_organisation_id == actor.organisation_id)
    return statement.where(or_(*parts))


def find_project(session: Session, project_id: str, actor: Actor, *, lock: bool = False) -> CommunityProject:
    """Raises ``community_project_not_found``. Everything of a project changes under its lock."""
    statement = visible(select(CommunityProject).where(CommunityProject.id == project_id), actor)
    if lock:
        statement = statement.with_for_update(of=CommunityProject).execution_options(populate_existing=True)
    row: CommunityProject | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(CommunityCode.PROJECT_NOT_FOUND)
    return row


def _sessions(actor: Actor) -> Select[Any]:
    joined = select(CommunitySession).join(
        CommunityProject, CommunityProject.id == CommunitySession.community_project_id
    )
    return visible(joined, actor)


def find_session(session: Session, session_id: str, actor: Actor) -> CommunitySession:
    """Raises ``community_session_not_found``."""
    row: CommunitySession | None = session.scalars(
        _sessions(actor).where(CommunitySession.id == session_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError(CommunityCode.SESSION_NOT_FOUND)
    return row


def sessions_of(session: Session, project_ids: Iterable[str]) -> Sequence[CommunitySession]:
    """Of these projects, by number."""
    statement = select(CommunitySession).where(CommunitySession.community_project_id.in_(list(project_ids)))
    return session.scalars(statement.order_by(CommunitySession.number)).all()


def spent_on_line(session: Session, project_id: str, line: str) -> int:
    """Fen, over all sessions."""
    statement = select(func.coalesce(func.sum(CommunitySpending.amount_fen), 0))
    statement = statement.where(CommunitySpending.community_project_id == project_id, CommunitySpending.line == line)
    return int(session.scalar(statement) or 0)


def progress_of(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """From the totals of any sessions."""
    by_status: dict[str, int] = {}
    minutes = ratings = stars = 0
    for row in rows:
        by_status[row["status"]] = by_status.get(row["status"], 0) + row["orders"]
        minutes, ratings, stars = minutes + row["minutes"], ratings + row["ratings"], stars + row["stars"]
    return {
        "orders": sum(by_status.values()),
        "orders_done": sum(by_status.get(status, 0) for status in domain.ORDERS_DONE),
        "orders_by_status": dict(sorted(by_status.items())),
        "minutes": minutes,
        "ratings": ratings,
        "stars_mean": domain.two_places(stars, ratings),
    }


def _columns(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in type(row).__mapper__.column_attrs}


def render_projects(session: Session, rows: Sequence[CommunityProject]) -> list[View]:
    """Sessions, orders, ratings and interest of all of them in three queries."""
    session.flush()
    ids = [row.id for row in rows]
    held: dict[str, list[CommunitySession]] = {project_id: [] for project_id in ids}
    for one in sessions_of(session, ids):
        held[one.community_project_id].append(one)
    owner = {one.id: project_id for project_id, found in held.items() for one in found}
    totals: dict[str, list[dict[str, Any]]] = {project_id: [] for project_id in ids}
    for total in sessions.totals(session, owner):
        totals[owner[total["session_id"]]].append(total)
    counted = session.execute(
        select(CommunityInterest.community_project_id, func.count())
        .where(
            CommunityInterest.district_code.in_({row.district_code for row in rows}),
            CommunityInterest.community_project_id.in_(ids),
        )
        .group_by(CommunityInterest.community_project_id)
    )
    interested: dict[str, int] = {row[0]: row[1] for row in counted}
    shown = []
    for row in rows:
        facts = {
            "sessions": len(held[row.id]),
            "sessions_held": sum(one.status == "held" for one in held[row.id]),
            "interested": interested.get(row.id, 0),
            "progress": progress_of(totals[row.id]),
        }
        shown.append(CommunityProjectView().dump({**_columns(row), **facts}))
    return shown


def render_sessions(session: Session, rows: Sequence[CommunitySession]) -> list[View]:
    """With the progress of each, in one query."""
    session.flush()
    totals: dict[str, list[dict[str, Any]]] = {row.id: [] for row in rows}
    for total in sessions.totals(session, totals):
        totals[total["session_id"]].append(total)
    return [CommunitySessionView().dump({**_columns(row), "progress": progress_of(totals[row.id])}) for row in rows]


def get_community_project(session: Session, *, actor: Actor, community_project_id: str) -> View:
    return render_projects(session, [find_project(session, community_project_id, actor)])[0]


def get_community_session(session: Session, *, actor: Actor, community_session_id: str) -> View:
    return render_sessions(session, [find_session(session, community_session_id, actor)])[0]


def keep_in(rows: list[Any]) -> Callable[[Any], View]:
    """A page's rows, to be rendered together."""

    def keep(row: Any) -> View:
        rows.append(row)
        return {}

    return keep


def list_community_projects(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: str
) -> View:
    statement = visible(select(CommunityProject).filter_by(**filters), actor)
    rows: list[CommunityProject] = []
    page = db.page(
        session,
        statement,
        by=CommunityProject.id,
        render=keep_in(rows),
        cursor=cursor,
        limit=limit,
    )
    return {**page, "items": render_projects(session, rows)}


def list_community_sessions(session: Session, *, actor: Actor, community_project_id: str, **page: Any) -> View:
    find_project(session, community_project_id, actor)
    statement = _sessions(actor).where(CommunitySession.community_project_id == community_project_id)
    rows: list[CommunitySession] = []
    found = db.page(session, statement, by=CommunitySession.id, render=keep_in(rows), **page)
    return {**found, "items": render_sessions(session, rows)}


def list_session_orders(session: Session, *, actor: Actor, community_session_id: str, **page: Any) -> View:
    """Those the caller may see of themselves."""
    find_session(session, community_session_id, actor)
    wanted = select(ServiceOrder).where(ServiceOrder.session_id == community_session_id)
    statement = orders.visible(wanted, actor)
    rows: list[ServiceOrder] = []
    found = db.page(session, statement, by=ServiceOrder.id, render=keep_in(rows), **page)
    return {**found, "items": orders.views(session, rows)}


def list_community_spendings(session: Session, *, actor: Actor, community_project_id: str, **page: Any) -> View:
    """For staff and whoever hosts; others read the sums."""
    row = find_project(session, community_project_id, actor)
    if not (actor.is_system or actor.role in OVERSEERS) and not may_host(session, row, actor):
        raise NotFoundError(CommunityCode.PROJECT_NOT_FOUND)
    statement = db.scoped(select(CommunitySpending), CommunitySpending, actor)
    statement = statement.where(CommunitySpending.community_project_id == row.id)
    return db.page(session, statement, by=CommunitySpending.id, render=CommunitySpendingView().dump, **page)


def may_host(session: Session, row: CommunityProject, actor: Actor) -> bool:
    """Staff and grid workers of the street, or the hosting organisation (a hub for those in its care)."""
    if actor.role in (roles.STREET_STAFF, roles.BUREAU, roles.GRID_WORKER):
        return True
    return row.host_organisation_id is not None and known.acts_for(session, actor, row.host_organisation_id)
