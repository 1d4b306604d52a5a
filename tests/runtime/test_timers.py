"""Timers that fail in their commit, where no savepoint can hold the error."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from chassis import clock, ids
from chassis.runtime import timers
from chassis.tables import Timer
from tests.runtime.demo.service import Effect
from tests.runtime.world import InProcess, headers

pytestmark = pytest.mark.postgres

FUSSY = """
CREATE FUNCTION refuse_unlucky() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.subject = '{counter}' THEN RAISE EXCEPTION 'not this one'; END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER unlucky AFTER INSERT ON effect DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION refuse_unlucky();
"""


@pytest.fixture
def world() -> Iterator[InProcess]:
    made = InProcess()
    yield made
    made.close()


def _ring(world: InProcess, counter: str) -> None:
    world.call("ring_later", headers(), counter_id=counter, seconds=0)


def test_a_timer_that_fails_in_its_commit_waits_and_lets_the_later_ones_fire(
    world: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "RETRY_SECONDS", (3600,))  # on a busy machine five seconds are over at once
    unlucky, later = ids.new_id("cnt"), ids.new_id("cnt")
    with world.sessions.begin() as session:
        session.execute(text(FUSSY.format(counter=unlucky)))
    _ring(world, unlucky)
    _ring(world, later)
    before = clock.system_now()
    assert timers.fire_due(world.executor) == 2
    with world.sessions() as session:
        found = {row.payload["counter_id"]: row for row in session.scalars(select(Timer))}
        rang = list(session.scalars(select(Effect.subject).where(Effect.kind == "rang")))
    assert rang == [later]
    assert found[later].fired_at is not None
    waits = found[unlucky]
    assert (waits.fired_at, waits.attempts, "not this one" in str(waits.error)) == (None, 1, True)
    assert waits.retry_at is not None
    assert waits.retry_at - before >= timedelta(seconds=timers.RETRY_SECONDS[0])
    with world.sessions.begin() as session:
        session.execute(text("DROP TRIGGER unlucky ON effect"))
        session.get_one(Timer, waits.id).retry_at = before
    assert timers.fire_due(world.executor) == 1
