"""What a merge of two people moves, and when nothing leads to a person any more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import ForbiddenError
from contracts.projects.codes_activities import BeneficiaryCode
from services.projects.activities import domain as activities
from services.projects.activities.models import Activity, SignUp
from services.projects.activities.queries import is_staff as staff
from services.projects.attendance import domain as attendance
from services.projects.attendance.models import Attendance
from services.projects.beneficiaries import domain
from services.projects.beneficiaries.models import Beneficiary
from services.projects.delivery.models import Project
from services.projects.identities import actions as identities
from services.projects.identities.models import Person


def check_one_person(session: Session, kept_id: str, merged_id: str) -> None:
    """Two accounts are two people."""
    domain.check_same(session.get_one(Person, kept_id).account_id, session.get_one(Person, merged_id).account_id)


def check_reach(session: Session, actor: Actor, project: Project, merged_id: str) -> None:
    """An organisation decides about its own entries, a street about its street's, the bureau about all."""
    beyond: list[ColumnElement[bool]] = []
    for model in (Attendance, Beneficiary):
        if not staff(actor):
            foreign = model.organisation_id != project.organisation_id
        elif actor.street_codes:
            foreign = model.street_code.not_in(actor.street_codes)
        else:
            return
        beyond.append(exists().where(model.person_id == merged_id, model.status != "merged", foreign))
    if session.scalar(select(or_(*beyond))):
        raise ForbiddenError(BeneficiaryCode.MERGE_BEYOND)


def move(session: Session, *, district_code: str, kept_id: str, merged_id: str) -> None:
    """Everything that names the one names the other; where both stand, one of the two rows counts no more."""
    if kept_id == merged_id:
        return
    _settle_attendance(session, kept_id, merged_id)
    for model in (SignUp, Beneficiary):
        _settle(session, model, kept_id, merged_id)
    session.flush()
    for table in (Attendance, SignUp, Beneficiary):
        session.execute(
            update(table).where(table.person_id == merged_id).values(person_id=kept_id, version=table.version + 1)
        )
    identities.merge(session, district_code=district_code, kept_id=kept_id, merged_id=merged_id)
    session.expire_all()


def _pairs(session: Session, model: Any, where: str, kept_id: str, merged_id: str) -> list[tuple[Any, Any]]:
    """Rows of both persons at one activity or project."""
    statement = select(model).where(model.person_id.in_((kept_id, merged_id)), model.status != "merged")
    found: dict[str, dict[str, Any]] = {}
    for row in session.scalars(statement.order_by(model.id).with_for_update()):
        found.setdefault(getattr(row, where), {})[row.person_id] = row
    return [(both[kept_id], both[merged_id]) for both in found.values() if len(both) == 2]


def _settle(session: Session, model: Any, kept_id: str, merged_id: str) -> None:
    where = "project_id" if model is Beneficiary else "activity_id"
    step = domain.next_status if model is Beneficiary else activities.next_sign_up_status
    for kept, merged in _pairs(session, model, where, kept_id, merged_id):
        if model is SignUp and merged.status == "attended" and kept.status != "attended":
            kept.status = activities.next_sign_up_status(kept.status, "attend")
        merged.status = step(merged.status, "merge")


def _settle_attendance(session: Session, kept_id: str, merged_id: str) -> None:
    """One presence, from the earliest arrival to the latest departure, of what was credited."""
    for kept, merged in _pairs(session, Attendance, "activity_id", kept_id, merged_id):
        if merged.status in attendance.CAME:
            _unite(kept, merged)
        merged.status = attendance.next_status(merged.status, "merge")


def _unite(kept: Attendance, merged: Attendance) -> None:
    counted = kept.status in attendance.CAME
    arrived, left = attendance.merged_times((kept.arrived_at, kept.left_at), (merged.arrived_at, merged.left_at))
    if not counted:
        arrived, left = merged.arrived_at, merged.left_at
    for action in attendance.road(kept.status, "left" if left else "present"):
        kept.status = attendance.next_status(kept.status, action)
    kept.arrived_at, kept.left_at = arrived, left
    kept.late, kept.account_id = kept.late and merged.late, kept.account_id or merged.account_id
    both = [one for one in ((kept, counted), (merged, True)) if one[1] and one[0].credited_from is not None]
    if both:
        kept.credited_from = min(one.credited_from for one, _ in both)  # type: ignore[type-var]
        kept.credited_until = max(one.credited_until for one, _ in both)  # type: ignore[type-var]
        kept.minutes = attendance.union_minutes([(kept.credited_from, kept.credited_until)])  # type: ignore[list-item]


def erase_names(session: Session, project_id: str, person_id: str) -> None:
    """Names and phones of the person in a project's sign-ups and records; that somebody came stays."""
    of = select(Activity.id).where(Activity.project_id == project_id)
    for model in (Attendance, SignUp):
        mine = update(model).where(model.person_id == person_id, model.activity_id.in_(of))
        session.execute(mine.values(name=None, phone=None, version=model.version + 1))


def forget_where_nobody_asks(session: Session, person_id: str) -> None:
    """Keys go once no entry of the person is left that is not erased."""
    left = select(Beneficiary.id).where(Beneficiary.person_id == person_id, Beneficiary.status == "active").limit(1)
    if session.scalar(left) is None:
        identities.forget(session, person_id)
