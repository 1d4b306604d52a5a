"""The job process: claims job rows with SKIP LOCKED and runs the service's pumps. Plain Python, no event loop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from chassis import clock, config, crash, db, logging
from chassis.codes import ChassisCode
from chassis.errors import FootprintError, InternalError
from chassis.runtime.execute import Executor, plain
from chassis.tables import Job

log = logging.get(__name__)
MAX_ATTEMPTS = 3
PATIENCE_SECONDS = 20.0  # less than a drain may take
PAUSE_SECONDS = 0.5


@dataclass(frozen=True)
class JobRun:
    """What a job function gets: ``def solve(run: JobRun, **payload) -> result``."""

    executor: Executor
    job_id: str
    name: str
    district_code: str
    trace_id: str
    attempt: int

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction of the job, acting as the system; commit at the end."""
        with self._session() as session:
            # while this is open nobody can claim the job; who lost it to another process writes nothing more
            mine = select(Job.id).where(*_held(self)).with_for_update(read=True, key_share=True)
            if session.scalar(mine) is None:
                raise RuntimeError("the lease ran out and another process has the job")
            yield session
            crash.point("job.before_commit")
        crash.point("job.after_commit")

    def _session(self) -> AbstractContextManager[Session]:
        return self.executor.system_session(self.name, self.district_code, self.trace_id, causation_id=self.job_id)

    def progress(self, done: int, total: int) -> None:
        """Tell whoever follows the job; extends the lease."""
        with self.executor.sessions.begin() as session:
            values = {"done": done, "total": total, "lease_until": clock.system_now() + _lease()}
            session.execute(update(Job).where(*_held(self)).values(**values))


def _lease() -> timedelta:
    return timedelta(seconds=config.JOB_LEASE.get())


def _held(run: JobRun) -> tuple[Any, ...]:
    return Job.id == run.job_id, Job.status == "running", Job.attempts == run.attempt


def run_one(executor: Executor) -> bool:
    """Claim and run one job; ``False`` when none waits. A job whose process died is claimed again after its lease."""
    run = _claim(executor)
    if run is None:
        return False
    try:
        with executor.sessions() as session:
            payload = session.get_one(Job, run.job_id).payload
        result = executor.service.jobs[run.name](run, **payload)
    except FootprintError as error:
        told = error.to_wire()
        _outlasting(lambda: _finish(executor, run, status="failed", error=told))
    except Exception:
        log.exception("job_failed", job=run.name, job_id=run.job_id, trace_id=run.trace_id)
        _outlasting(lambda: _give_back(executor, run))
    else:
        crash.point("job.before_mark")
        _outlasting(lambda: _finish(executor, run, status="done", result=plain(result)))
    return True


def _outlasting(mark: Callable[[], None]) -> None:
    """Mark in spite of a short outage: else a job that is over would wait for its lease, and be done once more."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return mark()
        except DBAPIError as error:
            if not db.is_outage(error) or time.monotonic() > limit:
                raise
            log.warning("job_mark_waits", error=type(error).__name__)
            time.sleep(PAUSE_SECONDS)


def _claim(executor: Executor) -> JobRun | None:
    now = clock.system_now()
    with executor.sessions.begin() as session:
        free = or_(Job.status == "queued", (Job.status == "running") & (Job.lease_until < now))
        mine = Job.name.in_(executor.service.jobs)  # a database may be shared, and a rolling deploy bring new names
        waiting = select(Job).where(free, mine, or_(Job.lease_until.is_(None), Job.lease_until < now))
        job: Job | None = session.scalars(
            waiting.order_by(Job.created_at).limit(1).with_for_update(skip_locked=True)
        ).one_or_none()
        if job is None:
            return None
        if job.attempts >= MAX_ATTEMPTS:  # it took its process down each time
            job.status, job.finished_at, job.lease_until = "failed", now, None
            job.error = InternalError(ChassisCode.INTERNAL).to_wire()
            return None
        job.status, job.lease_until, job.attempts = "running", now + _lease(), job.attempts + 1
        run = JobRun(executor, job.id, job.name, job.district_code, job.trace_id or "", job.attempts)
        session.flush()
        crash.point("job.before_claim")
    crash.point("job.after_claim")
    return run


def _finish(executor: Executor, run: JobRun, **values: Any) -> None:
    with executor.sessions.begin() as session:
        session.execute(
            update(Job).where(*_held(run)).values(finished_at=clock.system_now(), lease_until=None, **values)
        )
        crash.point("job.mid_mark")


def _give_back(executor: Executor, run: JobRun) -> None:
    """An unforeseen failure: try again a little later, then fail for good."""
    with executor.sessions.begin() as session:
        job = session.scalars(select(Job).where(*_held(run)).with_for_update()).one_or_none()
        if job is None:
            return
        if job.attempts >= MAX_ATTEMPTS:
            job.status, job.finished_at = "failed", clock.system_now()
            job.error = InternalError(ChassisCode.INTERNAL).to_wire()
        else:
            job.status, job.lease_until = "queued", clock.system_now() + timedelta(seconds=2 * job.attempts)


def work(executor: Executor, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """One turn of the job process: every waiting job, then every pump. Returns how much was done."""
    done = 0
    while not stopping() and run_one(executor):
        done += 1
    for pump in executor.service.pumps:
        if not stopping():
            done += pump(executor)
    return done
