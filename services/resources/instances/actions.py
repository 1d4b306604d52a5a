"""Instances are queued here and solved by jobs.py in the job process."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import jobs
from chassis.actor import Actor
from chassis.errors import ConflictError
from chassis.tables import Job
from contracts.resources.codes_instances import InstanceCode
from services.resources.instances import settings
from services.resources.instances.domain import SOLVE


def solve_instance(session: Session, *, actor: Actor, file: dict[str, Any], seconds: int) -> dict[str, Any]:
    """Queue it; answers the job's view. What is wrong with the instance itself ends the job with its code."""
    mine = (Job.account_id == actor.account_id, Job.name == SOLVE, Job.status.in_(["queued", "running"]))
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{SOLVE} {actor.account_id}", 0))))
    if (session.scalar(select(func.count()).where(*mine)) or 0) >= settings.WAITING.get():
        raise ConflictError(InstanceCode.TOO_MANY, most=settings.WAITING.get())
    return jobs.enqueue(session, SOLVE, sha256=file["sha256"], seconds=seconds, owner=actor.account_id)
