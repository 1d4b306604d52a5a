"""What an operator sees of parking and may decide; moved timestamps instead of waiting."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, select, update

from chassis import clock, ids
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chassis.runtime import delivery, inprocess, parking, retention
from chassis.runtime.delivery import Verdict
from chassis.runtime.parking import Letter
from chassis.tables import OutboxEvent, Parked, Retrying
from tests import kit
from tests.runtime.demo.service import NAME, Effect
from tests.runtime.world import InProcess, command_id, effects, headers, parked

pytestmark = pytest.mark.postgres
QUEUE = f"{NAME}.on_counter_raised"
OPERATOR = kit.actor("operator")


@pytest.fixture(autouse=True)
def _few_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENT_RETRY_LIMIT", "1")


@pytest.fixture(scope="module")
def _world() -> Iterator[InProcess]:
    made = InProcess()
    yield made
    made.close()


@pytest.fixture
def world(_world: InProcess) -> InProcess:
    with _world.sessions.begin() as session:
        for model in (Parked, Retrying, Effect):
            for row in session.scalars(select(model)):  # type: ignore[var-annotated]
                session.delete(row)
    return _world


def ask(world: InProcess, method: str, *, who: Actor = OPERATOR, key: str | None = None, **kwargs: Any) -> Any:
    return world.call(method, headers(who=who, key=key), **kwargs)


def park(world: InProcess, *, mood: str = "shut", count: int = 1) -> list[str]:
    """Events that failed until they were parked; the ids of their parked rows, oldest first."""
    before = {row.id for row in parked(world)}
    for _ in range(count):
        counter = world.call("make_counter", headers())["counter_id"]
        world.call("raise_counter", headers(), counter_id=counter, mood=mood)
        world.host.settle()
    rows = [row for row in parked(world) if row.id not in before]
    return [row.id for row in sorted(rows, key=lambda row: row.parked_at)]


def open_up(world: InProcess) -> None:
    """The defect is mended."""
    with world.sessions.begin() as session:
        session.add(Effect(kind="opened", subject="", note={}))


def store(world: InProcess, letter: Letter) -> Parked:
    before = {row.id for row in parked(world)}
    with world.sessions.begin() as session:
        parking.store(session, letter)
    (row,) = [row for row in parked(world) if row.id not in before]
    return row


def move(world: InProcess, parked_id: str, **values: Any) -> None:
    with world.sessions.begin() as session:
        session.execute(update(Parked).where(Parked.id == parked_id).values(values))


def ago(**since: float) -> datetime:
    return clock.system_now() - timedelta(**since)


def state_of(world: InProcess, parked_id: str) -> str:
    found: str = ask(world, "get_parked", parked_id=parked_id)["state"]
    return found


# looking --------------------------------------------------------------------------------------------------------


def test_messages_are_grouped_by_what_failed(world: InProcess) -> None:
    park(world, mood="fail", count=2)
    park(world, count=3)
    groups = ask(world, "list_parked_groups")["items"]
    assert [(group["queue"], group["error"], group["count"]) for group in groups] == [
        (QUEUE, "LookupError: still shut", 3),
        (QUEUE, "RuntimeError: the handler does not like it", 2),
    ]
    assert all(group["first_parked_at"] <= group["last_parked_at"] for group in groups)


def test_groups_and_messages_come_in_pages(world: InProcess) -> None:
    park(world, mood="fail")
    made = park(world, count=3)
    first = ask(world, "list_parked_groups", limit=1)
    second = ask(world, "list_parked_groups", limit=1, cursor=first["next_cursor"])
    assert [page["items"][0]["count"] for page in (first, second)] == [3, 1]
    assert second["next_cursor"] is None
    wanted = {"fingerprint": first["items"][0]["fingerprint"], "limit": 2}
    page = ask(world, "list_parked", **wanted)
    rest = ask(world, "list_parked", cursor=page["next_cursor"], **wanted)
    assert [row["parked_id"] for row in (*page["items"], *rest["items"])] == made[::-1]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("cursor", ["x", "MjAyNi0wMS0wMSBwcms", "//", "é"])
def test_a_cursor_that_is_none_is_refused(world: InProcess, cursor: str) -> None:
    with pytest.raises(InvalidError) as caught:
        ask(world, "list_parked", cursor=cursor)
    assert caught.value.code == "cursor_invalid"


def test_a_message_is_shown_with_its_headers_and_its_body(world: InProcess) -> None:
    (one,) = park(world)
    found = ask(world, "get_parked", parked_id=one)
    assert found["encoding"] == "text"
    assert '"mood":"shut"' in found["body"]
    assert found["headers"]["cloudEvents_type"] == found["event"] == "counter_raised"
    binary = store(world, Letter(queue=QUEUE, headers={}, body=b"\xff\x00"))
    assert ask(world, "get_parked", parked_id=binary.id)["body"] == "/wA="


def test_a_long_body_is_cut_where_it_is_shown_only(world: InProcess) -> None:
    row = store(world, Letter(queue=QUEUE, headers={}, body="足".encode() * 100_000))
    found = ask(world, "get_parked", parked_id=row.id)
    assert found["truncated"] is True
    assert len(found["body"]) == 256 * 1024 // 3
    assert found["body_bytes"] == len(row.body) == 300_000


def test_an_operator_sees_the_messages_of_the_district_and_those_of_none(world: InProcess) -> None:
    (ours,) = park(world)
    told = {"cloudEvents_district": "370202"}
    theirs = store(world, Letter(queue=QUEUE, headers=told, body=b"1"))
    nobodys = store(world, Letter(queue=QUEUE, headers={}, body=b"2"))
    seen = {row["parked_id"] for row in ask(world, "list_parked")["items"]}
    assert seen == {ours, nobodys.id}
    for method in ("get_parked", "replay_parked"):
        with pytest.raises(NotFoundError):
            ask(world, method, parked_id=theirs.id)
    assert ask(world, "discard_all_parked", reason="x")["count"] == 2
    assert state_of(world, nobodys.id) == "discarded"


def test_only_operators_of_the_whole_district_may(world: InProcess) -> None:
    for who in (kit.actor("bureau"), kit.actor("operator", streets=(kit.ZHUHAI,))):
        with pytest.raises(ForbiddenError):
            ask(world, "list_parked", who=who)


# deciding -------------------------------------------------------------------------------------------------------


def test_a_group_is_replayed_once_and_has_its_effect_once(world: InProcess) -> None:
    made = park(world, count=3)
    other = park(world, mood="fail")
    open_up(world)
    (group,) = [one for one in ask(world, "list_parked_groups")["items"] if one["count"] == 3]
    key = command_id()
    for _ in range(2):  # the same key answers the same
        reply = ask(world, "replay_parked_group", key=key, fingerprint=group["fingerprint"])
        assert reply == {"count": 3, "remaining": 0, "expired": 0}
    assert {state_of(world, one) for one in made} == {"replaying"}
    assert ask(world, "get_bus_state")["replaying"] == 3
    world.host.settle()
    assert effects(world, "raised") == 3
    for one in made:
        found = ask(world, "get_parked", parked_id=one)
        assert (found["state"], found["settled_by"]) == ("replayed", OPERATOR.account_id)
    assert [state_of(world, one) for one in other] == ["waiting"]
    with pytest.raises(ConflictError) as caught:
        ask(world, "replay_parked_group", fingerprint=group["fingerprint"])
    assert caught.value.code == "parked_settled"


def test_what_fails_again_is_parked_again_as_another_row(world: InProcess) -> None:
    (one,) = park(world)
    assert ask(world, "replay_parked", parked_id=one) == {"parked_id": one, "state": "replaying"}
    world.host.settle()
    assert state_of(world, one) == "replayed"
    (again,) = [row["parked_id"] for row in ask(world, "list_parked")["items"]]
    assert ask(world, "get_parked", parked_id=again)["headers"][parking.REPLAY] == one
    open_up(world)
    ask(world, "replay_all_parked")
    world.host.settle()
    assert effects(world, "raised") == 1
    assert ask(world, "list_parked")["items"] == []
    assert {row["parked_id"] for row in ask(world, "list_parked", settled=True)["items"]} == {one, again}


@pytest.mark.parametrize("method", ["replay_parked", "discard_parked"])
def test_a_settled_message_stays_as_it_is(world: InProcess, method: str) -> None:
    replayed, discarded = park(world, count=2)
    reason = {"reason": "again"} if method == "discard_parked" else {}
    ask(world, "replay_parked", parked_id=replayed)
    with pytest.raises(ConflictError) as caught:
        ask(world, method, parked_id=replayed, **reason)
    assert caught.value.code == "parked_replaying"
    world.host.settle()
    ask(world, "discard_parked", parked_id=discarded, reason="a duplicate")
    for one in (replayed, discarded):
        with pytest.raises(ConflictError) as caught:
            ask(world, method, parked_id=one, **reason)
        assert caught.value.code == "parked_settled"


def test_a_discard_says_who_when_and_why(world: InProcess) -> None:
    (one,) = park(world)
    with pytest.raises(InvalidError):
        ask(world, "discard_parked", parked_id=one, reason=" ")
    ask(world, "discard_parked", parked_id=one, reason="误发 sent by mistake")
    found = ask(world, "get_parked", parked_id=one)
    assert (found["settled_by"], found["reason"]) == (OPERATOR.account_id, "误发 sent by mistake")
    assert found["settled_at"]
    world.host.settle()
    assert effects(world, "raised") == 0


def test_what_is_not_there_cannot_be_settled(world: InProcess) -> None:
    with pytest.raises(NotFoundError):
        ask(world, "replay_parked", parked_id=ids.new_id("prk"))
    with pytest.raises(NotFoundError) as caught:
        ask(world, "discard_parked_group", fingerprint="0" * 64, reason="x")
    assert caught.value.code == "parked_group_not_found"
    assert ask(world, "replay_all_parked") == {"count": 0, "remaining": 0, "expired": 0}


def test_a_queue_that_is_gone_leaves_the_message_waiting_with_the_reason(world: InProcess) -> None:
    row = store(world, Letter(queue=f"{NAME}.on_forgotten", headers={}, body=b"{}"))
    ask(world, "replay_parked", parked_id=row.id)
    world.host.settle()
    found = ask(world, "get_parked", parked_id=row.id)
    assert (found["state"], found["refusal"]) == ("waiting", "returned: no queue is bound")
    ask(world, "discard_parked", parked_id=row.id, reason="its handler is gone")


# retention ------------------------------------------------------------------------------------------------------


def old_event(days: float) -> dict[str, Any]:
    """Headers of an event that was recorded so long ago: its id says so."""
    stamp = int(ago(days=days).timestamp() * 1000) << 80
    return {"cloudEvents_id": ids.encode("evt", uuid.UUID(int=stamp + 1)), "cloudEvents_district": kit.DISTRICT}


def test_a_replay_past_the_inbox_memory_is_refused(world: InProcess) -> None:
    late = store(world, Letter(queue=QUEUE, headers=old_event(1), body=b"1")).id
    move(world, late, parked_at=ago(days=61))
    forgotten = store(world, Letter(queue=QUEUE, headers=old_event(90), body=b"2")).id
    fresh = store(world, Letter(queue=QUEUE, headers=old_event(88), body=b"3")).id
    for one in (late, forgotten):
        assert state_of(world, one) == "expired"
        with pytest.raises(ConflictError) as caught:
            ask(world, "replay_parked", parked_id=one)
        assert caught.value.code == "parked_expired"
    assert ask(world, "get_bus_state")["parked_expired"] == 2
    assert ask(world, "replay_all_parked") == {"count": 1, "remaining": 0, "expired": 2}
    assert state_of(world, fresh) == "replaying"
    assert ask(world, "discard_all_parked", reason="too old") == {"count": 2, "remaining": 0, "expired": 0}


def test_a_group_of_which_all_is_expired_says_so(world: InProcess) -> None:
    (one,) = park(world)
    move(world, one, parked_at=ago(days=61))
    (group,) = ask(world, "list_parked_groups")["items"]
    assert group["expired"] == 1
    with pytest.raises(ConflictError) as caught:
        ask(world, "replay_parked_group", fingerprint=group["fingerprint"])
    assert caught.value.code == "parked_expired"


def test_a_replay_that_waited_too_long_for_the_relay_is_not_sent(world: InProcess) -> None:
    (one,) = park(world)
    open_up(world)
    ask(world, "replay_parked", parked_id=one)
    move(world, one, parked_at=ago(days=61))
    world.host.settle()
    found = ask(world, "get_parked", parked_id=one)
    assert (found["state"], found["refusal"]) == ("expired", "past its retention")
    assert effects(world, "raised") == 0


def test_pruning_leaves_what_waits_and_what_was_settled_lately(world: InProcess) -> None:
    waiting, lately, before = park(world, count=3)
    for one in (lately, before):
        ask(world, "discard_parked", parked_id=one, reason="x")
    for one in (waiting, lately, before):
        move(world, one, parked_at=ago(days=70))
    move(world, before, settled_at=ago(days=61))
    about = {"queue": QUEUE, "attempt": 1, "error": "", "fingerprint": "", "updated_at": ago(days=3)}
    with world.sessions.begin() as session:
        for due in (ago(hours=25), ago(hours=23)):
            session.add(Retrying(event_id=ids.new_id("evt"), due_at=due, **about))
        retention.prune(session)
        assert set(session.scalars(select(Parked.id))) == {waiting, lately}
        assert len(list(session.scalars(select(Retrying)))) == 1
        session.rollback()


def first_letter(world: InProcess) -> Letter:
    """The message of the one event that is not sent yet."""
    (envelope,) = world.host._take(world.executor)
    return inprocess.letter_of(envelope, QUEUE)


def deliver(world: InProcess, letter: Letter) -> Verdict:
    return delivery.deliver(world.executor, "counter_raised", letter)


# retries --------------------------------------------------------------------------------------------------------


def test_an_event_counts_as_retrying_until_it_is_applied_or_parked(world: InProcess) -> None:
    counter = world.call("make_counter", headers())["counter_id"]
    world.call("raise_counter", headers(), counter_id=counter, mood="shut")
    letter = first_letter(world)
    before = clock.system_now()
    told = deliver(world, letter)
    assert told.word == "retry"
    assert ask(world, "get_bus_state")["retrying"] == 1
    with world.sessions() as session:
        row = session.scalars(select(Retrying)).one()
        assert (row.queue, row.attempt, row.error) == (QUEUE, 1, "LookupError: still shut")
        assert before < row.due_at < clock.system_now() + timedelta(seconds=2)
    open_up(world)
    assert deliver(world, Letter(queue=QUEUE, headers=told.headers, body=letter.body)).word == "done"
    assert ask(world, "get_bus_state")["retrying"] == 0


def test_a_first_delivery_pays_nothing_for_the_count(world: InProcess) -> None:
    counter = world.call("make_counter", headers())["counter_id"]
    world.call("raise_counter", headers(), counter_id=counter)
    letter, said = first_letter(world), list[str]()

    def note(connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    engine = world.sessions.kw["bind"]
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert deliver(world, letter).word == "done"
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(said) == 2, said  # the inbox row and the effect
    assert not any("retrying" in statement for statement in said)


# storing --------------------------------------------------------------------------------------------------------


def test_whatever_a_message_carries_it_can_be_parked(world: InProcess) -> None:
    """One that could not be stored would hold up every later one."""
    awkward: dict[str, Any] = {
        "number": float("nan"),
        "half": "\ud800",
        "nothing": "\x00",
        "nested": {"when": ago(days=1), "bytes": b"\x00\xff", "list": [float("inf")]},
        parking.FINGERPRINT: "x" * 100,
        parking.ERROR: "\x00\udfff",
        "cloudEvents_id": "y" * 300,
    }
    row = store(world, Letter(queue=QUEUE, headers=awkward, body=b"\x00", content_type="t\x00" * 127))
    assert len(row.fingerprint) == 64
    assert row.headers["nested"]["list"] == ["inf"]
    assert ask(world, "discard_parked", parked_id=row.id, reason="nonsense")["state"] == "discarded"


def test_the_same_parking_twice_is_one_row_until_it_is_settled(world: InProcess) -> None:
    """Afterwards an equal message is another one: nothing that fails is dropped."""
    letter = Letter(queue=QUEUE, headers={}, body=b"the same")
    first = store(world, letter)
    for _ in range(2):
        with world.sessions.begin() as session:
            parking.store(session, letter)
    assert len(parked(world)) == 1
    ask(world, "discard_parked", parked_id=first.id, reason="x")
    second = store(world, letter)
    ask(world, "replay_parked", parked_id=second.id)
    assert parked(world, id=first.id)[0].settled_as == "discarded"
    world.host.settle()
    store(world, letter)
    assert len(parked(world, settled_at=None)) == 2  # this one, and the replay that failed again


def test_the_bus_tells_how_long_the_oldest_event_waits(world: InProcess) -> None:
    counter = world.call("make_counter", headers())["counter_id"]
    world.call("raise_counter", headers(), counter_id=counter)
    with world.sessions.begin() as session:
        session.execute(update(OutboxEvent).values(recorded_at=ago(seconds=90)))
    found = ask(world, "get_bus_state")
    assert found["unsent"] == 1
    assert 90 <= found["oldest_unsent_seconds"] < 100
    world.host.settle()
    assert ask(world, "get_bus_state")["oldest_unsent_seconds"] is None
