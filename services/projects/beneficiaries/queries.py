"""Reading beneficiaries, masked, and counting people so that nobody counts twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, distinct, func, select, union
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.projects.beneficiaries import (
    ActivityCountView,
    BeneficiaryView,
    GroupView,
    ProjectCountView,
    ScopeCountView,
)
from contracts.projects.codes_activities import BeneficiaryCode
from services.projects.activities.models import Activity
from services.projects.attendance import domain as attendance
from services.projects.attendance.models import Attendance
from services.projects.beneficiaries import domain
from services.projects.beneficiaries.models import Beneficiary, BeneficiaryGroup
from services.projects.delivery import queries as projects
from services.projects.delivery.models import Project
from services.projects.personal import mask_name, mask_phone

_SERVED = (Attendance.status.in_(attendance.CAME), Attendance.part == "participant")
_COUNTED = Beneficiary.status.in_(domain.COUNTED)


def find_beneficiary(session: Session, project: Project, beneficiary_id: str) -> Beneficiary:
    """A beneficiary of a project the caller has."""
    statement = select(Beneficiary).where(Beneficiary.project_id == project.id, Beneficiary.id == beneficiary_id)
    row: Beneficiary | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(BeneficiaryCode.BENEFICIARY_NOT_FOUND)
    return row


def render(row: Beneficiary) -> dict[str, Any]:
    """Name and phone masked."""
    facts = {column.key: getattr(row, column.key) for column in Beneficiary.__mapper__.column_attrs}
    facts |= {"name": mask_name(row.name), "phone": mask_phone(row.phone)}
    shown: dict[str, Any] = BeneficiaryView().dump(facts)
    return shown


def get_beneficiary(session: Session, *, actor: Actor, project_id: str, beneficiary_id: str) -> dict[str, Any]:
    """One."""
    return render(
        find_beneficiary(session, projects.get_project(session, actor=actor, project_id=project_id), beneficiary_id)
    )


def list_beneficiaries(
    session: Session,
    *,
    actor: Actor,
    project_id: str,
    cursor: str | None = None,
    limit: int | None = None,
    **filters: Any,
) -> dict[str, Any]:
    """Of a project, newest first."""
    project = projects.get_project(session, actor=actor, project_id=project_id)
    statement = select(Beneficiary).where(Beneficiary.project_id == project.id).filter_by(**filters)
    return db.page(session, statement, by=Beneficiary.id, render=render, cursor=cursor, limit=limit)


def list_beneficiary_groups(
    session: Session, *, actor: Actor, project_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Of a project, newest first."""
    project = projects.get_project(session, actor=actor, project_id=project_id)
    statement = select(BeneficiaryGroup).where(BeneficiaryGroup.project_id == project.id)
    return db.page(session, statement, by=BeneficiaryGroup.id, render=GroupView().dump, cursor=cursor, limit=limit)


def counts(session: Session, project_id: str) -> dict[str, int]:
    """Distinct people of a project, for reports and evaluations: ``{people, registered, attended, unidentified,
    estimated, groups}``. ``people`` is the number of those registered or attended, each once; estimates of groups and
    bare names stand beside it and are never added to it.
    """
    return _counts(session, select(Project.id).where(Project.id == project_id))


def _counts(session: Session, project_ids: Select[Any]) -> dict[str, int]:
    came = [Attendance.project_id.in_(project_ids), *_SERVED]
    registered = [Beneficiary.project_id.in_(project_ids), _COUNTED]
    attended = select(Attendance.person_id).where(*came, Attendance.person_id.is_not(None))
    both = union(attended, select(Beneficiary.person_id).where(*registered)).subquery()
    groups = select(func.count(), func.coalesce(func.sum(BeneficiaryGroup.estimated), 0))
    number, estimated = session.execute(groups.where(BeneficiaryGroup.project_id.in_(project_ids))).one()
    return {
        "people": session.scalar(select(func.count()).select_from(both)) or 0,
        "registered": _number(session, func.count(distinct(Beneficiary.person_id)), registered),
        "attended": _number(session, func.count(distinct(Attendance.person_id)), came),
        "unidentified": _number(session, func.count(), [*came, Attendance.person_id.is_(None)]),
        "estimated": int(estimated),
        "groups": number,
    }


def _number(session: Session, what: Any, where: Sequence[ColumnElement[bool]]) -> int:
    return session.scalar(select(what).where(*where)) or 0


def count_beneficiaries(session: Session, *, actor: Actor, project_id: str) -> dict[str, Any]:
    """Of one project."""
    project = projects.get_project(session, actor=actor, project_id=project_id)
    view: dict[str, Any] = ProjectCountView().dump({"project_id": project.id, **counts(session, project.id)})
    return view


def count_served_people(
    session: Session, *, actor: Actor, round_id: str | None = None, street_code: str | None = None
) -> dict[str, Any]:
    """Of a round, of a street, of both, or of everything the caller may see."""
    statement = projects.visible(select(Project), actor)
    if round_id is not None:
        statement = statement.where(Project.round_id == round_id)
    if street_code is not None:
        statement = statement.where(Project.street_code == street_code)
    ids = statement.with_only_columns(Project.id)
    number = session.scalar(select(func.count()).select_from(ids.subquery())) or 0
    facts = {"round_id": round_id, "street_code": street_code, "projects": number}
    view: dict[str, Any] = ScopeCountView().dump({**facts, **_counts(session, ids)})
    return view


def list_activity_counts(
    session: Session, *, actor: Actor, project_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Of each activity of a project; the same person may be in several of them, and counts once in the project."""
    project = projects.get_project(session, actor=actor, project_id=project_id)
    statement = select(Activity).where(Activity.project_id == project.id)
    found = db.page(session, statement, by=Activity.id, render=_bare, cursor=cursor, limit=limit)
    numbers = _by_activity(session, [one["activity_id"] for one in found["items"]])
    view = ActivityCountView()
    found["items"] = [view.dump({**one, **numbers[one["activity_id"]]}) for one in found["items"]]
    return found


def _bare(row: Activity) -> dict[str, Any]:
    return {"activity_id": row.id, "district_code": row.district_code, "street_code": row.street_code}


def _by_activity(session: Session, ids: list[str]) -> dict[str, dict[str, int]]:
    names = ("people", "registered", "attended", "unidentified", "estimated", "groups")
    found = {one: dict.fromkeys(names, 0) for one in ids}
    came = (
        select(
            Attendance.activity_id,
            func.count(distinct(Attendance.person_id)),
            func.count().filter(Attendance.person_id.is_(None)),
        )
        .where(Attendance.activity_id.in_(ids), *_SERVED)
        .group_by(Attendance.activity_id)
    )
    for activity_id, people, unidentified in session.execute(came):
        found[activity_id] |= {"people": people, "attended": people, "unidentified": unidentified}
    groups = (
        select(BeneficiaryGroup.activity_id, func.count(), func.sum(BeneficiaryGroup.estimated))
        .where(BeneficiaryGroup.activity_id.in_(ids))
        .group_by(BeneficiaryGroup.activity_id)
    )
    for of, number, estimated in session.execute(groups):
        found[str(of)] |= {"groups": number, "estimated": int(estimated)}
    return found
