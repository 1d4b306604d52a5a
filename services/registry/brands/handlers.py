"""Work that projects' events tell of. They may come twice and in any order: each writes only its own columns.

Orders tell their minutes at delivery, whose they are at confirmation, and at the end of a dispute whether they count;
projects tell their organisation when they start. Not told by any event yet: activities, attendance and photos inside
a project.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import case
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, ids
from chassis.events import Envelope
from contracts.projects.events_awards import ProjectClosed, ProjectStarted
from contracts.projects.events_delivery import (
    OrderConfirmed,
    OrderDelivered,
    OrderRated,
    OrderResolved,
    ProjectAccepted,
    ProjectTerminated,
    ReportSubmitted,
)
from services.registry.brands.models import KnownOrder, KnownProject


def on_project_started(session: Session, event: ProjectStarted, envelope: Envelope) -> None:
    """Whose, what and where; a status heard before stays."""
    told = {
        "organisation_id": event.organisation_id,
        "street_code": event.street_code,
        "title": event.title,
        "started_on": _day(envelope),
    }
    _project(session, event.project_id, envelope, told, status="active")


def on_project_accepted(session: Session, event: ProjectAccepted, envelope: Envelope) -> None:
    """Accepted, with the grade of its final evaluation."""
    told = {"organisation_id": event.organisation_id, "grade": event.grade}
    _project(session, event.project_id, envelope, told, status="accepted")


def on_project_closed(session: Session, event: ProjectClosed, envelope: Envelope) -> None:
    """Over."""
    told = {"organisation_id": event.organisation_id, "title": event.title, "ended_on": _day(envelope)}
    _project(session, event.project_id, envelope, told, status="closed")


def on_project_terminated(session: Session, event: ProjectTerminated, envelope: Envelope) -> None:
    """Ended early."""
    told = {"organisation_id": event.organisation_id, "ended_on": _day(envelope)}
    _project(session, event.project_id, envelope, told, status="terminated")


def on_report_submitted(session: Session, event: ReportSubmitted, envelope: Envelope) -> None:
    """The newest final report says how many people were reached."""
    if event.kind != "final":
        return
    statement = insert(KnownProject).values(
        **_new_project(event.project_id, envelope.district_code)
        | {"beneficiaries": event.beneficiary_count, "report_version": envelope.subject_version}
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={"beneficiaries": event.beneficiary_count, "report_version": envelope.subject_version},
            where=KnownProject.report_version < envelope.subject_version,
        )
    )


def on_order_delivered(session: Session, event: OrderDelivered, envelope: Envelope) -> None:
    """So many minutes."""
    _order(session, event.order_id, envelope, "minutes_version", {"minutes": event.minutes})


def on_order_confirmed(session: Session, event: OrderConfirmed, envelope: Envelope) -> None:
    """Whose they are; only now they count."""
    told = {"organisation_id": event.organisation_id, "confirmed_on": _day(envelope)}
    _order(session, event.order_id, envelope, "confirmed_version", told)


def on_order_resolved(session: Session, event: OrderResolved, envelope: Envelope) -> None:
    """After a dispute the minutes count or they do not; done again, what counts of before is a row of its own."""
    counts = event.minutes > 0 and event.organisation_id is not None
    if event.redo or event.hours_void:
        _order(session, event.order_id, envelope, "void_version", {})
    if not counts:
        return
    order_id = _before(event.order_id, envelope.subject_version) if event.redo else event.order_id
    told = {"organisation_id": event.organisation_id, "confirmed_on": _day(envelope)}
    _order(session, order_id, envelope, "minutes_version", {"minutes": event.minutes})
    _order(session, order_id, envelope, "confirmed_version", told)


def _before(order_id: str, version: int) -> str:
    """The same for the same dispute, however often its end is told."""
    return ids.encode("ord", uuid.uuid5(ids.decode("ord", order_id), str(version)))


def on_order_rated(session: Session, event: OrderRated, envelope: Envelope) -> None:
    """One to five stars."""
    _order(session, event.order_id, envelope, "stars_version", {"stars": event.stars})


def _project(session: Session, project_id: str, envelope: Envelope, told: dict[str, Any], *, status: str) -> None:
    """The status is that of the newest event, whatever the order of arrival."""
    version = envelope.subject_version
    first = _new_project(project_id, envelope.district_code) | told | {"status": status, "status_version": version}
    newer = KnownProject.status_version < version
    session.execute(
        insert(KnownProject)
        .values(**first)
        .on_conflict_do_update(
            index_elements=["id"],
            set_=told
            | {
                "status": case((newer, status), else_=KnownProject.status),
                "status_version": case((newer, version), else_=KnownProject.status_version),
            },
        )
    )


def _new_project(project_id: str, district_code: str) -> dict[str, Any]:
    return {
        "id": project_id,
        "district_code": district_code,
        "title": "",
        "status": "active",
        "beneficiaries": 0,
        "status_version": 0,
        "report_version": 0,
    }


def _order(session: Session, order_id: str, envelope: Envelope, version: str, told: dict[str, Any]) -> None:
    """Each event has columns of its own, and the newest of its kind holds."""
    streets = envelope.payload.get("street_codes") or []
    place = {"street_code": streets[0]} if len(streets) == 1 else {}
    told = {**told, version: envelope.subject_version}
    first = {"id": order_id, "district_code": envelope.district_code, "minutes": 0, **place, **told}
    older = getattr(KnownOrder, version) <= envelope.subject_version
    made = insert(KnownOrder).values(**first)
    session.execute(made.on_conflict_do_update(index_elements=["id"], set_={**place, **told}, where=older))


def _day(envelope: Envelope) -> date:
    at: datetime = envelope.occurred_at
    return clock.day_of(at)
