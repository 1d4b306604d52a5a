"""A database that is away for a moment when a job is to be marked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from chassis import ids
from chassis.runtime import jobrunner
from chassis.runtime.jobrunner import JobRun
from chassis.tables import Job
from tests import kit
from tests.runtime.demo.service import SERVICE, count
from tests.runtime.world import InProcess, headers

pytestmark = pytest.mark.postgres


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[InProcess]:
    monkeypatch.setattr(jobrunner, "PAUSE_SECONDS", 0.01)
    made = InProcess()
    yield made
    made.close()


class Away:
    """Sessions of a database that cannot be reached the next few times."""

    def __init__(self, true: sessionmaker[Session], times: int) -> None:
        self._true = true
        self.times = times

    def __call__(self) -> Session:
        return self._true()

    def begin(self) -> Any:
        if self.times:
            self.times -= 1
            raise OperationalError("", {}, Exception("the server is starting up"))
        return self._true.begin()


def job_after(world: InProcess, monkeypatch: pytest.MonkeyPatch, *, times: int, fails: bool) -> Job:
    """The row of a job whose database went away at its end for so many tries."""

    def counting(run: JobRun, counter_id: str) -> dict[str, Any]:
        made = count(run, counter_id=counter_id)
        monkeypatch.setattr(world.executor, "sessions", Away(world.sessions, times))
        if fails:
            raise OperationalError("", {}, Exception("terminating connection"))
        return made

    monkeypatch.setitem(SERVICE.jobs, "count", counting)  # type: ignore[arg-type]
    job = world.call("count_later", headers(who=kit.actor("bureau")), counter_id=ids.new_id("cnt"))["job_id"]
    jobrunner.run_one(world.executor)
    with world.sessions() as session:
        return session.scalars(select(Job).where(Job.id == job)).one()


def test_a_job_that_is_done_is_marked_when_the_database_is_back(
    world: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = job_after(world, monkeypatch, times=3, fails=False)
    assert (job.status, job.attempts, job.lease_until) == ("done", 1, None)


def test_a_job_that_an_outage_broke_off_does_not_wait_for_its_lease(
    world: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = job_after(world, monkeypatch, times=3, fails=True)
    assert (job.status, job.attempts) == ("queued", 1)


def test_an_outage_that_lasts_is_left_to_the_lease(world: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobrunner, "PATIENCE_SECONDS", 0.05)
    with pytest.raises(OperationalError):
        job_after(world, monkeypatch, times=10**6, fails=False)
