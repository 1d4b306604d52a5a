"""The answer of an instance, for whoever sent it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import jobs
from chassis.actor import Actor
from chassis.codes import ChassisCode
from chassis.errors import ConflictError, NotFoundError
from contracts.resources.codes_instances import InstanceCode
from services.resources.instances.domain import DROPPED, SOLVE


def get_instance_answer(session: Session, *, actor: Actor, job_id: str) -> dict[str, Any]:
    """Which kept file it is; raises ConflictError until there is one."""
    job = jobs.get(session, job_id, account_id=actor.account_id)
    if job.name != SOLVE:
        raise NotFoundError(ChassisCode.JOB_NOT_FOUND)
    if job.status == "failed":
        error = job.error or {}
        raise ConflictError(InstanceCode.FAILED, **{**(error.get("details") or {}), "reason": error.get("code")})
    if job.status != "done" or job.result is None:
        raise ConflictError(InstanceCode.PENDING, status=job.status)
    if DROPPED in job.payload:
        raise NotFoundError(InstanceCode.ANSWER_GONE)
    answer: dict[str, Any] = job.result["answer"]
    return answer
