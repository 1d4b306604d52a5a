"""The fast part of the fault suite: each crash point once, each poison, and one control. The rest: ``./run faults``."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis import config, crash
from tests.faults.crashes import COMMANDS, JOBS, RELAYS, draw
from tests.faults.figures import publish_lags, troubles
from tests.faults.pair.mutations import MUTATIONS
from tests.faults.short import CAUGHT_AT, ShortPass, control_plan, controls
from tests.runtime.world import broker_left_as_found

pytestmark = [pytest.mark.postgres, pytest.mark.rabbitmq]


@pytest.fixture(scope="module", autouse=True)
def _broker() -> Iterator[None]:
    with broker_left_as_found():
        yield


@pytest.fixture
def servers() -> dict[str, str]:
    return {"amqp_uri": config.AMQP_URI.get(), "database_url": config.DATABASE_URL.get()}


@pytest.fixture
def one(tmp_path: Path, servers: dict[str, str]) -> Iterator[ShortPass]:
    made = ShortPass(tmp_path / "world", **servers)
    yield made
    made.close()


def test_nothing_is_lost_or_doubled_when_processes_die_at_every_crash_point(one: ShortPass) -> None:
    plan = draw(random.Random(7), 0, crash.POINTS)
    verdict = one.play(plan)
    assert dict(verdict.violations) == {}, dict(verdict.examples)
    assert {name for name, times in one.hits().items() if times} == set(crash.POINTS), one.missed
    assert verdict.parked > 12
    assert [death for death in one.world.deaths if not death.point and not death.told] == []
    assert dict(one.load.errors) == {}
    assert len(publish_lags(one.world)) > 12
    assert verdict.jobs > 6
    assert verdict.timers > 12
    assert verdict.turns > 12
    again = one.replay()
    assert dict(again.violations) == {}, dict(again.examples)
    assert again.waiting < verdict.waiting


def test_the_suite_notices_a_missing_inbox(tmp_path: Path, servers: dict[str, str]) -> None:
    found = controls(tmp_path, names=["inbox_off"], **servers)
    assert found["inbox_off"]["caught"], found


@pytest.mark.faults
@pytest.mark.parametrize("name", [name for name in MUTATIONS if name != "inbox_off"])
def test_the_suite_notices_every_cure_that_is_taken_out(name: str, tmp_path: Path, servers: dict[str, str]) -> None:
    found = controls(tmp_path, names=[name], **servers)
    assert found[name]["caught"], found


def test_every_mutation_has_something_it_must_be_caught_at() -> None:
    assert set(CAUGHT_AT) == set(MUTATIONS)


def test_a_scenario_of_crash_points_alone_has_no_troubles_to_tell_of(tmp_path: Path) -> None:
    assert troubles(tmp_path) == []


def test_every_crash_point_has_its_turn_in_every_round() -> None:
    for number in range(4):
        plan = draw(random.Random(number), number, crash.POINTS)
        turns = [turn.partition(":")[0] for turns in plan.values() for turn in turns]
        assert set(crash.POINTS) <= set(turns)
        assert all(turn.partition(":")[0] in {*RELAYS, "kill"} for turn in plan["back relay"])
        assert not {turn.partition(":")[0] for turn in plan["back serve"]} & {*COMMANDS, *JOBS}
        assert {turn.partition(":")[0] for turn in plan["front jobs"]} == {*JOBS, "kill"}
    assert control_plan().keys() <= draw(random.Random(0), 0, crash.POINTS).keys()
