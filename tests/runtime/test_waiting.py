"""The list of events that wait: read in order, taken off in batches, and a relay that publishes each of them once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

import psycopg2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.orm import Session

from chassis import clock, db, ids, tables
from chassis.runtime import migrate, relay, waiting
from chassis.tables import SENT_AT, WAITS, OutboxEvent
from tests.runtime.demo.service import SERVICE
from tests.runtime.world import server

pytestmark = pytest.mark.postgres
EMPTY = text("TRUNCATE outbox, outbox_waiting, outbox_sent")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    url = server().set(database=f"test_waiting_{os.getpid()}")
    migrate.create_database(url)
    made = db.make_engine(url, pool_size=3)
    tables.Base.metadata.create_all(made)
    yield made
    made.dispose()
    migrate.drop_database(url)


def rows(positions: Iterable[int]) -> list[dict[str, Any]]:
    now = clock.system_now()
    known = {"name": "counter_raised", "district_code": "370211", "occurred_at": now, "recorded_at": now}
    return [
        {**known, "id": ids.new_id("evt"), "position": each, "subject": f"s{each}", "subject_version": 1, "payload": {}}
        | {"headers": {"cloudEvents_id": f"evt_{each}"}}
        for each in positions
    ]


def fill(session: Session, positions: Iterable[int]) -> None:
    made = rows(positions)
    session.execute(EMPTY)
    if made:
        session.execute(insert(OutboxEvent), made)
        session.execute(text("INSERT INTO outbox_waiting SELECT position FROM outbox"))


def cursor(session: Session) -> Any:
    return session.connection().connection.cursor()


@given(st.sets(st.integers(1, 60)), st.lists(st.sets(st.integers(1, 60), min_size=1), max_size=4), st.integers(1, 70))
def test_an_event_either_waits_or_was_sent(
    engine: Engine, recorded: set[int], batches: list[set[int]], limit: int
) -> None:
    with Session(engine) as session:  # never committed
        fill(session, recorded)
        sent: set[int] = set()
        for batch in batches:
            waiting.mark(cursor(session), batch)
            sent |= batch & recorded
            open_ = sorted(recorded - sent)
            beside = set(open_[::3])
            read = waiting.read(cursor(session), beside=beside, limit=limit)
            assert [row.position for row in read] == [each for each in open_ if each not in beside][:limit]
        told = session.execute(select(OutboxEvent.position, WAITS, SENT_AT)).all()
        assert {position for position, waits, _ in told if waits} == recorded - sent
        assert {position for position, _, at in told if at is not None} == sent


def test_what_is_marked_twice_was_sent_when_it_was_marked_first(engine: Engine) -> None:
    with Session(engine) as session:
        fill(session, (1, 2, 3, 7))
        waiting.mark(cursor(session), (1, 2, 7))
        before = session.execute(text("SELECT * FROM outbox_sent")).all()
        waiting.mark(cursor(session), (1, 2, 7))
        assert session.execute(text("SELECT * FROM outbox_sent")).all() == before
        assert session.scalar(text("SELECT positions::text FROM outbox_sent")) == "{[1,3),[7,8)}"


def test_an_event_that_commits_late_is_not_passed_over(engine: Engine) -> None:
    """Positions are drawn before the commit: a later one may be sent already."""
    with Session(engine) as session:
        fill(session, (1, 3))
        waiting.mark(cursor(session), (1, 3))
        session.execute(insert(OutboxEvent), rows([2]))
        session.execute(text("INSERT INTO outbox_waiting VALUES (2)"))
        assert [row.position for row in waiting.read(cursor(session), beside=(), limit=10)] == [2]


def test_the_list_is_read_by_its_index_whatever_the_planner_believes(engine: Engine) -> None:
    with Session(engine) as session:
        fill(session, range(1, 3001))  # and no statistics yet
        with cursor(session) as ask:
            ask.execute(f"EXPLAIN {waiting.READ}", ([5, 6], 1000))
            plan = "\n".join(line for (line,) in ask.fetchall())
    assert "Seq Scan" not in plan
    assert "pk_outbox_waiting" in plan
    assert "uq_outbox_position" in plan


class Broker:
    """Stands in for the publisher: takes everything but what it is told to refuse, a number of times."""

    def __init__(self, refusing: dict[str, int]) -> None:
        self._refusing = refusing
        self._open: dict[int, dict[str, str]] = {}  # batch: the relay's key: message id
        self._sent = 0
        self.taken: list[str] = []
        self.most = 0

    def send(self, items: Iterable[Any]) -> int:
        self._sent += 1
        self._open[self._sent] = {key: message.properties["message_id"] for key, _, _, message, _ in items}
        self.most = max(self.most, len(self._open))
        return self._sent

    def settle(self, last: int) -> dict[str, str]:
        assert last == min(self._open), "batches are settled in their order"
        batch = self._open.pop(last)
        refused = {key: "full" for key, name in batch.items() if self._refusing.get(name, 0) > 0}
        for key in refused:
            self._refusing[batch[key]] -= 1
        self.taken += [name for key, name in batch.items() if key not in refused]
        return refused

    def keep_alive(self) -> None:
        assert not self._open


@pytest.fixture
def working(engine: Engine) -> Iterator[relay.Relay]:
    """A relay on this database that nobody runs: the test asks for each batch."""
    made = relay.Relay(SERVICE, lambda: False)
    made._database = psycopg2.connect(engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
    made._database.autocommit = True
    made._database.cursor().execute(waiting.PREPARE)
    yield made
    made._database.close()


def drain(engine: Engine, working: relay.Relay, broker: Broker, *, events: int) -> None:
    with Session(engine) as session:
        fill(session, range(1, events + 1))
        session.commit()
    working._publisher = broker  # type: ignore[assignment]
    while working._pump() or working._sent:
        pass


def waits(engine: Engine) -> list[int]:
    with Session(engine) as session:
        return list(session.scalars(text("SELECT position FROM outbox_waiting ORDER BY position")))


@pytest.mark.parametrize("events", [1, relay.BATCH, relay.BATCH * 3 + 7, relay.BATCH * (relay.IN_A_ROW + 3)])
def test_a_backlog_is_published_in_order_and_each_event_once(engine: Engine, working: relay.Relay, events: int) -> None:
    broker = Broker({})
    drain(engine, working, broker, events=events)
    assert broker.taken == [f"evt_{each}" for each in range(1, events + 1)]
    assert broker.most == min(relay.ON_THE_WIRE, -(-events // relay.BATCH))
    assert waits(engine) == []


def test_what_the_broker_refuses_waits_and_holds_up_nothing(engine: Engine, working: relay.Relay) -> None:
    broker = Broker({"evt_5": 2, f"evt_{relay.BATCH + 1}": 1})
    drain(engine, working, broker, events=relay.BATCH * 2)
    assert len(broker.taken) == relay.BATCH * 2 - 2
    assert waits(engine) == [5, relay.BATCH + 1]
    assert {position: tries for position, (_, tries) in working._held.items()} == {5: 1, relay.BATCH + 1: 1}
    working._held = {position: (0.0, tries) for position, (_, tries) in working._held.items()}  # its time has come
    working._pump()
    assert (waits(engine), broker.taken[-1]) == ([5], f"evt_{relay.BATCH + 1}")
    working._held = {position: (0.0, tries) for position, (_, tries) in working._held.items()}
    working._pump()
    assert (waits(engine), working._held) == ([], {})
