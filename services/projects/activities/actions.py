"""Planning activities and moving them; the old times are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import db, outbox, timers
from chassis.actor import Actor
from chassis.errors import ConflictError
from chassis.events import Event
from contracts.projects import events_activities as events
from contracts.projects.codes_delivery import DeliveryCode
from services.projects.activities import domain, queries, signing
from services.projects.activities.models import Activity, ActivityPolicy, ActivityReschedule
from services.projects.delivery import queries as projects
from services.projects.delivery import steps
from services.projects.delivery.models import Project

View = dict[str, Any]
RUNNING = frozenset({"active", "changing", "mid_review"})


def streets(row: Any) -> list[str]:
    """For an event."""
    return [row.street_code] if row.street_code else []


def record(session: Session, row: Activity, struct: type[Event], /, **facts: Any) -> None:
    """Record a step of the activity."""
    session.flush()
    outbox.record(session, struct(activity_id=row.id, street_codes=streets(row), **facts))  # type: ignore[call-arg]


def check_running(project: Project, action: str) -> None:
    """Activities belong to projects that run."""
    if project.status not in RUNNING:
        raise ConflictError(DeliveryCode.PROJECT_STATE, status=project.status, action=action)


def plan_activity(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    secret: str,
    project_id: str,
    starts_at: datetime,
    ends_at: datetime,
    latitude: float | None = None,
    longitude: float | None = None,
    **given: Any,
) -> View:
    """By the organisation, its hub, or staff of its street, while the project runs."""
    project = (steps.lock if queries.is_staff(actor) else steps.lock_own)(session, actor, project_id)
    check_running(project, "plan_activity")
    numbers = queries.numbers_of(session, project.district_code)
    domain.check_times(starts_at, ends_at, now, longest_hours=numbers["longest_hours"])
    domain.check_place(latitude, longitude)
    row = Activity(
        **steps.belonging(project),
        organisation_id=project.organisation_id,
        starts_at=starts_at,
        ends_at=ends_at,
        latitude=domain.rounded(latitude),
        longitude=domain.rounded(longitude),
        status="planned",
        secret=secret,
        created_at=now,
        **given,
    )
    session.add(row)
    session.flush()
    _set_clock(session, row, numbers)
    facts = {"project_id": row.project_id, "organisation_id": row.organisation_id, "capacity": row.capacity}
    record(session, row, events.ActivityPlanned, **facts, **_times(row))
    return queries.render(session, row)


def _times(row: Activity, prefix: str = "") -> dict[str, str]:
    return {f"{prefix}starts_at": row.starts_at.isoformat(), f"{prefix}ends_at": row.ends_at.isoformat()}


def _set_clock(session: Session, row: Activity, numbers: dict[str, int]) -> None:
    """The clocks of these times; an activity that was moved meanwhile does not heed the old ones."""
    told = {"district_code": row.district_code, "activity_id": row.id, "starts_at": row.starts_at.isoformat()}
    timers.schedule(session, "open_activity_on_time", due_at=domain.check_in_opens(row.starts_at, numbers), **told)
    timers.schedule(session, "hold_activity_on_time", due_at=domain.check_in_ends(row.ends_at, numbers), **told)


def change_activity(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    activity_id: str,
    expected_version: int | None = None,
    **given: Any,
) -> View:
    """Before it begins; nobody who has a seat loses it, and new seats go to those who wait."""
    row = queries.take(session, actor, activity_id, expected_version)
    row.status = domain.next_status(row.status, "change")
    latitude, longitude = given.get("latitude", row.latitude), given.get("longitude", row.longitude)
    domain.check_place(latitude, longitude)
    given = {**given, "latitude": domain.rounded(latitude), "longitude": domain.rounded(longitude)}
    if "capacity" in given:
        domain.check_capacity(queries.taken(session, row.id), given["capacity"])
    changed = sorted(name for name, value in given.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, given[name])
    record(session, row, events.ActivityChanged, project_id=row.project_id, changed=changed)
    signing.give_seats(session, row, now)
    return queries.render(session, row)


def open_activity(
    session: Session, *, actor: Actor, now: datetime, activity_id: str, expected_version: int | None = None
) -> View:
    """Check-in begins, not before its time; a project that ended meanwhile holds nothing any more."""
    row = queries.take(session, actor, activity_id, expected_version)
    row.status = domain.next_status(row.status, "open")
    project = projects.get_project(session, actor=actor, project_id=row.project_id)
    check_running(project, "open_activity")
    numbers = queries.numbers_of(session, row.district_code)
    domain.check_open(now, starts_at=row.starts_at, ends_at=row.ends_at, numbers=numbers)
    _open(session, row, now)
    return queries.render(session, row)


def _open(session: Session, row: Activity, now: datetime) -> None:
    row.opened_at = now
    record(session, row, events.ActivityOpened, project_id=row.project_id)


def open_on_time(session: Session, *, actor: Actor, now: datetime, activity_id: str, starts_at: str) -> None:
    """The activity's clock; organisers may have been first, moved it or called it off, and projects end."""
    row = queries.find_activity(session, activity_id, actor, lock=True)
    if row.status != "planned" or row.starts_at != datetime.fromisoformat(starts_at):
        return
    if projects.get_project(session, actor=actor, project_id=row.project_id).status not in RUNNING:
        return
    row.status = domain.next_status(row.status, "open")
    _open(session, row, now)


def postpone_activity(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    activity_id: str,
    reason: str,
    expected_version: int | None = None,
) -> View:
    """Put off; those who signed up stay, and the next times are found later."""
    row = queries.take(session, actor, activity_id, expected_version)
    row.status = domain.next_status(row.status, "postpone")
    _keep(session, actor, row, now=now, reason=reason)
    record(session, row, events.ActivityPostponed, **_told(session, row), **_times(row, "old_"))
    return queries.render(session, row)


def reschedule_activity(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    activity_id: str,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    expected_version: int | None = None,
) -> View:
    """New times, in the future; the old ones are kept with the reason."""
    row = queries.take(session, actor, activity_id, expected_version)
    row.status = domain.next_status(row.status, "reschedule")
    check_running(projects.get_project(session, actor=actor, project_id=row.project_id), "reschedule_activity")
    numbers = queries.numbers_of(session, row.district_code)
    domain.check_times(starts_at, ends_at, now, longest_hours=numbers["longest_hours"])
    _keep(session, actor, row, now=now, reason=reason, new_starts_at=starts_at, new_ends_at=ends_at)
    before = _times(row, "old_")
    row.starts_at, row.ends_at = starts_at, ends_at
    _set_clock(session, row, numbers)
    record(session, row, events.ActivityRescheduled, **_told(session, row), **before, **_times(row))
    return queries.render(session, row)


def _told(session: Session, row: Activity) -> dict[str, Any]:
    """What those who signed up need to know, and who they are."""
    about = {"project_id": row.project_id, "organisation_id": row.organisation_id, "title": row.title}
    return {**about, "account_ids": queries.concerned(session, row.id)}


def _keep(session: Session, actor: Actor, row: Activity, *, now: datetime, reason: str, **new: datetime) -> None:
    row.reason = reason
    session.add(
        ActivityReschedule(
            district_code=row.district_code,
            street_code=row.street_code,
            activity_id=row.id,
            old_starts_at=row.starts_at,
            old_ends_at=row.ends_at,
            reason=reason,
            changed_by=actor.account_id,
            changed_at=now,
            **new,
        )
    )


def change_activity_policy(session: Session, *, actor: Actor, **given: Any) -> View:
    """Only what is given; it holds for what happens from now on."""
    db.check_street(actor, None)
    made = insert(ActivityPolicy).values(district_code=actor.district_code, numbers={})
    session.execute(made.on_conflict_do_nothing())
    row = session.get_one(ActivityPolicy, actor.district_code, with_for_update=True)
    row.numbers = domain.completed({**row.numbers, **given})
    domain.check_numbers(row.numbers)
    session.flush()
    outbox.record(session, events.ActivityPolicyChanged(district=actor.district_code, changed=sorted(given)))
    return queries.get_activity_policy(session, actor=actor)
