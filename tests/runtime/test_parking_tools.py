"""Replay and discard on a real broker, by the relay's own process and by the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import amqp
import psycopg2
import pytest
from sqlalchemy import func, select, update

from chassis import clock, ids
from chassis.runtime import health, parking, replay, topology
from chassis.runtime.parking import Letter
from chassis.runtime.publisher import Publisher
from chassis.runtime.replay import Replays
from chassis.tables import Parked, Retrying
from tests import kit
from tests.runtime.demo.service import Effect
from tests.runtime.world import ROOT, Processes, broker_left_as_found, effects, headers, parked

pytestmark = [pytest.mark.postgres, pytest.mark.rabbitmq]
OPERATOR = kit.actor("operator")


@pytest.fixture(scope="module", autouse=True)
def _broker() -> Iterator[None]:
    with broker_left_as_found():
        yield


@pytest.fixture(scope="module")
def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    made = Processes(tmp_path_factory.mktemp("demo"))
    try:
        made.start("serve", "relay")
        yield made
    finally:
        made.close()


@pytest.fixture
def world(_world: Processes) -> Iterator[Processes]:
    """Both processes run again afterwards, and nothing is parked."""
    yield _world
    _world.start(*({"serve", "relay"} - set(_world.running)))
    with _world.sessions.begin() as session:
        for model in (Parked, Retrying, Effect):
            for row in session.scalars(select(model)):  # type: ignore[var-annotated]
                session.delete(row)


def queue_of(world: Processes) -> str:
    return f"{world.name}.on_counter_raised"


def raised(world: Processes, **how: Any) -> str:
    counter: str = world.call("make_counter", headers())["counter_id"]
    world.call("raise_counter", headers(), counter_id=counter, **how)
    return counter


def park(world: Processes, count: int = 1) -> list[str]:
    assert not parked(world), "something of another test came late"
    counters = [raised(world, mood="shut") for _ in range(count)]
    world.eventually(lambda: len(parked(world)) == count)
    return counters


def open_up(world: Processes) -> None:
    with world.sessions.begin() as session:
        session.add(Effect(kind="opened", subject="", note={}))


def store(world: Processes, letter: Letter) -> str:
    with world.sessions.begin() as session:
        parking.store(session, letter)
    return next(row.id for row in parked(world) if row.body == letter.body)


def tool(world: Processes, *arguments: str, code: int = 0) -> str:
    """The command line as an operator types it."""
    argv = [sys.executable, "-m", "tests.runtime.demo", "parked", *arguments]
    done = subprocess.run(argv, cwd=ROOT, env=world.env | {"LOG_LEVEL": "WARNING"}, capture_output=True, check=False)
    assert done.returncode == code, done.stderr.decode()
    return (done.stdout or done.stderr).decode()


def retrying(world: Processes) -> int:
    with world.sessions() as session:
        return session.scalar(select(func.count()).select_from(Retrying)) or 0


def state_of(world: Processes, parked_id: str) -> tuple[str | None, str | None]:
    (row,) = parked(world, id=parked_id)
    return row.settled_as, row.settled_by


def get_one(world: Processes, queue: str) -> amqp.Message:
    found: list[Any] = []

    def came() -> bool:
        with topology.connection(world.uri) as conn, conn.channel() as channel:
            message = channel.basic_get(queue, no_ack=True)
            if message is not None:
                found.append(message)
        return bool(found)

    world.eventually(came)
    return found[0]


def test_a_retry_is_counted_while_it_waits_and_not_once_it_is_applied(world: Processes) -> None:
    counter = raised(world, mood="shut")
    world.eventually(lambda: retrying(world) == 1)
    open_up(world)
    world.eventually(lambda: effects(world, "raised", counter) == 1)
    assert retrying(world) == 0
    assert not parked(world)


def test_a_group_is_replayed_by_the_relay_and_has_its_effect_once(world: Processes) -> None:
    counters = park(world, 3)
    assert retrying(world) == 0
    open_up(world)
    (group,) = world.call("list_parked_groups", headers(who=OPERATOR))["items"]
    assert group["count"] == 3
    world.call("replay_parked_group", headers(who=OPERATOR), fingerprint=group["fingerprint"])
    world.eventually(lambda: all(effects(world, "raised", one) == 1 for one in counters))
    world.eventually(lambda: len(parked(world, settled_as="replayed", settled_by=OPERATOR.account_id)) == 3)
    assert len(parked(world)) == 3


def test_a_replay_of_what_was_applied_already_has_no_second_effect(world: Processes) -> None:
    counter = park(world)[0]
    (row,) = parked(world)
    again = Letter(queue=row.queue, headers=row.headers, body=row.body + b" ", message_id=row.event_id)
    open_up(world)
    tool(world, "replay", row.id)
    world.eventually(lambda: effects(world, "raised", counter) == 1)
    other = store(world, again)
    tool(world, "replay", other)
    world.eventually(lambda: state_of(world, other)[0] == "replayed")
    world.eventually(lambda: world.waiting(queue_of(world)) == 0)
    assert world.stop("serve") == 0, "drained: whatever was delivered was handled"
    assert world.waiting(queue_of(world)) == 0
    assert effects(world, "raised", counter) == 1
    assert not parked(world, settled_at=None)


def test_the_message_goes_back_byte_for_byte_with_its_own_headers(world: Processes) -> None:
    world.stop("serve")
    told = {"cloudEvents_id": ids.new_id("evt"), "cloudEvents_type": "counter_raised", "mine": [1, {"a": None}]}
    failed = {parking.ATTEMPT: 5, parking.ERROR: "e", parking.FINGERPRINT: "0" * 64, parking.REPLAY: "an earlier one"}
    letter = Letter(queue=queue_of(world), headers=told | failed, body=b"\xff\x00 \r\n", content_type="text/plain")
    row = store(world, letter)
    tool(world, "replay", row)
    message = get_one(world, queue_of(world))
    assert bytes(message.body) == letter.body
    assert parking.own_headers(message.headers) == told | {parking.REPLAY: row}
    known = {name: message.properties[name] for name in ("message_id", "content_type", "type", "delivery_mode")}
    wanted = {"message_id": told["cloudEvents_id"], "content_type": "text/plain"}
    assert known == wanted | {"type": "counter_raised", "delivery_mode": 2}
    world.eventually(lambda: state_of(world, row)[0] == "replayed")


def test_poison_may_be_replayed_and_parks_again_or_be_discarded(world: Processes) -> None:
    world.publish(queue_of(world), b"\xff\x00", content_type="text/plain")
    world.eventually(lambda: len(parked(world)) == 1)
    (first,) = parked(world)
    tool(world, "replay", first.id)
    world.eventually(lambda: len(parked(world)) == 2)
    (second,) = [row for row in parked(world) if row.id != first.id]
    assert (second.body, second.fingerprint) == (first.body, first.fingerprint)
    assert second.headers[parking.REPLAY] == first.id
    tool(world, "discard", second.id, "--reason", "不是事件 no event")
    assert state_of(world, second.id)[0] == "discarded"


def pumped(world: Processes, publisher: Publisher) -> int:
    """One turn of the relay's other work, here instead of in its process."""
    url = world.url.set(drivername="postgresql").render_as_string(hide_password=False)
    database = psycopg2.connect(url)
    database.autocommit = True
    try:
        return Replays(publisher).pump(database, busy=False)
    finally:
        database.close()


@pytest.fixture
def publisher(world: Processes) -> Iterator[Publisher]:
    made = Publisher(world.uri, stopping=lambda: False)
    yield made
    made.close()


def crash_before_the_mark(world: Processes, publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(replay, "mark_sent", crash)
        with pytest.raises(KeyboardInterrupt):
            pumped(world, publisher)


def test_a_crash_between_publishing_and_marking_doubles_nothing(
    world: Processes, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    (counter,) = park(world)
    (row,) = parked(world)
    world.stop("relay")
    open_up(world)
    tool(world, "replay", row.id)
    crash_before_the_mark(world, publisher, monkeypatch)
    world.eventually(lambda: effects(world, "raised", counter) == 1)
    assert state_of(world, row.id) == (None, None)
    world.start("relay")  # publishes it again
    world.eventually(lambda: state_of(world, row.id)[0] == "replayed")
    world.eventually(lambda: world.waiting(queue_of(world)) == 0)
    assert world.stop("serve") == 0
    assert effects(world, "raised", counter) == 1
    assert not parked(world, settled_at=None)


def test_two_copies_that_fail_again_park_as_one(
    world: Processes, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    park(world)
    (row,) = parked(world)
    world.stop("relay")
    before = world.log("serve").count("event_parked")
    tool(world, "replay", row.id)
    crash_before_the_mark(world, publisher, monkeypatch)
    crash_before_the_mark(world, publisher, monkeypatch)
    world.start("relay")
    world.eventually(lambda: state_of(world, row.id)[0] == "replayed")
    world.eventually(lambda: world.log("serve").count("event_parked") == before + 3)
    assert world.stop("serve") == 0, "drained: what was parked is in the table"
    assert world.waiting(f"park.{world.name}") == 0
    assert len(parked(world)) == 2


def test_what_cannot_be_sent_keeps_nothing_else_from_being_sent(world: Processes, publisher: Publisher) -> None:
    open_up(world)
    world.stop("relay")
    known = {
        "cloudEvents_specversion": "1.0",
        "cloudEvents_source": "/370211/demo",
        "cloudEvents_type": "counter_raised",
        "cloudEvents_district": "370211",
    }
    known |= {"cloudEvents_time": "2026-11-01T00:00:00+00:00", "cloudEvents_subject": "s"}
    good = known | {"cloudEvents_id": ids.new_id("evt"), "cloudEvents_subjectversion": 1}
    body = b'{"counter_id": "c", "value": 1}'
    sound = store(world, Letter(queue=queue_of(world), headers=good, body=body))
    unsendable = store(world, Letter(queue=queue_of(world), headers={"k" * 300: 1}, body=b"2"))
    large = store(world, Letter(queue=queue_of(world), headers={"k": "v" * 200_000}, body=b"3"))
    lost = store(world, Letter(queue=f"{world.name}.on_nothing", headers={}, body=b"4"))
    odd = store(world, Letter(queue=queue_of(world), headers={"cloudEvents_type": "t" * 300}, body=b"5"))
    tool(world, "replay", "--all")
    assert pumped(world, publisher) == 5
    assert [state_of(world, one)[0] for one in (sound, odd)] == ["replayed", "replayed"]
    refusals = [parked(world, id=one)[0].refusal or "" for one in (unsendable, large, lost)]
    assert [text.split(":")[0] for text in refusals] == [
        "headers cannot be sent",
        "headers are too large for a frame",
        "returned",
    ]
    world.eventually(lambda: effects(world, "raised", "c") == 1)
    # the odd one is poison: it comes back, and must not be found by the next test
    world.eventually(lambda: any(row.body == b"5" and row.settled_at is None for row in parked(world)))
    tool(world, "discard", "--all", "--reason", "seen")


def test_events_of_one_id_parked_twice_are_sent_one_after_the_other(world: Processes, publisher: Publisher) -> None:
    """The broker names a returned message by its id: two of one id must not share a batch."""
    world.stop("relay")
    told = {"cloudEvents_id": ids.new_id("evt")}
    store(world, Letter(queue=queue_of(world), headers=told, body=b"1"))
    lost = store(world, Letter(queue=f"{world.name}.on_nothing", headers=told, body=b"2"))
    tool(world, "replay", "--all")
    assert [pumped(world, publisher), pumped(world, publisher), pumped(world, publisher)] == [1, 1, 0]
    assert parked(world, id=lost)[0].refusal == "returned: no queue is bound"
    # the first is no event: it comes back, and must not be found by the next test
    world.eventually(lambda: any(row.body == b"1" and row.settled_at is None for row in parked(world)))


def test_the_command_line_lists_shows_and_settles(world: Processes) -> None:
    park(world, 2)
    (group,) = json.loads(tool(world, "--json"))
    assert (group["count"], group["error"]) == (2, "LookupError: still shut")
    short = group["fingerprint"][:12]
    assert short in tool(world)
    rows = json.loads(tool(world, "list", "--group", short, "--json"))
    first = parked(world, id=rows[0]["parked_id"])[0]
    assert "LookupError: still shut" in tool(world, "list")
    assert '"mood": "shut"' in tool(world, "show", first.id)
    assert tool(world, "show", first.id, "--raw").encode() == first.body
    assert "已丢弃 discarded: 2" in tool(world, "discard", "--group", short, "--reason", "不再需要")
    assert all((row.settled_by or "").startswith("cli:") for row in parked(world, reason="不再需要"))
    assert "[parked_settled]" in tool(world, "discard", "--group", short, "--reason", "again", code=1)
    assert "[parked_settled]" in tool(world, "replay", first.id, code=1)
    assert "[parked_group_not_found]" in tool(world, "replay", "--group", "000000", code=1)
    assert "[parked_not_found]" in tool(world, "show", ids.new_id("prk"), code=1)
    assert "nothing parked" in tool(world)
    assert "--reason" in tool(world, "discard", first.id, code=2)
    assert "one of the arguments" in tool(world, "replay", code=2)


def test_an_expired_message_is_refused_by_the_command_line_too(world: Processes) -> None:
    row = store(world, Letter(queue=queue_of(world), headers={}, body=b"1"))
    with world.sessions.begin() as session:
        then = clock.system_now() - timedelta(days=61)
        session.execute(update(Parked).where(Parked.id == row).values(parked_at=then))
    assert "expired" in tool(world, "list")
    assert "[parked_expired]" in tool(world, "replay", row, code=1)
    assert "left alone: 1" in tool(world, "replay", "--all")


@pytest.mark.parametrize("command", ["relay", "parked", "serve"])
def test_no_process_starts_with_an_inbox_that_forgets_too_early(world: Processes, command: str) -> None:
    argv = [sys.executable, "-m", "tests.runtime.demo", command]
    env = world.env | {"INBOX_RETENTION_DAYS": "74"}
    done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, check=False, timeout=180)
    assert done.returncode == 1
    assert b"INBOX_RETENTION_DAYS must exceed" in done.stderr


def test_the_broker_tells_depths_consumers_and_what_is_missing(world: Processes) -> None:
    world.stop("serve")
    world.publish(queue_of(world), b"1")
    found = health.look_at(world.uri, [queue_of(world), f"{world.name}.on_nothing"])
    world.eventually(lambda: health.look_at(world.uri, [queue_of(world)])[queue_of(world)] == health.QueueLook(1, 0))
    assert found[f"{world.name}.on_nothing"] is None
    get_one(world, queue_of(world))


def test_a_replay_is_logged_without_what_the_message_says(world: Processes) -> None:
    secret = store(world, Letter(queue=queue_of(world), headers={}, body=b"secret of the parked"))
    tool(world, "replay", secret)
    world.eventually(lambda: state_of(world, secret)[0] == "replayed")
    assert "secret of the parked" not in world.log("relay")
