"""Outbox, inbox and versions against a model of them: any order of recording, relaying, dying and delivering.

The system is the real one on PostgreSQL, without a broker: the machine below is the broker, and an unkind one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, sessionmaker
from structlog.testing import capture_logs

from chassis import config, context, db, outbox, tables
from chassis.actor import system_actor
from chassis.context import Context
from chassis.events import Envelope
from chassis.runtime import migrate, waiting
from chassis.runtime.delivery import deliver
from chassis.runtime.execute import Executor
from chassis.runtime.inprocess import envelope_of, letter_of
from chassis.tables import WAITS, InboxEvent, OutboxEvent, OutboxSent, OutboxWaiting, SubjectVersion
from tests.faults.pair.service import BACK, Base, Effect, Healed, Known, TallyRaised

pytestmark = pytest.mark.postgres
EXAMPLES = int(os.environ.get("FAULTS_MODEL_EXAMPLES", "6"))
SUBJECTS = ("a", "b", "c")
TABLES = (Effect, Known, Healed, InboxEvent, OutboxEvent, OutboxWaiting, OutboxSent, SubjectVersion)


@pytest.fixture
def sessions() -> Iterator[sessionmaker[Session]]:
    url = db.database_url(BACK.name).set(database=f"test_model_{os.getpid()}")
    migrate.create_database(url)
    engine = db.make_engine(url, pool_size=2)
    for metadata in (tables.Base.metadata, Base.metadata):
        metadata.create_all(engine)
    yield db.make_sessions(engine)
    engine.dispose()
    migrate.drop_database(url)


class Bus(RuleBasedStateMachine):
    """The model: what was recorded, what the broker holds, what was applied."""

    sessions: ClassVar[sessionmaker[Session]]
    on_the_wire = Bundle("on_the_wire")

    def __init__(self) -> None:
        super().__init__()
        self.executor = Executor(BACK, self.sessions, None)
        self.values = dict.fromkeys(SUBJECTS, 0)
        self.events: dict[str, Envelope] = {}
        self.sent: set[str] = set()
        self.applied: dict[str, Envelope] = {}
        self.well = False
        with self.sessions.begin() as session:
            for table in TABLES:
                session.execute(delete(table))

    @rule(subject=st.sampled_from(SUBJECTS), mood=st.sampled_from(["ok", "ok", "fail_back"]), commits=st.booleans())
    def record(self, subject: str, mood: str, commits: bool) -> None:
        """A fact and its event, or neither."""
        with self.sessions() as session:
            actor = system_actor("model", "370211")
            context.bind(session, Context(service="front", actor=actor, trace_id="0" * 32))
            value = self.values[subject] + 1
            event = outbox.record(session, TallyRaised(tally_id=subject, value=value, mood=mood))
            envelope = envelope_of(session.get_one(OutboxEvent, event))
            if commits:
                session.commit()
                self.values[subject] = value
                self.events[envelope.id] = envelope

    @rule(target=on_the_wire, marks=st.booleans(), few=st.integers(1, 5))
    def relay(self, marks: bool, few: int) -> list[Envelope]:
        """Publish what is unsent; without the mark the relay has died in between, and will publish it again."""
        unsent = select(OutboxEvent).where(WAITS).order_by(OutboxEvent.position).limit(few)
        with self.sessions.begin() as session:
            rows = [row for row in session.scalars(unsent) if row.id in self.events]
            if marks:
                waiting.mark(session.connection().connection.cursor(), [row.position for row in rows])
                self.sent.update(row.id for row in rows)
            return [envelope_of(row) for row in rows]

    @rule(batch=on_the_wire, order=st.randoms(use_true_random=False), times=st.integers(1, 3))
    def deliver(self, batch: list[Envelope], order: Any, times: int) -> None:
        """In any order, any number of times, long after it was published."""
        letters = batch * times
        order.shuffle(letters)
        for envelope in letters:
            fails = envelope.payload["mood"] == "fail_back" and not self.well and envelope.id not in self.applied
            verdict = deliver(self.executor, "tally_raised", letter_of(envelope, BACK.queue_of("tally_raised")))
            assert (verdict.word == "done") == (not fails), verdict
            if not fails:
                self.applied[envelope.id] = envelope

    @rule()
    def fall_ill_or_heal(self) -> None:
        """Whether handlers fail on the mood ``fail_back`` from now on."""
        self.well = not self.well
        with self.sessions.begin() as session:
            session.execute(delete(Healed))
            if self.well:
                session.add(Healed(mood="fail_back"))

    @invariant()
    def the_books_say_what_the_model_says(self) -> None:
        with self.sessions() as session:
            self._each_applied_event_had_one_effect_and_no_other_had_any(session)
            self._versions_are_gapless(session)
            self._what_is_not_marked_waits(session)
            self._the_copy_is_what_the_newest_applied_event_said(session)

    def _each_applied_event_had_one_effect_and_no_other_had_any(self, session: Session) -> None:
        counted = select(Effect.key, func.count()).where(Effect.kind == "raised").group_by(Effect.key)
        assert dict(session.execute(counted).all()) == dict.fromkeys(self.applied, 1)

    def _versions_are_gapless(self, session: Session) -> None:
        """Back's answers share the subjects' counters here: both kinds of event together have no gap."""
        kept = func.array_agg(OutboxEvent.subject_version)
        for subject, versions in session.execute(select(OutboxEvent.subject, kept).group_by(OutboxEvent.subject)):
            assert sorted(versions) == list(range(1, len(versions) + 1)), subject

    def _what_is_not_marked_waits(self, session: Session) -> None:
        waiting = set(session.scalars(select(OutboxEvent.id).where(WAITS)))
        assert waiting & self.events.keys() == self.events.keys() - self.sent

    def _the_copy_is_what_the_newest_applied_event_said(self, session: Session) -> None:
        newest: dict[str, int] = {}
        for envelope in self.applied.values():
            newest[envelope.subject] = max(newest.get(envelope.subject, 0), envelope.payload["value"])
        assert dict(session.execute(select(Known.id, Known.value)).all()) == newest


def test_the_system_does_what_the_model_says(sessions: sessionmaker[Session]) -> None:
    assert config.RETRY_LIMIT.get() > 0  # a failing event is retried, not parked, in this model
    Bus.sessions = sessions
    slow = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    drawn = settings(
        max_examples=EXAMPLES,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=slow,
        derandomize="FAULTS_MODEL_EXAMPLES" not in os.environ,
        database=None,
    )
    with capture_logs():  # a failing handler's traceback, printed each time, takes longer than the handler
        run_state_machine_as_test(Bus, settings=drawn)
