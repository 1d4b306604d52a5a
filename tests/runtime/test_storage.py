"""What the seam promises of its tables: retention, jobs that change hands, replays, broken ids."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from chassis import clock, ids
from chassis.errors import InvalidError, NotFoundError
from chassis.runtime import delivery, jobrunner, parking, retention
from chassis.tables import CommandLog, InboxEvent, Job, OutboxEvent, Parked
from tests import kit
from tests.runtime.demo.service import NAME
from tests.runtime.world import InProcess, headers

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def world() -> Iterator[InProcess]:
    made = InProcess()
    yield made
    made.close()


def _park(settled: bool, days: int) -> Parked:
    then = clock.system_now() - timedelta(days=days)
    kept = {"queue": "q", "headers": {}, "body": b"", "error": "", "fingerprint": "f", "parked_at": then}
    return Parked(id=ids.new_id("prk"), settled_at=then if settled else None, **kept)


def test_old_rows_are_pruned_and_what_waits_is_kept(world: InProcess) -> None:
    now = clock.system_now()
    with world.sessions.begin() as session:
        for days in (89, 91):
            old = now - timedelta(days=days)
            session.add(InboxEvent(handler="h", event_id=ids.new_id("evt"), received_at=old))
        for days in (29, 31):
            done = {"operation": "o", "request_hash": "", "done_at": now - timedelta(days=days)}
            session.add(CommandLog(command_id=str(ids.new_uuid()), **done))
        session.add_all([_park(True, 59), _park(True, 61), _park(False, 61)])
        for number, days in enumerate((13, 15, None)):
            then = now - timedelta(days=days or 15)
            first = retention.first_id(then)
            row = {"name": "n", "district_code": "370211", "subject": "s", "subject_version": number}
            row |= {"occurred_at": then, "recorded_at": then, "headers": {}, "payload": {}}
            session.add(OutboxEvent(id=first[:-1] + str(number), sent_at=then if days else None, **row))
    with world.sessions.begin() as session:
        assert retention.prune(session) == 4
        left = [len(list(session.scalars(select(one)))) for one in (InboxEvent, CommandLog, Parked, OutboxEvent)]
    assert left == [1, 1, 2, 2]
    with world.sessions.begin() as session:
        for row in session.scalars(select(OutboxEvent)):
            session.delete(row)


def test_an_inbox_that_forgets_too_early_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    retention.check()
    monkeypatch.setenv("INBOX_RETENTION_DAYS", "74")
    with pytest.raises(SystemExit):
        retention.check()


def test_a_process_that_lost_its_job_writes_nothing_more(world: InProcess) -> None:
    who = kit.actor("bureau")
    counter = world.call("make_counter", headers())["counter_id"]
    job = world.call("count_later", headers(who=who), counter_id=counter)["job_id"]
    first = jobrunner._claim(world.executor)
    assert first is not None
    with world.sessions.begin() as session:
        session.execute(update(Job).values(lease_until=clock.system_now() - timedelta(seconds=1)))
    second = jobrunner._claim(world.executor)
    assert second is not None
    with pytest.raises(RuntimeError), first.transaction():
        pass
    jobrunner._finish(world.executor, first, status="failed")
    jobrunner._finish(world.executor, second, status="done", result={})
    assert world.call("get_job", headers(who=who), job_id=job)["status"] == "done"


def test_a_job_of_the_system_is_shown_to_nobody(world: InProcess) -> None:
    job = world.call("count_later", headers(), counter_id=ids.new_id("cnt"))["job_id"]
    with world.sessions.begin() as session:
        session.execute(update(Job).where(Job.id == job).values(account_id=None, status="done"))
    with pytest.raises(NotFoundError):
        world.call("get_job", {}, job_id=job)


def test_a_command_id_that_is_none_is_refused(world: InProcess) -> None:
    with pytest.raises(InvalidError):
        world.call("make_counter", headers(key="nonsense"))


def test_an_event_with_a_foreign_id_is_poison(world: InProcess) -> None:
    told = {"cloudEvents_id": "x", "cloudEvents_source": "/370211/demo", "cloudEvents_type": "counter_raised"}
    told |= {"cloudEvents_subject": ids.new_id("cnt"), "cloudEvents_subjectversion": "1"}
    told |= {"cloudEvents_district": "370211", "cloudEvents_time": "2026-11-01T00:00:00+00:00"}
    letter = parking.Letter(queue=f"{NAME}.on_counter_raised", headers=told, body=b'{"counter_id": "c", "value": 1}')
    assert delivery.deliver(world.executor, "counter_raised", letter).word == "park"


def test_a_job_that_kills_its_process_each_time_fails_for_good(world: InProcess) -> None:
    who = kit.actor("bureau")
    job = world.call("count_later", headers(who=who), counter_id=ids.new_id("cnt"))["job_id"]
    for _ in range(jobrunner.MAX_ATTEMPTS + 1):
        jobrunner._claim(world.executor)
        with world.sessions.begin() as session:
            session.execute(update(Job).values(lease_until=clock.system_now() - timedelta(seconds=1)))
    assert world.call("get_job", headers(who=who), job_id=job)["status"] == "failed"
