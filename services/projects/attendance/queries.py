"""Reading attendance: organisers see who came, everybody their own record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, cast, distinct, func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import ForbiddenError, NotFoundError
from contracts import roles
from contracts.projects.attendance import AttendanceView
from contracts.projects.codes_activities import ActivityCode, AttendanceCode
from contracts.projects.platform_records import CorrectionView, PlatformRecordView
from services.projects.activities import queries as activities
from services.projects.activities.models import Activity
from services.projects.attendance import domain, served
from services.projects.attendance.models import Attendance, AttendanceCorrection
from services.projects.known import queries as known
from services.projects.known.models import KnownOrganisation
from services.projects.personal import mask_name, mask_phone

TITLE = "平台记录 Platform record"
OVERSEERS = (*roles.STAFF, roles.AUDITOR)


def visible(session: Session, actor: Actor, row: Activity) -> Select[Any]:
    """Everybody for organisers and overseers, oneself for the others; whoever was merged is shown once."""
    statement = select(Attendance).where(Attendance.activity_id == row.id)
    if activities.runs(session, actor, row) or actor.role in OVERSEERS:
        return statement
    return statement.where(Attendance.account_id == actor.account_id)


def render(row: Attendance) -> dict[str, Any]:
    """Name and phone masked."""
    facts = {column.key: getattr(row, column.key) for column in Attendance.__mapper__.column_attrs}
    facts |= {"name": mask_name(row.name), "phone": mask_phone(row.phone)}
    shown: dict[str, Any] = AttendanceView().dump(facts)
    return shown


def find(session: Session, actor: Actor, attendance_id: str, *, lock: bool = False) -> tuple[Activity, Attendance]:
    """A record with its activity, which is locked first where something is to change."""
    of = session.scalar(select(Attendance.activity_id).where(Attendance.id == attendance_id))
    if of is not None:
        row = db.get_scoped(session, Activity, of, actor, lock=lock)
        if row is not None:
            mine = visible(session, actor, row).where(Attendance.id == attendance_id)
            found: Attendance | None = session.scalars(mine).one_or_none()
            if found is not None:
                return row, found
    raise NotFoundError(AttendanceCode.ATTENDANCE_NOT_FOUND)


def get_attendance(session: Session, *, actor: Actor, attendance_id: str) -> dict[str, Any]:
    """One record."""
    return render(find(session, actor, attendance_id)[1])


def list_attendances(
    session: Session,
    *,
    actor: Actor,
    activity_id: str,
    cursor: str | None = None,
    limit: int | None = None,
    **filters: Any,
) -> dict[str, Any]:
    """Of one activity, newest first."""
    row = activities.find_activity(session, activity_id, actor)
    statement = visible(session, actor, row).filter_by(**filters)
    return db.page(session, statement, by=Attendance.id, render=render, cursor=cursor, limit=limit)


def list_own_attendances(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: Any
) -> dict[str, Any]:
    """One's own, wherever it was."""
    statement = select(Attendance).where(
        Attendance.district_code == actor.district_code,
        Attendance.account_id == actor.account_id,
        Attendance.status.in_(domain.CAME),
    )
    return db.page(session, statement.filter_by(**filters), by=Attendance.id, render=render, cursor=cursor, limit=limit)


def came(session: Session, activity_id: str) -> Sequence[Attendance]:
    """Records that count, of one activity."""
    statement = select(Attendance).where(Attendance.activity_id == activity_id, Attendance.status.in_(domain.CAME))
    return session.scalars(statement.order_by(Attendance.id)).all()


def of_person(session: Session, activity_id: str, person_id: str | None) -> Attendance | None:
    """The record of somebody at an activity; a bare name has none."""
    if person_id is None:
        return None
    statement = select(Attendance).where(
        Attendance.activity_id == activity_id, Attendance.person_id == person_id, Attendance.status != "merged"
    )
    return session.scalars(statement).one_or_none()


def find_correction(
    session: Session, actor: Actor, correction_id: str, *, lock: bool = False
) -> tuple[Activity, Attendance, AttendanceCorrection]:
    """A correction of a record the actor may see."""
    of = session.scalar(select(AttendanceCorrection.attendance_id).where(AttendanceCorrection.id == correction_id))
    if of is None:
        raise NotFoundError(AttendanceCode.CORRECTION_NOT_FOUND)
    try:
        row, record = find(session, actor, of, lock=lock)
    except NotFoundError:
        raise NotFoundError(AttendanceCode.CORRECTION_NOT_FOUND) from None
    return row, record, session.get_one(AttendanceCorrection, correction_id, populate_existing=lock)


def get_attendance_correction(session: Session, *, actor: Actor, attendance_correction_id: str) -> dict[str, Any]:
    """One correction."""
    return render_correction(find_correction(session, actor, attendance_correction_id)[2])


def render_correction(row: AttendanceCorrection) -> dict[str, Any]:
    """Old and new side by side."""
    facts = {column.key: getattr(row, column.key) for column in AttendanceCorrection.__mapper__.column_attrs}
    facts |= {"old": domain.values_of(row.old), "new": domain.values_of(row.new)}
    shown: dict[str, Any] = CorrectionView().dump(facts)
    return shown


def list_attendance_corrections(
    session: Session, *, actor: Actor, attendance_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Of one record: whoever may see the record may see what was changed in it."""
    _, record = find(session, actor, attendance_id)
    statement = select(AttendanceCorrection).where(AttendanceCorrection.attendance_id == record.id)
    return db.page(session, statement, by=AttendanceCorrection.id, render=render_correction, cursor=cursor, limit=limit)


def counting(from_on: date | None, until_on: date | None) -> list[ColumnElement[bool]]:
    """Records of held activities that began on these days."""
    day = cast(func.timezone("Asia/Shanghai", Attendance.credited_from), Date)
    found: list[ColumnElement[bool]] = [Attendance.status.in_(domain.CAME), Attendance.minutes.is_not(None)]
    if from_on is not None:
        found.append(day >= from_on)
    if until_on is not None:
        found.append(day <= until_on)
    return found


def minutes_of(session: Session, where: Iterable[ColumnElement[bool]]) -> int:
    """Minutes of all people together; what overlaps for one person counts once (``domain.union_minutes``, in SQL)."""
    who = func.coalesce(Attendance.person_id, Attendance.id, type_=Attendance.__table__.c.id.type)
    spans = func.range_agg(func.tstzrange(Attendance.credited_from, Attendance.credited_until))
    each = select(func.unnest(spans).label("span")).where(*where).group_by(who).subquery()
    length = func.extract("epoch", func.upper(each.c.span) - func.lower(each.c.span))
    return int(session.scalar(select(func.coalesce(func.sum(length), 0))) or 0) // 60


def record_of(session: Session, where: Sequence[ColumnElement[bool]], **of: Any) -> dict[str, Any]:
    """A platform record: sums over the records that ``where`` names."""
    who = func.coalesce(Attendance.person_id, Attendance.id, type_=Attendance.__table__.c.id.type)
    sums = select(func.count(distinct(Attendance.activity_id)), func.count(), func.count(distinct(who))).where(*where)
    activity_count, records, people = session.execute(sums).one()
    parts = {part: minutes_of(session, [*where, Attendance.part == part]) for part in ("participant", "volunteer")}
    facts = {"title": TITLE, "activities": activity_count, "records": records, "people": people, **of}
    view = PlatformRecordView().dump({**facts, "minutes": minutes_of(session, where), "minutes_by_part": parts})
    shown: dict[str, Any] = view
    return shown


def own(actor: Actor, from_on: date | None, until_on: date | None) -> list[ColumnElement[bool]]:
    """What counts for the caller."""
    mine = [Attendance.district_code == actor.district_code, Attendance.account_id == actor.account_id]
    return [*mine, *counting(from_on, until_on)]


def of_organisation(
    session: Session, actor: Actor, organisation_id: str, from_on: date | None, until_on: date | None
) -> list[ColumnElement[bool]]:
    """What counts for an organisation, to itself, its hub and those who supervise, in their streets."""
    if not _may_ask(session, actor, organisation_id):
        raise ForbiddenError(ActivityCode.ACTIVITY_NOT_YOURS)
    theirs = db.scope_conditions(Attendance, district=actor.district_code, streets=actor.street_codes or None)
    return [*theirs, Attendance.organisation_id == organisation_id, *counting(from_on, until_on)]


def _may_ask(session: Session, actor: Actor, organisation_id: str) -> bool:
    """A street asks about organisations of its own, and about others that were active in it."""
    if actor.role not in OVERSEERS:
        return known.acts_for(session, actor, organisation_id)
    home = session.scalar(select(KnownOrganisation.street_code).where(KnownOrganisation.id == organisation_id))
    if not actor.street_codes or home in actor.street_codes:
        return True
    here = db.scoped(select(Activity.id).where(Activity.organisation_id == organisation_id), Activity, actor)
    return session.scalar(here.where(Activity.street_code.is_not(None)).limit(1)) is not None


def get_platform_record(
    session: Session, *, actor: Actor, from_on: date | None = None, until_on: date | None = None
) -> dict[str, Any]:
    """One's own sums."""
    where = own(actor, from_on, until_on)
    orders = served.sums(session, served.own(actor, from_on, until_on))
    return record_of(session, where, account_id=actor.account_id, from_on=from_on, until_on=until_on, **orders)


def get_organisation_record(
    session: Session, *, actor: Actor, organisation_id: str, from_on: date | None = None, until_on: date | None = None
) -> dict[str, Any]:
    """An organisation's sums."""
    where = of_organisation(session, actor, organisation_id, from_on, until_on)
    orders = served.sums(session, served.of_organisation(actor, organisation_id, from_on, until_on))
    return record_of(session, where, organisation_id=organisation_id, from_on=from_on, until_on=until_on, **orders)
