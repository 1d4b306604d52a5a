"""What the trail adds to a trace: entries, gaps, and what is left of an event whose outbox row is gone."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis import ids
from chassis.events import Envelope
from chassis.runtime import tracing
from chassis.runtime.tracing import Source
from chassis.tracing import Step, Thread, tree
from services.projects.service import TRAIL
from services.projects.trail.tracing import FOLLOWER
from tests import kit
from tests.service.projects.trail_log import Log, envelope


@pytest.fixture
def log(trail_key: Ed25519PrivateKey) -> Log:
    return Log()


@pytest.fixture
def sources(log: Log) -> list[Source]:
    return [Source(service=TRAIL, sessions=log.trail.sessions)]


def told(log: Log, event: Envelope) -> list[Step]:
    """What the trail itself says of one event."""
    with log.trail.sessions() as session:
        return FOLLOWER.follow(session, Thread(trace_id="", events={event.id: event.name}, districts=(kit.DISTRICT,)))


def test_an_event_is_followed_to_its_entry_when_nothing_else_is_left(log: Log, sources: list[Source]) -> None:
    event = envelope("cas_a", 1, note="演示文字")
    log.hear(event)
    (root,) = tree(tracing.follow_event(sources, event.id, kit.DISTRICT))
    (handled,) = root.children
    (entry,) = handled.children
    assert (root.step.kind, root.step.name, root.step.status) == ("event", "case_agreed", "pruned")
    assert (handled.step.name, entry.step.details["index"]) == ("projects-trail.on_event", 0)
    assert handled.step.at is not None
    assert entry.step.at is not None
    assert "演示文字" not in str(root)
    assert tracing.follow_event(sources, ids.new_id("evt"), kit.DISTRICT) == []


def test_an_event_that_waits_for_an_earlier_one_is_told_as_waiting(log: Log) -> None:
    later = envelope("cas_a", 2)
    log.hear(later)
    (waiting,) = told(log, later)
    assert (waiting.status, waiting.details["version"]) == ("waiting", 2)
    log.hear(envelope("cas_a", 1))
    (entry,) = told(log, later)
    assert (entry.status, entry.details["index"]) == ("done", 1)
