"""Instances and answers go some days after their job."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from chassis import clock, files, jobs
from chassis.runtime.jobrunner import JobRun
from chassis.tables import Job
from contracts.resources.instances import FOLDER
from services.resources.instances import settings
from services.resources.instances.domain import DROP, DROPPED, SOLVE

BATCH = 200


def ask_for_dropping(session: Session, *, now: datetime) -> None:
    """Queue the deletion where something is due and none is queued."""
    waiting = select(Job.id).where(Job.name == DROP, Job.status.in_(["queued", "running"]))
    due = select(Job.id).where(*_due(now))
    if session.scalar(waiting.limit(1)) is None and session.scalar(due.limit(1)) is not None:
        jobs.enqueue(session, DROP)


def drop_instances(run: JobRun) -> dict[str, Any]:
    """``{dropped, kept}``: a file that a later job has as well stays until that one is due."""
    now, store, counts = clock.system_now(), files.open_store(), {"dropped": 0, "kept": 0}
    with run.transaction() as session:
        ended = list(session.scalars(select(Job).where(*_due(now)).order_by(Job.created_at).limit(BATCH)))
        session.expunge_all()
    for job in ended:
        for sha256 in _files_of(job):
            with run.transaction() as session:
                free = not _wanted(session, job, sha256)
            if free:
                files.delete(store, district=f"{job.district_code}/{FOLDER}", sha256=sha256)
            counts["dropped" if free else "kept"] += 1
        with run.transaction() as session:
            gone = {**job.payload, DROPPED: now.isoformat()}
            session.execute(update(Job).where(Job.id == job.id).values(payload=gone))
    return counts


def _due(now: datetime) -> list[ColumnElement[bool]]:
    return [
        Job.name == SOLVE,
        Job.status.in_(["done", "failed"]),
        Job.finished_at < now - timedelta(days=settings.KEPT_DAYS.get()),
        ~Job.payload.has_key(DROPPED),
    ]


def _files_of(job: Job) -> Iterator[str]:
    yield job.payload["sha256"]
    if job.result is not None:
        yield job.result["answer"]["sha256"]


def _wanted(session: Session, job: Job, sha256: str) -> bool:
    named = or_(Job.payload.contains({"sha256": sha256}), Job.result.contains({"answer": {"sha256": sha256}}))
    mine = (Job.name == SOLVE, Job.district_code == job.district_code, Job.id != job.id)
    return session.scalar(select(Job.id).where(*mine, ~Job.payload.has_key(DROPPED), named).limit(1)) is not None
