"""Long work: the service queues a job row; its job process claims it (services/<name>/jobs.py lists what it can do)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, context, ids
from chassis.codes import ChassisCode
from chassis.errors import NotFoundError
from chassis.tables import Job


def enqueue(
    session: Session, name: str, *, street_code: str | None = None, total: int = 0, **payload: Any
) -> dict[str, Any]:
    """Queue a job in the caller's transaction; returns its view: a route answers 202 with it."""
    ctx = context.of(session)
    job = Job(
        id=ids.new_id(f"{ctx.service}_job"),
        district_code=ctx.actor.district_code,
        street_code=street_code,
        account_id=ctx.actor.account_id,
        name=name,
        payload=payload,
        status="queued",
        done=0,
        total=total,
        attempts=0,
        trace_id=ctx.trace_id,
        causation_id=ctx.causation_id,
        created_at=clock.system_now(),
    )
    session.add(job)
    session.flush()
    return view(job)


def view(job: Job) -> dict[str, Any]:
    """``{job_id, name, status: queued|running|done|failed, done, total, result, error}``."""
    return {
        "job_id": job.id,
        "name": job.name,
        "status": job.status,
        "done": job.done,
        "total": job.total,
        "result": job.result,
        "error": job.error,
    }


def get(session: Session, job_id: str, *, account_id: str | None) -> Job:
    """A job its requester may follow; one the system began is nobody's."""
    job = session.get(Job, job_id)
    if job is None or account_id is None or job.account_id != account_id:
        raise NotFoundError(ChassisCode.JOB_NOT_FOUND)
    return job
