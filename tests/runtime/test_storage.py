"""What the seam promises of its tables: retention, jobs that change hands, replays, broken ids."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from chassis import clock, ids, tables
from chassis.errors import InvalidError, NotFoundError
from chassis.runtime import delivery, jobrunner, parking, retention
from chassis.tables import CommandLog, InboxEvent, Job, OutboxEvent, OutboxSent, OutboxWaiting, Parked
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
    with world.sessions.begin() as session:
        assert retention.prune(session) == 3
        left = [len(list(session.scalars(select(one)))) for one in (InboxEvent, CommandLog, Parked)]
    assert left == [1, 1, 2]


def _record(session: Session, name: str, *, recorded: int, sent: int | None, how: str) -> None:
    """An event, and what is told of its sending, both so many days ago."""
    then = clock.system_now() - timedelta(days=recorded)
    at = None if sent is None else clock.system_now() - timedelta(days=sent)
    position: int = session.scalar(tables.POSITION.next_value()) or 0
    row = {"district_code": "370211", "subject": name, "subject_version": 1, "headers": {}, "payload": {}}
    row |= {"occurred_at": then, "recorded_at": then, "sent_at": at if how == "column" else None}
    session.add(OutboxEvent(id=retention.first_id(then)[:-4] + f"{position:04d}", position=position, name=name, **row))
    if at is None:
        session.add(OutboxWaiting(position=position))
    elif how == "batch":
        session.execute(
            text("INSERT INTO outbox_sent VALUES (:at, :one, int8multirange(int8range(:one, :one, '[]')))"),
            {"at": at, "one": position},
        )


@pytest.mark.parametrize(
    ("recorded", "sent", "how", "kept"),
    [
        (13, 13, "batch", True),
        (15, 15, "batch", False),
        (15, 1, "batch", True),  # it waited for two weeks: who asks when it was sent is told
        (15, None, "batch", True),
        (15, 15, "column", False),  # by the release before
        (15, 1, "column", True),
        (15, 15, "batch gone", False),
    ],
)
def test_an_event_is_kept_while_it_waits_and_for_a_time_after(
    world: InProcess, recorded: int, sent: int | None, how: str, kept: bool
) -> None:
    with world.sessions.begin() as session:
        for model in (OutboxEvent, OutboxWaiting, OutboxSent):
            session.execute(delete(model))
        _record(session, "asked", recorded=recorded, sent=sent, how=how)
        _record(session, "newest", recorded=0, sent=0, how="batch")
    with world.sessions.begin() as session:
        retention.prune(session)
        names = set(session.scalars(select(OutboxEvent.name)))
        batches = len(session.scalars(select(OutboxSent)).all())
        for model in (OutboxEvent, OutboxWaiting, OutboxSent):
            session.execute(delete(model))
    assert names == {"newest"} | ({"asked"} if kept else set())
    assert batches == 1 + (kept and sent is not None and how == "batch")


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
