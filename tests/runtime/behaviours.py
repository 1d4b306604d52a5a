"""What the seam promises, said once; each host inherits it."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
)
from tests import kit
from tests.runtime.world import World, command_id, counters, effects, headers, parked, send_again


class SeamBehaviours:
    """Inherited by a class per host, which brings the ``world`` fixture."""

    def make(self, world: World) -> str:
        made: str = world.call("make_counter", headers())["counter_id"]
        return made

    def test_a_read_answers_plain_json(self, world: World) -> None:
        counter = self.make(world)
        assert world.call("get_counter", headers(), counter_id=counter) == {
            "counter_id": counter,
            "value": 0,
            "version": 1,
        }

    def test_a_command_with_the_same_key_happens_once_and_answers_again(self, world: World) -> None:
        sent = headers(key=command_id())
        before = counters(world)
        first = world.call("make_counter", sent)
        assert world.call("make_counter", sent) == first
        assert counters(world) == before + 1

    def test_a_key_used_for_another_request_is_refused(self, world: World) -> None:
        counter = self.make(world)
        sent = headers(key=command_id())
        world.call("raise_counter", sent, counter_id=counter)
        with pytest.raises(InvalidError) as caught:
            world.call("raise_counter", sent, counter_id=counter, by=2)
        assert caught.value.code == "command_key_reused"

    def test_a_refused_command_leaves_its_key_free(self, world: World) -> None:
        counter = self.make(world)
        sent = headers(key=command_id())
        world.call("raise_counter", headers(), counter_id=counter, by=100)
        for _ in range(2):
            with pytest.raises(ConflictError):
                world.call("raise_counter", sent, counter_id=counter)

    @pytest.mark.parametrize(
        ("method", "role", "arguments", "kind", "code"),
        [
            ("get_counter", "bureau", {"counter_id": "cnt_00000000000000000000000000"}, NotFoundError, None),
            ("get_counter", "bureau", {"counter_id": "nonsense"}, InvalidError, "request_invalid"),
            ("get_counter", "bureau", {"counter_id": "x", "more": 1}, InvalidError, "request_invalid"),
            ("make_counter", "resident", {}, ForbiddenError, "actor_forbidden"),
            ("make_counter", "", {}, UnauthenticatedError, "actor_unauthenticated"),
            ("make_counter", "forger", {}, UnauthenticatedError, "actor_unauthenticated"),
            ("no_such_thing", "bureau", {}, NotFoundError, "operation_not_found"),
            ("on_counter_raised", "bureau", {}, NotFoundError, "operation_not_found"),
        ],
    )
    def test_error_kinds_cross_intact(
        self, world: World, method: str, role: str, arguments: dict[str, Any], kind: Any, code: str | None
    ) -> None:
        sent = {"authorization": "a.b.c"} if role == "forger" else headers(role) if role else {}
        with pytest.raises(kind) as caught:
            world.call(method, sent, **arguments)
        assert caught.value.code == (code or "counter_not_found")
        assert caught.value.zh

    def test_details_and_both_languages_cross_with_an_error(self, world: World) -> None:
        counter = self.make(world)
        with pytest.raises(ConflictError) as caught:
            world.call("raise_counter", headers(), counter_id=counter, by=101)
        assert caught.value.to_wire() == {
            "kind": "conflict",
            "code": "counter_full",
            "zh": "计数器已满",
            "en": "The counter is full",
            "details": {"value": 0, "by": 101},
        }

    def test_an_event_has_its_effect_once_however_often_it_is_delivered(self, world: World) -> None:
        counter = self.make(world)
        world.call("raise_counter", headers(), counter_id=counter)
        world.eventually(lambda: effects(world, "raised", counter) == 1)
        send_again(world)
        world.call("raise_counter", headers(), counter_id=counter)
        world.eventually(lambda: effects(world, "raised", counter) == 2)
        assert not parked(world)

    def test_a_failing_handler_is_retried_then_parked_and_has_no_effect(self, world: World) -> None:
        counter = self.make(world)
        world.call("raise_counter", headers(), counter_id=counter, mood="fail")

        def rows() -> list[Any]:
            return [row for row in parked(world) if counter.encode() in row.body]

        world.eventually(lambda: len(rows()) == 1)
        (row,) = rows()
        assert row.queue.endswith(".on_counter_raised")
        assert row.error == "RuntimeError: the handler does not like it"
        assert len(row.fingerprint) == 64
        assert row.headers["x-footprint-attempt"] == 1
        assert row.event_id == row.headers["cloudEvents_id"]
        assert effects(world, "raised", counter) == 0
        self.forget_parked(world)

    def test_events_that_are_heard_in_lots_have_their_effect_once_each(self, world: World) -> None:
        counter = self.make(world)
        world.call("draw_counter", headers(), counter_id=counter, moods=["ok"] * 120)
        world.eventually(lambda: effects(world, "drawn", counter) == 120)
        send_again(world)
        world.call("draw_counter", headers(), counter_id=counter, moods=["ok"])
        world.eventually(lambda: effects(world, "drawn", counter) == 121)

    def test_one_bad_event_of_a_lot_concerns_nobody_else(self, world: World) -> None:
        counter = self.make(world)
        world.call("draw_counter", headers(), counter_id=counter, moods=["ok"] * 10 + ["fail"] + ["ok"] * 10)
        world.eventually(lambda: effects(world, "drawn", counter) == 20)

        def queues() -> list[str]:
            return [row.queue.partition(".")[2] for row in parked(world) if counter.encode() in row.body]

        world.eventually(lambda: queues() == ["on_counter_drawn"])
        self.forget_parked(world)

    def test_a_timer_fires_once(self, world: World) -> None:
        counter = self.make(world)
        world.call("ring_later", headers(), counter_id=counter, seconds=0.2)
        world.eventually(lambda: effects(world, "rang", counter) == 1)
        world.call("ring_later", headers(), counter_id=counter)
        world.eventually(lambda: effects(world, "rang", counter) == 2)

    def test_a_periodic_task_runs_once_a_period(self, world: World) -> None:
        before = effects(world, "breathed")
        world.eventually(lambda: effects(world, "breathed") == before + 1)
        world.eventually(lambda: effects(world, "breathed") == before + 2)

    def test_a_job_runs_once_and_tells_its_result(self, world: World) -> None:
        counter = self.make(world)
        who = kit.actor("bureau")
        job = world.call("count_later", headers(who=who), counter_id=counter)
        sent = headers(who=who)
        world.eventually(lambda: world.call("get_job", sent, job_id=job["job_id"])["status"] == "done")
        assert world.call("get_job", sent, job_id=job["job_id"])["result"] == {"counted": counter}
        assert effects(world, "counted", counter) == 1

    def forget_parked(self, world: World) -> None:
        with world.sessions.begin() as session:
            for row in parked(world):
                session.delete(session.merge(row))
