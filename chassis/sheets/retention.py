"""Sheets do not outlive their use: imports, their reports and exports go some days after their job.

Each service drops the files of its own jobs and asks the others whether they name one of them (count_file_holders).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from chassis import clock, files, jobs
from chassis.file_access import Holders
from chassis.runtime.jobrunner import JobRun
from chassis.sheets import settings
from chassis.tables import Job

DROP = "drop_bulk_files"
BATCH = 200
_DROPPED = "dropped_at"


@dataclass(frozen=True, kw_only=True)
class Retention:
    """Of one service. ``names``: its jobs that read or make sheets; ``holders``: its rows that name files."""

    names: frozenset[str]
    holders: Holders

    def ask_for_dropping(self, session: Session, *, now: datetime) -> None:
        """Queue the deletion where something is due and none is queued."""
        waiting = select(Job.id).where(Job.name == DROP, Job.status.in_(["queued", "running"]))
        due = select(Job.id).where(*self._due(now))
        if session.scalar(waiting.limit(1)) is None and session.scalar(due.limit(1)) is not None:
            jobs.enqueue(session, DROP)

    def drop(self, run: JobRun, *, count_elsewhere: Callable[[str], int]) -> dict[str, Any]:
        """``{dropped, kept}``: files that nothing names any more are deleted, others are left to what names them.

        ``count_elsewhere``: how many rows and jobs of other services name a file.
        """
        now, store, counts = clock.system_now(), files.open_store(), {"dropped": 0, "kept": 0}
        with run.transaction() as session:
            ended = list(session.scalars(select(Job).where(*self._due(now)).order_by(Job.created_at).limit(BATCH)))
            session.expunge_all()
        for job in ended:
            for sha256 in _files_of(job):
                with run.transaction() as session:
                    free = not self._is_wanted(session, job, sha256)
                free = free and count_elsewhere(sha256) == 0
                if free:
                    files.delete(store, district=job.district_code, sha256=sha256)
                counts["dropped" if free else "kept"] += 1
            with run.transaction() as session:
                gone = {**job.payload, _DROPPED: now.isoformat()}
                session.execute(update(Job).where(Job.id == job.id).values(payload=gone))
        return counts

    def _due(self, now: datetime) -> list[ColumnElement[bool]]:
        return [Job.name.in_(self.names), _is_over(now), ~Job.payload.has_key(_DROPPED)]

    def _is_wanted(self, session: Session, job: Job, sha256: str) -> bool:
        """Whether a row of the service names it, or another job that still has it as well."""
        others = select(Job.id).where(Job.id != job.id, *_naming(sha256)).limit(1)
        return session.scalar(others) is not None or self.holders.count(session, sha256) > 0


def count_jobs(session: Session, sha256: str, *, names: Collection[str], now: datetime) -> int:
    """Jobs on account of which another service must keep a file: all that name it, but for those of ``names`` whose
    time is over as well. Else two that are due would wait for each other for ever."""
    due = and_(Job.name.in_(names), _is_over(now))
    return session.scalar(select(func.count()).select_from(Job).where(*_naming(sha256), ~due)) or 0


def _is_over(now: datetime) -> ColumnElement[bool]:
    until = now - timedelta(days=settings.BULK_FILE_DAYS.get())
    return and_(Job.status.in_(["done", "failed"]), func.coalesce(Job.finished_at < until, False))


def _naming(sha256: str) -> list[ColumnElement[bool]]:
    """Jobs that name the file and have not let go of it."""
    named = [
        Job.payload.contains({"sha256": sha256}),
        Job.result.contains({"report": {"sha256": sha256}}),
        Job.result.contains({"file": {"sha256": sha256}}),
    ]
    return [~Job.payload.has_key(_DROPPED), func.coalesce(or_(*named), False)]


def _files_of(job: Job) -> Iterator[str]:
    """What went in, the report of it, and what came out."""
    result = job.result or {}
    for about in (job.payload, result.get("report"), result.get("file")):
        if about and about.get("sha256"):
            yield about["sha256"]
