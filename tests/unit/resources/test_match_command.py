"""`./run match`: what it reads, refuses, answers and explains."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from services.resources.matching.engine import reading
from services.resources.matching.engine.__main__ import main
from services.resources.matching.engine.answer import solve
from services.resources.matching.engine.explain import REASONS, document
from services.resources.matching.engine.problem import MOST_QUANTITY, MOST_UTILITY, build
from tests.house.kit import ROOT
from tests.unit.resources.instances import Instance, best_edges, instances, keeps_the_rules

GOOD: dict[str, Any] = {
    "offers": [{"id": "米", "quantity": 10, "minimum_lot": 3}, {"id": "油", "quantity": 5}, {"id": "z", "quantity": 0}],
    "needs": [
        {"id": "a", "quantity": 7, "street": "s1"},
        {"id": "b", "quantity": 9, "all_or_nothing": True, "street": "s2"},
        {"id": "c", "quantity": 2, "street": "s3"},
        {"id": "d", "quantity": 2},
    ],
    "edges": [
        {"offer": "米", "need": "a", "utility": 10},
        {"offer": "米", "need": "b", "utility": 8},
        {"offer": "油", "need": "b", "utility": 8},
        {"offer": "油", "need": "a", "utility": 4},
        {"offer": "z", "need": "d", "utility": 4},
    ],
}


def written(folder: Path, document: Any) -> str:
    file = folder / "instance.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return str(file)


def answer_to(instance: dict[str, Any]) -> dict[str, Any]:
    given_ = reading.read(instance)
    return document(solve(build(given_.offers, given_.needs, given_.edges), theta=given_.theta, seconds=1))


@settings(max_examples=60)
@given(instances(side=5, most=20))
def test_the_answer_is_a_certificate_for_whoever_has_the_instance(instance: Instance) -> None:
    answer = answer_to(instance.document())
    worth = best_edges(instance.edges)
    flows = {(row["offer"], row["need"]): row["quantity"] for row in answer["allocation"]}
    offers, needs = answer["prices"]["offers"], answer["prices"]["needs"]
    assert len(flows) == len(answer["allocation"])
    assert all(row["utility"] == worth[row["offer"], row["need"]] for row in answer["allocation"])
    assert keeps_the_rules(instance, flows)
    assert answer["primal"] == sum(worth[pair] * count for pair, count in flows.items())
    assert answer["dual"] == sum(offers[o.id] * o.quantity for o in instance.offers) + sum(
        needs[n.id] * n.quantity for n in instance.needs
    )
    assert all(offers[offer] + needs[need] >= utility for (offer, need), utility in worth.items())
    assert answer["gap"] == 0
    assert answer["primal"] == answer["dual"]


@settings(max_examples=40)
@given(instances(side=5, most=20))
def test_every_unmet_need_is_explained_and_no_met_one(instance: Instance) -> None:
    answer = answer_to(instance.document())
    got = {need.id: 0 for need in instance.needs}
    for row in answer["allocation"]:
        got[row["need"]] += row["quantity"]
    short = {need.id: need.quantity - got[need.id] for need in instance.needs if got[need.id] < need.quantity}
    unmet = answer["explanations"]["unmet"]
    assert {row["need"]: row["shortfall"] for row in unmet} == short
    assert all(row["reason"] in REASONS for row in unmet)
    for row in unmet:
        assert all(other["behind"] >= 0 for other in row["alternatives"])
        assert row["reason"] != "outbid" or all(
            other["idle"] == 0 for other in row["alternatives"] if other["utility"] > 0
        )


def test_reasons_prices_and_alternatives_of_an_instance_with_lots() -> None:
    answer = answer_to(GOOD)
    assert [(row["offer"], row["need"], row["quantity"]) for row in answer["allocation"]] == [
        ("油", "b", 5),
        ("米", "a", 6),
        ("米", "b", 4),
    ]
    assert answer["primal"] == 132
    reasons = {row["need"]: row["reason"] for row in answer["explanations"]["unmet"]}
    assert reasons == {"a": "lots", "c": "nothing_fits", "d": "no_worth"}
    assert [row["slack"] for row in answer["explanations"]["matches"]] == [0, 0, 0]


def test_a_fair_answer_names_subsidies_target_and_what_nothing_fits() -> None:
    answer = answer_to({**GOOD, "theta": [9, 10]})
    assert answer["subsidies"] == {"s1": 0, "s2": 2, "s3": 0}
    assert answer["explanations"]["fairness"] == {
        "max_min": [15, 16],
        "target": [27, 32],
        "coverage": {"s1": [6, 7], "s2": [1, 1]},
        "unreachable": ["s3"],
        "promised": {"s1": 6, "s2": 8},
        "short": {},
    }
    assert answer["primal"] == answer["dual"] == 132 + 2 * 9


def bad(**changes: Any) -> dict[str, Any]:
    return {**GOOD, **changes}


BAD: dict[str, tuple[Any, str]] = {
    "no JSON": ("{", "$"),
    "a list": ([], "$"),
    "nested too deeply": ("[" * 99_999, "$"),
    "a number of thousands of digits": (json.dumps(GOOD).replace('"quantity": 10', '"quantity": 1' + "0" * 5_000), "$"),
    "a member twice": ('{"offers": [], "offers": [], "needs": [], "edges": []}', "$"),
    "no needs": ({"offers": [], "edges": []}, "needs"),
    "offers an object": (bad(offers={}), "offers"),
    "an offer a text": (bad(offers=["a"]), "offers[0]"),
    "an offer without quantity": (bad(offers=[{"id": "a"}]), "offers[0].quantity"),
    "an empty id": (bad(offers=[{"id": "", "quantity": 1}]), "offers[0].id"),
    "a number as id": (bad(needs=[{"id": 4, "quantity": 1}]), "needs[0].id"),
    "half a surrogate": (bad(needs=[{"id": "\ud800", "quantity": 1}]), "needs[0].id"),
    "the same id": (bad(needs=[{"id": "a", "quantity": 1}] * 2), "needs[1].id"),
    "a fraction": (bad(offers=[{"id": "a", "quantity": 1.5}]), "offers[0].quantity"),
    "a truth for a number": (bad(offers=[{"id": "a", "quantity": True}]), "offers[0].quantity"),
    "less than nothing": (bad(needs=[{"id": "a", "quantity": -1}]), "needs[0].quantity"),
    "too much at once": (bad(needs=[{"id": "a", "quantity": MOST_QUANTITY + 1}]), "needs[0].quantity"),
    "too much in all": (bad(needs=[{"id": name, "quantity": MOST_QUANTITY} for name in "ab"], edges=[]), "needs"),
    "a lot that is no number": (bad(offers=[{"id": "a", "quantity": 1, "minimum_lot": "3"}]), "offers[0].minimum_lot"),
    "all or nothing unsure": (bad(needs=[{"id": "a", "quantity": 1, "all_or_nothing": 1}]), "needs[0].all_or_nothing"),
    "a street that is a number": (bad(needs=[{"id": "a", "quantity": 1, "street": 3}]), "needs[0].street"),
    "an unknown offer": (bad(edges=[{"offer": "x", "need": "a", "utility": 1}]), "edges[0].offer"),
    "an unknown need": (bad(edges=[{"offer": "米", "need": "x", "utility": 1}]), "edges[0].need"),
    "an edge without utility": (bad(edges=[{"offer": "米", "need": "a"}]), "edges[0].utility"),
    "a dear edge": (bad(edges=[{"offer": "米", "need": "a", "utility": MOST_UTILITY + 1}]), "edges[0].utility"),
    "an edge's id a list": (bad(edges=[{"offer": ["米"], "need": "a", "utility": 1}]), "edges[0].offer"),
    "theta a number": (bad(theta=0.9), "theta"),
    "theta above one": (bad(theta=[10, 9]), "theta"),
    "theta over nothing": (bad(theta=[1, 0]), "theta[1]"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_named_with_its_path(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document_, where = BAD[name]
    assert main([written(tmp_path, document_), "--json"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"{where}: ")
    assert said.err.count("\n") == 1
    assert "sys." not in said.err


def test_members_that_are_not_read_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = {**GOOD, "thета": [9, 10], "needs": [{**GOOD["needs"][0], "streeet": "s"}, *GOOD["needs"][1:]]}
    assert main([written(tmp_path, odd), "--json"]) == 0
    said = capsys.readouterr()
    assert "thета, needs[].streeet" in said.err
    assert json.loads(said.out)["primal"] == 132


def test_names_of_unread_members_stay_on_one_line_and_are_cut_off(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = {**GOOD, "a\nb\x1b[2J": 1, **{f"z{number}": 1 for number in range(99)}}
    assert main([written(tmp_path, odd), "--json"]) == 0
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "\x1b" not in said
    assert r"a\nb\u001b[2J, z0, z1" in said
    assert said.endswith("… (100)\n")


def test_an_optional_member_may_be_null() -> None:
    offers = [{"id": "a", "quantity": 2, "minimum_lot": None}]
    needs = [{"id": "b", "quantity": 2, "all_or_nothing": None, "street": None}]
    edges = [{"offer": "a", "need": "b", "utility": 3}]
    assert answer_to({"offers": offers, "needs": needs, "edges": edges, "theta": None})["primal"] == 6


@pytest.mark.parametrize("seconds", ["nan", "inf", "-1", "soon"])
def test_a_bound_of_the_search_is_a_number_of_seconds(
    seconds: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([written(tmp_path, GOOD), "--seconds", seconds])
    assert ended.value.code == 2
    assert "--seconds" in capsys.readouterr().err


def test_of_two_edges_between_the_same_pair_the_better_counts() -> None:
    twice = {**GOOD, "edges": [*GOOD["edges"], {"offer": "油", "need": "a", "utility": 1}]}
    assert answer_to(twice)["allocation"] == answer_to(GOOD)["allocation"]


def test_a_file_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err


def test_for_people_it_says_who_gets_what_and_who_goes_without(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([written(tmp_path, {**GOOD, "theta": [9, 10]})]) == 0
    said = capsys.readouterr().out
    assert "米 → b: 4 × 8" in said
    assert "s3: 没有适合的资源 nothing fits" in said
    assert "c: 缺 2：没有适合的资源。 2 short: Nothing fits." in said


def test_the_command_reads_a_file_beside_the_caller(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    done = subprocess.run(
        [str(ROOT / "run"), "match", "instance.json", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["primal"] == 132
