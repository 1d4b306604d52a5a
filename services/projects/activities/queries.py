"""Reading activities and sign-ups within the caller's streets; who came is shown to those who organise."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from chassis import db, rotating
from chassis.actor import Actor
from chassis.errors import ForbiddenError, NotFoundError
from contracts import roles
from contracts.projects.activities import (
    ORGANISERS,
    ActivityView,
    PassView,
    RescheduleView,
    SignUpView,
)
from contracts.projects.activities import ActivityCode as CodeView
from contracts.projects.activity_policy import ActivityPolicyView
from contracts.projects.codes_activities import ActivityCode
from contracts.projects.delivery import STREET
from services.projects.activities import domain
from services.projects.activities.models import Activity, ActivityPolicy, ActivityReschedule, SignUp
from services.projects.known import queries as known
from services.projects.personal import mask_name, mask_phone

OVERSEERS = (*roles.STAFF, roles.AUDITOR)


def numbers_of(session: Session, district_code: str) -> dict[str, int]:
    """The district's policy, complete."""
    row = session.get(ActivityPolicy, district_code)
    return domain.completed(row.numbers if row else {})


def get_activity_policy(session: Session, *, actor: Actor) -> dict[str, Any]:
    """What a district set, over the defaults."""
    found = {"district_code": actor.district_code, **numbers_of(session, actor.district_code)}
    view: dict[str, Any] = ActivityPolicyView().dump(found)
    return view


def find_activity(session: Session, activity_id: str, actor: Actor, *, lock: bool = False) -> Activity:
    """One of the actor's streets; locked, everything that belongs to it changes under this lock."""
    row = db.get_scoped(session, Activity, activity_id, actor, lock=lock)
    if row is None:
        raise NotFoundError(ActivityCode.ACTIVITY_NOT_FOUND)
    return row


def runs(session: Session, actor: Actor, row: Activity) -> bool:
    """Whether the actor organises it: the organisation, the hub that cares for it, staff of its street."""
    if actor.is_system:
        return True
    if actor.role not in ORGANISERS or (actor.street_codes and row.street_code not in actor.street_codes):
        return False
    return actor.role in STREET or known.acts_for(session, actor, row.organisation_id)


def check_runs(session: Session, actor: Actor, row: Activity) -> None:
    """Raises ``activity_not_yours``."""
    if not runs(session, actor, row):
        raise ForbiddenError(ActivityCode.ACTIVITY_NOT_YOURS)


def take(session: Session, actor: Actor, activity_id: str, expected_version: int | None = None) -> Activity:
    """An activity for a step of its organisers, locked."""
    row = find_activity(session, activity_id, actor, lock=True)
    check_runs(session, actor, row)
    db.check_version(row, expected_version)
    return row


def is_staff(actor: Actor) -> bool:
    """Street centre or bureau."""
    return actor.role in STREET


def taken(session: Session, activity_id: str) -> int:
    """Seats of those who signed up; whoever walked in is counted by attendance."""
    statement = select(func.count()).where(SignUp.activity_id == activity_id, SignUp.status.in_(domain.TAKES_A_SEAT))
    return session.scalar(statement) or 0


def concerned(session: Session, activity_id: str) -> list[str]:
    """Accounts of those who have a seat or wait for one: a change of the activity is theirs to know."""
    statement = select(SignUp.account_id).where(
        SignUp.activity_id == activity_id, SignUp.status.in_(domain.MEANS_TO_COME), SignUp.account_id.is_not(None)
    )
    return sorted(session.scalars(statement.distinct()))


def counts(session: Session, activity_ids: Iterable[str]) -> dict[str, dict[str, int]]:
    """Sign-ups by state, of many activities at once."""
    found = {one: {"signed_up": 0, "waiting": 0, "attended": 0} for one in activity_ids}
    rows = session.execute(
        select(SignUp.activity_id, SignUp.status, func.count())
        .where(SignUp.activity_id.in_(list(found)))
        .group_by(SignUp.activity_id, SignUp.status)
    )
    for activity_id, status, count in rows:
        if status in found[activity_id]:
            found[activity_id][status] = count
    return found


def render(session: Session, row: Activity) -> dict[str, Any]:
    """An activity with its numbers."""
    session.flush()
    shown: dict[str, Any] = ActivityView().dump(row)
    return {**shown, "counts": counts(session, [row.id])[row.id]}


def get_activity(session: Session, *, actor: Actor, activity_id: str) -> dict[str, Any]:
    """One of the actor's streets."""
    return render(session, find_activity(session, activity_id, actor))


def list_activities(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: Any
) -> dict[str, Any]:
    """Newest first."""
    statement = db.scoped(select(Activity).filter_by(**filters), Activity, actor)
    found = db.page(session, statement, by=Activity.id, render=ActivityView().dump, cursor=cursor, limit=limit)
    numbers = counts(session, [one["activity_id"] for one in found["items"]])
    for one in found["items"]:
        one["counts"] = numbers[one["activity_id"]]
    return found


def list_reschedules(
    session: Session, *, actor: Actor, activity_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Every time it was put off or moved."""
    row = find_activity(session, activity_id, actor)
    statement = select(ActivityReschedule).where(ActivityReschedule.activity_id == row.id)
    return db.page(
        session, statement, by=ActivityReschedule.id, render=RescheduleView().dump, cursor=cursor, limit=limit
    )


def visible_sign_ups(session: Session, actor: Actor, row: Activity) -> Select[Any]:
    """Everybody for organisers and overseers, oneself for the others."""
    statement = select(SignUp).where(SignUp.activity_id == row.id)
    if runs(session, actor, row) or actor.role in OVERSEERS:
        return statement
    return statement.where(SignUp.account_id == actor.account_id)


def find_sign_up(session: Session, actor: Actor, row: Activity, sign_up_id: str) -> SignUp:
    """One the actor may see."""
    statement = visible_sign_ups(session, actor, row).where(SignUp.id == sign_up_id)
    found: SignUp | None = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFoundError(ActivityCode.SIGN_UP_NOT_FOUND)
    return found


def render_sign_up(row: SignUp) -> dict[str, Any]:
    """Name and phone masked."""
    facts = {column.key: getattr(row, column.key) for column in SignUp.__mapper__.column_attrs}
    shown: dict[str, Any] = SignUpView().dump({**facts, "name": mask_name(row.name), "phone": mask_phone(row.phone)})
    return shown


def get_sign_up(session: Session, *, actor: Actor, activity_id: str, sign_up_id: str) -> dict[str, Any]:
    """One sign-up."""
    return render_sign_up(find_sign_up(session, actor, find_activity(session, activity_id, actor), sign_up_id))


def list_sign_ups(
    session: Session,
    *,
    actor: Actor,
    activity_id: str,
    cursor: str | None = None,
    limit: int | None = None,
    **filters: Any,
) -> dict[str, Any]:
    """Newest first."""
    row = find_activity(session, activity_id, actor)
    statement = visible_sign_ups(session, actor, row).filter_by(**filters)
    return db.page(session, statement, by=SignUp.id, render=render_sign_up, cursor=cursor, limit=limit)


def get_entry_pass(session: Session, *, actor: Actor, activity_id: str, sign_up_id: str) -> dict[str, Any]:
    """To the one it is for; organisers read it to people who have no account."""
    row = find_activity(session, activity_id, actor)
    found = find_sign_up(session, actor, row, sign_up_id)
    own = found.account_id is not None and found.account_id == actor.account_id
    if not own and (found.account_id is not None or not runs(session, actor, row)):
        raise NotFoundError(ActivityCode.SIGN_UP_NOT_FOUND)
    facts = {"sign_up_id": found.id, "number": found.number}
    shown: dict[str, Any] = PassView().dump({**facts, "entry_pass": domain.entry_pass_of(row.secret, found.id)})
    return shown


def get_activity_code(session: Session, *, actor: Actor, now: datetime, activity_id: str) -> dict[str, Any]:
    """For the organiser's screen, while check-in is open."""
    row = find_activity(session, activity_id, actor)
    check_runs(session, actor, row)
    domain.next_status(row.status, "check_in")
    numbers = numbers_of(session, row.district_code)
    domain.check_open(now, starts_at=row.starts_at, ends_at=row.ends_at, numbers=numbers)
    seconds = numbers["code_seconds"]
    window = rotating.window_of(now, seconds)
    code = domain.code_of(row.secret, row.id, window)
    facts = {"activity_id": row.id, "code": code, "text": f"{row.id}.{code}", "seconds": seconds}
    shown: dict[str, Any] = CodeView().dump({**facts, "valid_until": rotating.window_ends(window, seconds)})
    return shown
