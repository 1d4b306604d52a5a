"""Reads of the key-cultivation list."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from chassis.tables import Job
from contracts import roles
from contracts.registry.codes_assess import AssessCode
from contracts.registry.cultivation import CultivationChangeView, CultivationEntryView, CultivationListView
from services.registry import scope
from services.registry.cultivation.models import CultivationEntry, CultivationList
from services.registry.organisations.models import Organisation

_LIST, _ENTRY, _CHANGE = CultivationListView(), CultivationEntryView(), CultivationChangeView()
_PREPARERS = {roles.BUREAU, roles.SPECIALIST, roles.AUDITOR}


def _visible(actor: Actor) -> Select[Any]:
    statement = db.scoped(select(CultivationList), CultivationList, actor)
    if actor.role in _PREPARERS:
        return statement
    return statement.where(CultivationList.status.in_(("published", "archived")))


def find(session: Session, actor: Actor, list_id: str, *, lock: bool = False) -> CultivationList:
    """One list the actor may see."""
    statement = _visible(actor).where(CultivationList.id == list_id)
    if lock:
        statement = statement.with_for_update()
    row: CultivationList | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(AssessCode.CULTIVATION_LIST_NOT_FOUND)
    return row


def computing_job(session: Session, row: CultivationList) -> str | None:
    """The job that computes it, while it waits or runs: one that failed holds nobody up."""
    running = select(Job.id).where(Job.id == row.computing_job_id, Job.status.in_(("queued", "running")))
    return None if row.computing_job_id is None else session.scalar(running)


def render(session: Session, row: CultivationList) -> dict[str, Any]:
    """One list with the count of its entries."""
    session.flush()
    counted = select(func.count()).where(CultivationEntry.list_id == row.id, CultivationEntry.included)
    shown: dict[str, Any] = _LIST.dump(
        {
            **scope.columns(row),
            "list_id": row.id,
            "included": session.scalar(counted) or 0,
            "computing_job_id": computing_job(session, row),
        }
    )
    return shown


def get_cultivation_list(session: Session, *, actor: Actor, list_id: str) -> dict[str, Any]:
    """One list."""
    return render(session, find(session, actor, list_id))


def list_cultivation_lists(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **equal: Any
) -> dict[str, Any]:
    """Newest first."""

    def line(row: CultivationList) -> dict[str, Any]:
        return render(session, row)

    statement = _visible(actor).filter_by(**equal)
    return db.page(session, statement, by=CultivationList.id, render=line, cursor=cursor, limit=limit)


def list_cultivation_entries(
    session: Session,
    *,
    actor: Actor,
    list_id: str,
    cursor: str | None = None,
    limit: int | None = None,
    **equal: Any,
) -> dict[str, Any]:
    """By street and care, with every reason."""
    row = find(session, actor, list_id)
    statement = scope.visible(CultivationEntry, CultivationEntry.organisation_id, actor)
    statement = statement.where(CultivationEntry.list_id == row.id).filter_by(**equal)

    def line(entry: CultivationEntry) -> dict[str, Any]:
        name = session.get_one(Organisation, entry.organisation_id).name
        shown: dict[str, Any] = _ENTRY.dump({**scope.columns(entry), "organisation_name": name})
        return shown

    return db.page(session, statement, by=CultivationEntry.id, render=line, cursor=cursor, limit=limit)


def compare_cultivation_list(
    session: Session,
    *,
    actor: Actor,
    list_id: str,
    change: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """Every organisation of this list and the one before it, by organisation."""
    row = find(session, actor, list_id)
    now, before = _included(session, row.id), _included(session, row.previous_id)
    wanted = [one for one in {*now, *before} if change is None or change == _change(one, now, before)]
    statement = scope.visible(Organisation, Organisation.id, actor).where(Organisation.id.in_(wanted))

    def line(organisation: Organisation) -> dict[str, Any]:
        entry, earlier = now.get(organisation.id), before.get(organisation.id)
        shown: dict[str, Any] = _CHANGE.dump(
            {
                "organisation_id": organisation.id,
                "organisation_name": organisation.name,
                "street_code": organisation.street_code,
                "change": _change(organisation.id, now, before),
                "rank": entry and entry.rank,
                "rank_before": earlier and earlier.rank,
                "score_hundredths": entry and entry.score_hundredths,
                "score_hundredths_before": earlier and earlier.score_hundredths,
            }
        )
        return shown

    return db.page(session, statement, by=Organisation.id, render=line, cursor=cursor, limit=limit)


def _included(session: Session, list_id: str | None) -> dict[str, CultivationEntry]:
    if list_id is None:
        return {}
    rows = session.scalars(select(CultivationEntry).where(CultivationEntry.list_id == list_id))
    return {entry.organisation_id: entry for entry in rows if entry.included}


def _change(organisation_id: str, now: dict[str, Any], before: dict[str, Any]) -> str:
    if organisation_id not in before:
        return "added"
    return "kept" if organisation_id in now else "removed"
