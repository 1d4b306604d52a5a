"""Starting, carrying out and reading self-audits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis import clock, config, context, db, ids, jobs, outbox
from chassis.actor import Actor
from chassis.clock import SHANGHAI
from chassis.errors import ConflictError, NotFoundError
from chassis.paging import close_cursor, open_cursor
from chassis.runtime.jobrunner import JobRun
from chassis.tables import Job
from contracts.projects.codes_trail import TrailCode
from contracts.projects.events_trail import TrailAuditFailed
from services.projects.trail import signing
from services.projects.trail.auditing import Audit
from services.projects.trail.head_queries import at_edge
from services.projects.trail.models_audit import TrailAudit

AUDIT_HOUR = config.setting(
    "TRAIL_AUDIT_HOUR",
    3,
    "Hour of the day (Asia/Shanghai) from which the nightly self-audit of the trail begins; -1: none.",
)
JOB = "audit_trail"


def start_trail_audit(session: Session, *, actor: Actor) -> dict[str, Any]:
    """Queue one; a second beside one that is under way would only read the same again."""
    district = actor.district_code
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"trail-audit/{district}"}
    )
    if _under_way(session, district):
        raise ConflictError(TrailCode.AUDIT_RUNNING)
    audit_id = ids.new_id("tau")
    job = jobs.enqueue(session, JOB, audit_id=audit_id)
    row = TrailAudit(
        id=audit_id,
        district_code=district,
        job_id=job["job_id"],
        asked_by=actor.account_id,
        began_at=clock.system_now(),
        size=0,
        heads=0,
        found=0,
        findings=[],
    )
    session.add(row)
    return render(row)


def start_when_due(session: Session) -> None:
    """Once a night: in the hours from the set one on, where none began within the last twenty."""
    actor, now = context.of(session).actor, clock.system_now()
    hour = AUDIT_HOUR.get()
    if hour < 0 or not hour <= now.astimezone(SHANGHAI).hour < hour + 3:
        return
    recent = select(TrailAudit.id).where(
        TrailAudit.district_code == actor.district_code, TrailAudit.began_at > now - timedelta(hours=20)
    )
    if session.scalar(recent.limit(1)) is None and not _under_way(session, actor.district_code):
        start_trail_audit(session, actor=actor)


def _under_way(session: Session, district_code: str) -> bool:
    open_jobs = select(Job.id).where(
        Job.district_code == district_code, Job.name == JOB, Job.status.in_(["queued", "running"])
    )
    return session.scalar(open_jobs.limit(1)) is not None


def audit_trail(run: JobRun, *, audit_id: str) -> dict[str, Any]:
    """The job: ``{audit_id, sound, found}``; an audit that finds something tells everybody who hears of events."""
    audit = Audit(run.executor.readers, run.district_code, run.progress)
    audit.run()
    with run.transaction() as session:
        row = session.get_one(TrailAudit, audit_id)
        row.ended_at, row.size, row.root, row.heads = clock.system_now(), audit.size, audit.root, audit.heads
        row.sound, row.found, row.findings = audit.found == 0, audit.found, audit.findings
        if audit.found:
            log_id = signing.log_id(run.district_code)
            told = TrailAuditFailed(log_id=log_id, audit_id=audit_id, size=audit.size, kinds=audit.kinds())
            outbox.record(session, told)
    return {"audit_id": audit_id, "sound": audit.found == 0, "found": audit.found}


def get_trail_audit(session: Session, *, actor: Actor, audit_id: str) -> dict[str, Any]:
    """One of this district."""
    row = session.get(TrailAudit, audit_id)
    if row is None or row.district_code != actor.district_code:
        raise NotFoundError(TrailCode.AUDIT_NOT_FOUND)
    return render(row)


def list_trail_audits(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """The newest first."""
    rows = select(TrailAudit).where(TrailAudit.district_code == actor.district_code)
    if cursor is not None:
        rows = rows.where(TrailAudit.id < open_cursor(cursor, TrailAudit.id))
    size = min(max(limit or 50, 1), db.MAX_PAGE)
    found = list(session.scalars(rows.order_by(TrailAudit.id.desc()).limit(size + 1)))
    more = len(found) > size
    return {
        "items": [render(row) for row in found[:size]],
        "next_cursor": close_cursor(found[size - 1].id) if more else None,
    }


def render(row: TrailAudit) -> dict[str, Any]:
    """As people read it."""
    names = ("job_id", "asked_by", "size", "root", "heads", "sound", "found", "findings")
    times: dict[str, datetime | None] = {"began_at": row.began_at, "ended_at": row.ended_at}
    shown = {name: getattr(row, name) for name in names}
    return {"audit_id": row.id} | shown | {name: at_edge(moment) for name, moment in times.items()}
