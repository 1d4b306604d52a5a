"""Keeping up with which photos milestones, spendings, reports and orders name: from the rows, never from the event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import jobs
from chassis.tables import Job
from services.projects.delivery.models import Milestone, Project, Report, Spending
from services.projects.evidence import domain
from services.projects.evidence.models import ActivityEvidence, EvidencePhoto, EvidenceUse
from services.projects.orders.models import ServiceOrder

JOB = "read_evidence"


@dataclass(frozen=True)
class Owner:
    """The project or order whose evidence it is."""

    district_code: str
    street_code: str | None
    subject: str
    project_id: str | None = None
    order_id: str | None = None
    organisation_id: str | None = None
    requester_account_id: str | None = None


@dataclass(frozen=True)
class Named:
    """Files that one row names."""

    source: str
    source_id: str
    files: Sequence[dict[str, Any]]


def of_project(project: Project) -> Owner:
    return Owner(
        project.district_code,
        project.street_code,
        project.id,
        project_id=project.id,
        organisation_id=project.organisation_id,
    )


def of_order(order: ServiceOrder) -> Owner:
    return Owner(
        order.district_code,
        order.street_code,
        order.id,
        order_id=order.id,
        organisation_id=order.organisation_id,
        requester_account_id=order.requester_account_id,
    )


def named_by_project(session: Session, project_id: str) -> list[Named]:
    """Every row of the project that names files."""
    found: list[Named] = []
    for source, model, column in (
        ("milestone", Milestone, Milestone.evidence),
        ("spending", Spending, Spending.receipts),
        ("report", Report, Report.evidence),
    ):
        rows = session.execute(select(model.id, column).where(model.project_id == project_id).order_by(model.id))
        found += [Named(source, source_id, files) for source_id, files in rows]
    shown = select(ActivityEvidence).where(ActivityEvidence.project_id == project_id)
    rows_of = session.scalars(shown.order_by(ActivityEvidence.id))
    return [*found, *(Named("activity", row.activity_id, row.evidence) for row in rows_of)]


def note_project(session: Session, project: Project, *, now: datetime) -> None:
    """The photos of a project as its rows name them now."""
    note(session, of_project(project), named_by_project(session, project.id), now=now)


def note_order(session: Session, order: ServiceOrder, *, now: datetime) -> None:
    """The same of an order."""
    note(session, of_order(order), [Named("order", order.id, order.evidence)], now=now)


def note(session: Session, owner: Owner, named: Sequence[Named], *, now: datetime) -> None:
    """New photos wait to be read; uses that are no more go. Safe to repeat."""
    wanted = {
        (file["sha256"], one.source, one.source_id): file
        for one in named
        for file in one.files
        if domain.is_photo(file["media_type"])
    }
    photos = _photos(session, owner, {sha256: file for (sha256, _, _), file in wanted.items()}, now)
    uses = {(photos[sha256], source, source_id) for sha256, source, source_id in wanted}
    _keep_uses(session, owner, uses, now)


def _photos(session: Session, owner: Owner, files: dict[str, dict[str, Any]], now: datetime) -> dict[str, str]:
    """``{sha256: photo id}``; rows that were not there are made."""
    mine = EvidencePhoto.district_code == owner.district_code, EvidencePhoto.subject == owner.subject
    for sha256 in sorted(files):
        row = {
            **vars(owner),
            "sha256": sha256,
            "size": files[sha256]["size"],
            "media_type": files[sha256]["media_type"],
            "status": "waiting",
            "consent": "none",
            "comparable": False,
            "created_at": now,
            "version": 1,
        }
        session.execute(insert(EvidencePhoto).values(**row).on_conflict_do_nothing())
    found = session.execute(select(EvidencePhoto.sha256, EvidencePhoto.id, EvidencePhoto.status).where(*mine)).all()
    if any(status == "waiting" for _, _, status in found):
        ask_for_reading(session)
    return {sha256: photo_id for sha256, photo_id, _ in found}


def _keep_uses(session: Session, owner: Owner, uses: set[tuple[str, str, str]], now: datetime) -> None:
    mine = select(EvidencePhoto.id).where(
        EvidencePhoto.district_code == owner.district_code, EvidencePhoto.subject == owner.subject
    )
    kept: set[tuple[str, str, str]] = set()
    gone: list[str] = []
    for use in session.scalars(select(EvidenceUse).where(EvidenceUse.photo_id.in_(mine))):
        key = (use.photo_id, use.source, use.source_id)
        if key in uses:
            kept.add(key)
        else:
            gone.append(use.id)
    if gone:
        session.execute(delete(EvidenceUse).where(EvidenceUse.id.in_(gone)))
    for photo_id, source, source_id in sorted(uses - kept):
        row = {"photo_id": photo_id, "source": source, "source_id": source_id, "used_at": now}
        values = insert(EvidenceUse).values(district_code=owner.district_code, **row)
        session.execute(values.on_conflict_do_nothing())


def ask_for_reading(session: Session) -> None:
    """One queued job reads all that wait: another is not needed beside it."""
    waiting = select(Job.id).where(Job.name == JOB, Job.status == "queued").limit(1)
    if session.scalar(waiting) is None:
        jobs.enqueue(session, JOB)
