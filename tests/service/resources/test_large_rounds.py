"""What a round of thousands needs: a process of its own, a way to stop it, and a certificate that stays small."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from chassis import files
from chassis.errors import ConflictError
from chassis.tables import Job, OutboxEvent
from contracts.resources.bundles import FOLDER
from services.resources.matching import apart, bundle
from tests import proof
from tests.gateway.test_instances_unseen import as_rows
from tests.kit import CHANGJIANG, DISTRICT, ZHUHAI
from tests.service.resources.conftest import World


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILES_URL", (tmp_path / "files").as_uri())
    monkeypatch.setenv("MATCHING_ROUND_SECONDS", "1")


def begun(world: World, **fields: Any) -> str:
    made = world.bureau("resources.create_matching_round", title="大批次（演示）", **fields)
    return str(made["matching_round_id"])


def seen(world: World, round_id: str) -> dict[str, Any]:
    found: dict[str, Any] = world.bureau("resources.get_matching_round", matching_round_id=round_id)
    return found


def solve(world: World, round_id: str) -> dict[str, Any]:
    world.bureau("resources.solve_matching_round", matching_round_id=round_id)
    world.host.settle()
    return seen(world, round_id)


def jobs(world: World) -> list[Job]:
    with world.host.executors["resources"].sessions() as session:
        return list(session.scalars(select(Job).where(Job.name == "solve_matching_round").order_by(Job.created_at)))


def cancelled_meanwhile(world: World, round_id: str) -> Any:
    """In place of the solver: somebody cancels, and the job looks."""

    def stand(_made: Any, **asked: Any) -> None:
        world.bureau("resources.cancel_matching_solution", matching_round_id=round_id)
        time.sleep(1.1)  # it looks once a second
        asked["look"]()
        raise AssertionError("the job went on")

    return stand


def test_a_round_in_a_process_of_its_own_answers_the_same(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.offer(quantity=20)
    need = world.need(quantity=12)
    here = solve(world, round_id := begun(world))
    monkeypatch.setattr(apart, "HERE_AT_MOST", 0)
    there = solve(world, round_id)
    assert here["certificate"] == there["certificate"]
    assert here["certificate"]["primal"] > 0
    page = world.bureau("resources.list_matching_results", matching_round_id=round_id)
    assert [(row["need_id"], row["matched"]) for row in page["items"]] == [(need["need_id"], 12)]
    assert [set(job.result["seconds"]) for job in jobs(world) if job.result] == [
        {"reading", "comparing", "solving", "certificate", "writing"}
    ] * 2


def test_a_solver_that_is_no_longer_wanted_is_ended() -> None:
    began = time.monotonic()

    def look() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        apart._run([sys.executable, "-c", "import time; time.sleep(60)"], until=began + 60, look=look)
    with pytest.raises(apart.NotOptimalError):
        apart._run([sys.executable, "-c", "import time; time.sleep(60)"], until=began - 1, look=lambda: None)
    with pytest.raises(RuntimeError):
        apart._run([sys.executable, "-c", "raise SystemExit(3)"], until=began + 60, look=lambda: None)
    assert time.monotonic() - began < 30


def test_a_cancelled_round_is_as_it_was_and_its_job_leaves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.offer(quantity=20)
    world.need(quantity=12)
    round_id = begun(world)
    with monkeypatch.context() as patch:
        patch.setattr(apart, "solve", cancelled_meanwhile(world, round_id))
        assert solve(world, round_id)["status"] == "created"
    assert [(job.status, (job.result or {})["status"]) for job in jobs(world)] == [("done", "created")]
    assert world.bureau("resources.list_matching_results", matching_round_id=round_id)["items"] == []
    with pytest.raises(ConflictError):
        world.bureau("resources.cancel_matching_solution", matching_round_id=round_id)
    first = solve(world, round_id)
    assert first["status"] == "solved"
    with monkeypatch.context() as patch:
        patch.setattr(apart, "solve", cancelled_meanwhile(world, round_id))
        again = solve(world, round_id)
    assert (again["status"], again["certificate"], again["solved_at"]) == (
        "solved",
        first["certificate"],
        first["solved_at"],
    )


def test_a_job_of_before_a_cancellation_is_not_that_of_after_it(world: World) -> None:
    world.offer(quantity=20)
    round_id = begun(world)
    world.bureau("resources.solve_matching_round", matching_round_id=round_id)
    world.bureau("resources.cancel_matching_solution", matching_round_id=round_id)
    assert solve(world, round_id)["status"] == "solved"
    assert [(job.result or {}).get("seconds") is None for job in jobs(world)] == [True, False]


def test_a_list_shows_no_prices_and_one_round_shows_them(world: World) -> None:
    world.offer(quantity=5)
    world.need(quantity=12)
    one = solve(world, begun(world))
    [row] = world.bureau("resources.list_matching_rounds")["items"]
    assert one["certificate"]["offers"]
    assert row["certificate"] == {
        name: value for name, value in one["certificate"].items() if name not in ("offers", "needs")
    }


def test_a_round_says_by_how_much_lots_leave_a_street_below_its_target(world: World) -> None:
    world.add("across", "cso", CHANGJIANG)
    world.offer(quantity=10, minimum_lot=6)
    world.need(quantity=10, urgency=3)
    world.need("across", street=CHANGJIANG, quantity=10, urgency=1)
    certificate = solve(world, begun(world))["certificate"]
    rows = {row["street_code"]: row for row in certificate["streets"]}
    assert {name: (row["wanted"], row["promised"]) for name, row in rows.items()} == {
        ZHUHAI: (10, 5),
        CHANGJIANG: (10, 5),
    }
    matched = {name: row["matched"] for name, row in rows.items()}
    assert sorted(matched.values()) == [0, 10]
    assert {name: row["short"] for name, row in rows.items()} == {name: max(5 - matched[name], 0) for name in matched}
    plain = solve(world, begun(world, fairness_percent=0))["certificate"]
    assert [(row["promised"], row["short"]) for row in plain["streets"]] == [(0, 0), (0, 0)]


def test_a_certificate_of_many_edges_goes_in_columns(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.offer(quantity=7)
    world.offer("foundation", quantity=9)
    world.need(quantity=10)
    world.need("garden", quantity=10)
    round_id = begun(world)
    solve(world, round_id)
    rows = _bundle(world, round_id)
    monkeypatch.setattr(bundle, "MOST_ROWS", 0)
    monkeypatch.setattr(bundle, "AT_ONCE", 1)
    solve(world, round_id)
    columns = _bundle(world, round_id)
    assert isinstance(columns["edges"], dict)
    assert as_rows(columns)["edges"] == rows["edges"]
    assert proof.flaws(as_rows(columns), columns["answer"]) == []
    command = [sys.executable, "-m", "services.resources.matching.engine", "-", "--json"]
    done = subprocess.run(command, input=json.dumps(columns).encode(), capture_output=True, check=True)
    again = json.loads(done.stdout)
    assert {name: again[name] for name in columns["answer"]} == columns["answer"]


def _bundle(world: World, round_id: str) -> dict[str, Any]:
    about = world.bureau("resources.get_matching_bundle", matching_round_id=round_id)
    found = files.read(files.open_store(), district=f"{DISTRICT}/{FOLDER}", sha256=about["sha256"], limit=2**20)
    made: dict[str, Any] = json.loads(found or b"null")
    return made


def test_every_proposal_of_a_round_has_its_event_and_its_end(world: World) -> None:
    world.offer(quantity=7)
    world.offer("foundation", quantity=9)
    world.need(quantity=10)
    world.need("garden", quantity=6)
    round_id = begun(world)
    solve(world, round_id)
    before = _proposed(world, round_id)
    assert len(before) == 3
    solve(world, round_id)
    with world.host.executors["resources"].sessions() as session:
        told = session.execute(
            select(OutboxEvent.subject, OutboxEvent.subject_version, OutboxEvent.name, OutboxEvent.id)
        ).all()
    for name, first in before.items():
        mine = sorted((version, event, key) for subject, version, event, key in told if subject == name)
        assert [(version, event) for version, event, _ in mine] == [
            (1, "allocation_proposed"),
            (2, "allocation_released"),
        ]
        shown = world.bureau("resources.get_allocation", allocation_id=name)
        assert (shown["status"], first["status"]) == ("released", "proposed")
        assert [step["event_id"] for step in shown["steps"]] == [key for _, _, key in mine]
    assert not before.keys() & _proposed(world, round_id).keys()


def _proposed(world: World, round_id: str) -> dict[str, Any]:
    page = world.bureau("resources.list_matching_results", matching_round_id=round_id)
    names = [match["allocation_id"] for row in page["items"] for match in row["matches"]]
    return {name: world.bureau("resources.get_allocation", allocation_id=name) for name in names}
