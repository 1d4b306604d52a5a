"""The daily look at projects and orders: what becomes late or idle does so without anybody recording anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import cast

from chassis import clock, context, jobs
from chassis.runtime.jobrunner import JobRun
from chassis.tables import Job
from services.projects.delivery.models import Milestone, Project, Report, Spending
from services.projects.evidence.domain import PHOTO_TYPES
from services.projects.evidence.models import EvidencePhoto
from services.projects.flags import actions, domain
from services.projects.flags.models import Flag
from services.projects.orders.models import ServiceOrder

JOB = "review_flags"
BATCH = 100
ENDED = ("closed", "terminated")
Review = Callable[..., Counter[str]]


def ask_for_review(session: Session) -> None:
    """Queue the review of the district's day where none was queued for it."""
    district = context.of(session).actor.district_code
    day = clock.today(session, district).isoformat()
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"flags-day/{district}", 0))))
    asked = select(Job.id).where(Job.name == JOB, Job.district_code == district, Job.payload.contains({"day": day}))
    if session.scalar(asked.limit(1)) is None:
        jobs.enqueue(session, JOB, day=day)


def review_flags(run: JobRun, *, day: str) -> dict[str, Any]:
    """``{day, projects, orders, raised, withdrawn}``; each in a transaction of its own."""
    counts: Counter[str] = Counter(projects=0, orders=0, raised=0, withdrawn=0)
    _each(run, counts, "projects", Project, _projects(run.district_code), actions.review_project)
    _each(run, counts, "orders", ServiceOrder, _orders(run.district_code), actions.review_order)
    return {"day": day, **counts}


def _each(run: JobRun, counts: Counter[str], noun: str, model: Any, wanted: Select[Any], review: Review) -> None:
    last = ""
    while batch := _next(run, wanted.where(model.id > last) if last else wanted, model):
        for row_id in batch:
            with run.transaction() as session:
                found = review(session, session.get_one(model, row_id), now=clock.now(session, run.district_code))
            counts[noun] += 1
            counts["raised"] += found["raised"]
            counts["withdrawn"] += found["withdrawn"]
        last = batch[-1]
        run.progress(counts[noun], counts[noun] + BATCH)


def _next(run: JobRun, wanted: Select[Any], model: Any) -> list[str]:
    with run.transaction() as session:
        return list(session.scalars(wanted.order_by(model.id).limit(BATCH)))


def _projects(district_code: str) -> Select[Any]:
    """Those that run, those that ended with a flag nobody settled, and those whose photos were never noted."""
    unnoted = ~exists().where(EvidencePhoto.project_id == Project.id) & or_(
        exists().where(Milestone.project_id == Project.id, _holds_photos(Milestone.evidence)),
        exists().where(Spending.project_id == Project.id, _holds_photos(Spending.receipts)),
        exists().where(Report.project_id == Project.id, _holds_photos(Report.evidence)),
    )
    wanted = or_(Project.status.not_in(ENDED), Project.id.in_(_unsettled(district_code, Flag.project_id)), unnoted)
    return select(Project.id).where(Project.district_code == district_code, wanted)


def _orders(district_code: str) -> Select[Any]:
    """Those with a flag nobody settled, and those whose photos were never noted."""
    unnoted = ~exists().where(EvidencePhoto.order_id == ServiceOrder.id) & _holds_photos(ServiceOrder.evidence)
    wanted = or_(ServiceOrder.id.in_(_unsettled(district_code, Flag.order_id)), unnoted)
    return select(ServiceOrder.id).where(ServiceOrder.district_code == district_code, wanted)


def _unsettled(district_code: str, column: Any) -> Select[Any]:
    mine = Flag.district_code == district_code, Flag.status.in_(domain.UNSETTLED), column.is_not(None)
    return select(column).where(*mine)


def _holds_photos(column: Any) -> ColumnElement[bool]:
    kinds = " || ".join(f'@.media_type == "{media_type}"' for media_type in sorted(PHOTO_TYPES))
    found: ColumnElement[bool] = func.jsonb_path_exists(column, cast(f"$[*] ? ({kinds})", JSONPATH))
    return found
