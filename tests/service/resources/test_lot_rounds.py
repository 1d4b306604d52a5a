"""Matching rounds with lots, needs of all or nothing, refusals, and a certificate that anybody solves again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chassis import files
from chassis.errors import ConflictError, NotFoundError
from contracts.resources.bundles import FOLDER
from tests import proof
from tests.kit import CHANGJIANG, DISTRICT, ZHUHAI
from tests.service.resources.conftest import World


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILES_URL", (tmp_path / "files").as_uri())
    monkeypatch.setenv("MATCHING_ROUND_SECONDS", "2")


def begun(world: World, **fields: Any) -> str:
    made = world.bureau("resources.create_matching_round", title="整批对接（演示）", **fields)
    return str(made["matching_round_id"])


def solve(world: World, round_id: str) -> dict[str, Any]:
    world.bureau("resources.solve_matching_round", matching_round_id=round_id)
    world.host.settle()
    reply: dict[str, Any] = world.bureau("resources.get_matching_round", matching_round_id=round_id)
    assert reply["status"] == "solved"
    return reply


def results(world: World, round_id: str) -> dict[str, dict[str, Any]]:
    page = world.bureau("resources.list_matching_results", matching_round_id=round_id)
    return {row["need_id"]: row for row in page["items"]}


def bundle(world: World, round_id: str) -> bytes:
    about = world.bureau("resources.get_matching_bundle", matching_round_id=round_id)
    found = files.read(files.open_store(), district=f"{DISTRICT}/{FOLDER}", sha256=about["sha256"], limit=2**20)
    assert found is not None
    assert len(found) == about["size"]
    return found


def test_lots_and_needs_of_all_or_nothing_are_kept_and_explained(world: World) -> None:
    world.offer(quantity=10, minimum_lot=6)
    small = world.need(quantity=5, urgency=3)
    whole = world.need("garden", quantity=12, all_or_nothing=True)
    some = world.need("garden", quantity=8, urgency=1)
    round_id = begun(world)
    solved, found = solve(world, round_id), results(world, round_id)
    assert [found[need["need_id"]]["matched"] for need in (small, whole, some)] == [0, 0, 8]
    certificate = solved["certificate"]
    assert certificate["primal"] < certificate["dual"]
    assert certificate["gap_millionths"] > 0
    for need, short in ((small, 5), (whole, 12)):
        row = found[need["need_id"]]
        assert (row["outcome"], row["unmet"]) == ("lots", short)
        assert f"缺 {short}" in row["zh"]
        assert f"{short} short" in row["en"]
        assert all(other["zh"] and other["en"] and other["behind"] >= 0 for other in row["alternatives"])
    for row in found.values():
        for match in row["matches"]:
            reached = match["utility"] + match["subsidy"] + match["slack"]
            assert reached == match["offer_price"] + row["need_price"]
            assert str(match["utility"]) in match["zh"]
            assert str(match["offer_price"]) in match["en"]


def test_what_a_round_proposes_can_be_reserved(world: World) -> None:
    world.offer(quantity=30, lot_size=4)
    world.need(quantity=10)
    world.need("garden", quantity=7, splittable=False)
    round_id = begun(world)
    solve(world, round_id)
    proposed = [match for row in results(world, round_id).values() for match in row["matches"]]
    assert sorted(match["quantity"] for match in proposed) == [4, 8]
    for match in proposed:
        world.bureau("resources.reserve_allocation", allocation_id=match["allocation_id"])


def test_a_refused_match_is_not_proposed_again_and_an_accepted_one_stays(world: World) -> None:
    first, second = world.offer(quantity=10), world.offer("foundation", quantity=10)
    one, other = world.need(quantity=10), world.need("garden", quantity=10)
    round_id = begun(world)
    solve(world, round_id)
    before = results(world, round_id)
    refused, accepted = (before[need["need_id"]]["matches"][0] for need in (one, other))
    assert {refused["offer_id"], accepted["offer_id"]} == {first["offer_id"], second["offer_id"]}
    release = {"allocation_id": refused["allocation_id"], "reason": "型号不合适"}
    world.bureau("resources.release_allocation", **release)
    world.bureau("resources.reserve_allocation", allocation_id=accepted["allocation_id"])
    solve(world, round_id)
    after = results(world, round_id)
    assert list(after) == [one["need_id"]]
    assert (after[one["need_id"]]["matches"], after[one["need_id"]]["outcome"]) == ([], "no_candidates")
    codes = {row["code"]: row["count"] for row in after[one["need_id"]]["exclusions"]}
    assert codes == {"declined": 1}
    held = world.bureau("resources.get_allocation", allocation_id=accepted["allocation_id"])
    assert held["status"] == "reserved"
    fresh = begun(world)
    solve(world, fresh)
    assert results(world, fresh)[one["need_id"]]["matched"] == 10


def test_solving_again_alone_refuses_nothing(world: World) -> None:
    world.offer(quantity=10)
    need = world.need(quantity=10)
    round_id = begun(world)
    for _ in range(2):
        solve(world, round_id)
        assert results(world, round_id)[need["need_id"]]["matched"] == 10


def test_the_certificate_is_solved_again_by_anybody(world: World) -> None:
    world.add("across", "cso", CHANGJIANG)
    world.offer(quantity=20)
    needs = [world.need(quantity=20, urgency=3), world.need("across", street=CHANGJIANG, quantity=20)]
    round_id = begun(world)
    with pytest.raises(ConflictError):
        world.bureau("resources.get_matching_bundle", matching_round_id=round_id)
    solved = solve(world, round_id)
    content = bundle(world, round_id)
    document = json.loads(content)
    assert document["theta"] == [9, 10]
    assert proof.flaws(document, document["answer"]) == []
    assert {name: solved["certificate"][name] for name in ("primal", "dual", "subsidies")} == {
        name: document["answer"][name] for name in ("primal", "dual", "subsidies")
    }
    for hidden in (*(need["need_id"] for need in needs), *world.organisations.values(), "轮椅"):
        assert hidden.encode() not in content
    command = [sys.executable, "-m", "services.resources.matching.engine", "-", "--json"]
    done = subprocess.run(command, input=content, capture_output=True, check=True)
    again = json.loads(done.stdout)
    assert {name: again[name] for name in document["answer"]} == document["answer"]


def test_a_reader_learns_the_names_of_rows_it_may_see(world: World) -> None:
    world.add("across", "cso", CHANGJIANG)
    world.offer(quantity=20)
    mine, theirs = world.need(quantity=20), world.need("across", street=CHANGJIANG, quantity=20)
    round_id = begun(world)
    solve(world, round_id)
    asked = {"matching_round_id": round_id, "side": "needs"}
    everybody = world.bureau("resources.list_bundle_names", **asked)["items"]
    assert {row["id"] for row in everybody} == {mine["need_id"], theirs["need_id"]}
    assert {row["name"] for row in everybody} == {"need-1", "need-2"}
    seen = world.staff(ZHUHAI)("resources.list_bundle_names", **asked)["items"]
    assert [row["id"] for row in seen] == [mine["need_id"]]
    assert seen[0] in everybody
    offers = world.staff(ZHUHAI)("resources.list_bundle_names", matching_round_id=round_id, side="offers")["items"]
    assert [row["name"] for row in offers] == ["offer-1"]
    street = begun(world, street_code=CHANGJIANG)
    solve(world, street)
    with pytest.raises(NotFoundError):
        world.staff(ZHUHAI)("resources.get_matching_bundle", matching_round_id=street)


def test_the_file_of_an_earlier_answer_goes(world: World) -> None:
    world.offer(quantity=20)
    world.need(quantity=20)
    round_id = begun(world)
    first = solve(world, round_id)["bundle"]
    world.need("garden", quantity=5)
    second = solve(world, round_id)["bundle"]
    store = files.open_store()
    kept = [
        files.read(store, district=f"{DISTRICT}/{FOLDER}", sha256=each["sha256"], limit=9) for each in (first, second)
    ]
    assert kept[0] is None
    assert kept[1] is not None
