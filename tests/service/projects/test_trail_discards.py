"""A parked event of the trail that an operator discards leaves a tombstone, in the same transaction."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from chassis import db
from chassis.events import Envelope
from chassis.runtime import parked_tool, parking
from chassis.runtime.inprocess import letter_of
from chassis.runtime.parking import Letter
from chassis.tables import Parked
from services.projects.service import SERVICE
from services.projects.trail import actions
from services.projects.trail.models import TrailEntry, TrailWaiting
from tests import kit
from tests.service.projects.trail_log import Log, envelope

QUEUE = "projects-trail.on_event"
OPERATOR = kit.actor("operator")


@pytest.fixture
def log(trail_key: Ed25519PrivateKey) -> Log:
    return Log()


def park(log: Log, letter: Letter) -> str:
    with log.trail.sessions.begin() as session:
        before = set(session.scalars(select(Parked.id)))
        parking.store(session, letter)
        (made,) = set(session.scalars(select(Parked.id))) - before
    return made


def park_the_second(log: Log, *, body: bytes | None = None, subject: str = "cas_a") -> tuple[str, Envelope]:
    """Of three events of one aggregate the middle one is parked; the third waits for it."""
    events = [envelope(subject, version) for version in (1, 2, 3)]
    log.hear(events[0], events[2])
    whole = letter_of(events[1], QUEUE)
    one = park(log, Letter(queue=QUEUE, headers=whole.headers, body=whole.body if body is None else body))
    return one, events[1]


def discard(log: Log, parked_id: str, reason: str = "不可解析") -> Any:
    return kit.Caller(log.host, OPERATOR)("projects.discard_parked", parked_id=parked_id, reason=reason)


def waiting(log: Log) -> int:
    with log.trail.sessions() as session:
        return len(list(session.scalars(select(TrailWaiting))))


@pytest.mark.parametrize("body", [None, b"\xff\x00", b"[1]"])
def test_a_discarded_event_keeps_its_place_and_lets_the_later_ones_in(log: Log, body: bytes | None) -> None:
    one, lost = park_the_second(log, body=body)
    assert (len(log.entries()), waiting(log)) == (1, 1)
    assert discard(log, one)["state"] == "discarded"
    assert [entry["tombstone"] for entry in log.entries()] == [False, True, False]
    assert log.entries()[1]["event_id"] == lost.id
    facts = log.receipt(1)["payload"]["facts"]
    assert (facts["discarded"], facts["reason"]) == (True, "不可解析")
    assert waiting(log) == 0


def test_a_tombstone_is_shown_to_those_whom_the_event_concerned(log: Log) -> None:
    one, _ = park_the_second(log)
    discard(log, one)
    for street, seen in ((kit.ZHUHAI, 3), (kit.CHANGJIANG, 0)):
        staff = kit.Caller(log.host, kit.actor("street_staff", streets=(street,)))
        assert len(staff("projects.list_trail_entries")["items"]) == seen


def test_a_group_is_discarded_with_a_tombstone_for_each(log: Log) -> None:
    park_the_second(log, subject="cas_a")
    park_the_second(log, subject="cas_b")
    operator = kit.Caller(log.host, OPERATOR)
    (group,) = operator("projects.list_parked_groups")["items"]
    assert group["count"] == 2
    reply = operator("projects.discard_parked_group", fingerprint=group["fingerprint"], reason="x")
    assert reply["count"] == 2
    assert [entry["tombstone"] for entry in log.entries()].count(True) == 2


def test_message_and_tombstone_are_settled_together_or_not_at_all(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    one, _ = park_the_second(log)

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("no tombstone")

    monkeypatch.setattr(actions, "discard_event", fail)
    with pytest.raises(RuntimeError):
        discard(log, one)
    with log.trail.sessions() as session:
        assert session.get_one(Parked, one).settled_at is None
    monkeypatch.undo()


def test_what_is_no_event_can_be_discarded_too(log: Log) -> None:
    huge = letter_of(envelope("cas_a", 2**70), QUEUE)
    for letter in (Letter(queue=QUEUE, headers={}, body=b"1"), huge):
        assert discard(log, park(log, letter))["state"] == "discarded"
    assert log.entries() == []


def test_a_replayed_event_is_entered_in_its_place(log: Log) -> None:
    one, lost = park_the_second(log)
    kit.Caller(log.host, OPERATOR)("projects.replay_parked", parked_id=one)
    log.host.settle()
    assert [entry["event_id"] for entry in log.entries()][1] == lost.id
    assert [entry["tombstone"] for entry in log.entries()] == [False] * 3


def test_a_message_of_another_queue_leaves_no_tombstone(log: Log) -> None:
    told = letter_of(envelope("cas_a", 1), "projects.on_account_opened")
    discard(log, park(log, told))
    assert log.entries() == []


def test_the_command_line_leaves_the_tombstone_too(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    one, _ = park_the_second(log)
    url = log.trail.sessions.kw["bind"].url
    monkeypatch.setattr(db, "database_url", lambda service: url)
    assert parked_tool.main(SERVICE, ["discard", one, "--reason", "x"]) == 0
    assert [entry["tombstone"] for entry in log.entries()] == [False, True, False]


def test_an_event_discarded_and_delivered_after_all_stays_discarded(log: Log) -> None:
    one, lost = park_the_second(log)
    discard(log, one)
    log.hear(lost)
    with log.trail.sessions() as session:
        rows = list(session.scalars(select(TrailEntry).where(TrailEntry.event_id == lost.id)))
    assert [row.tombstone for row in rows] == [True]
