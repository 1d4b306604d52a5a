"""Instances that nobody here has seen, as a stranger sends them: up to ten thousand, with every rule, and wrong ones.

A good one is answered with prices whose weak duality is checked here from the sender's own numbers; a bad one always
ends with the same code and the place of what is wrong.
"""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from services.resources.matching.engine import reading
from tests import proof
from tests.gateway.kit import Client
from tests.gateway.test_instances import SMALL, district, ended, send, solved

__all__ = ["district"]
DEGREE = 24


def unseen(size: int, seed: int, *, lots: bool = False, streets: int = 0, columns: bool = False) -> dict[str, Any]:
    """A district of neighbourhoods: every need knows ``DEGREE`` offers around it. Ids are as long as real ones."""
    rng = random.Random(seed)
    offers: list[dict[str, Any]] = [
        {"id": f"ofr_01m8bdcmgd5f7g907d3h0{at:06}", "quantity": max(1, int(rng.lognormvariate(2.2, 0.9)))}
        for at in range(size)
    ]
    needs: list[dict[str, Any]] = [
        {"id": f"ned_01m8bdcmgd5f7g907d3h0{at:06}", "quantity": max(1, int(rng.lognormvariate(2.5, 0.9)))}
        for at in range(size)
    ]
    for row in offers if lots else ():
        if rng.random() < 0.2:
            row["minimum_lot"] = max(1, row["quantity"] // 5)
    for row in needs:
        if lots and rng.random() < 0.2:
            row["all_or_nothing"] = True
        if streets:
            row["street"] = f"街{rng.randrange(streets)}"
    edges = [
        (rng.randrange(at - 60, at + 60) % size, at, rng.randint(50, 1530)) for at in range(size) for _ in range(DEGREE)
    ]
    made: dict[str, Any] = {"offers": offers, "needs": needs}
    if columns:
        made["edges"] = dict(zip(("offer", "need", "utility"), map(list, zip(*edges, strict=True)), strict=True))
    else:
        made["edges"] = [{"offer": offers[o]["id"], "need": needs[n]["id"], "utility": worth} for o, n, worth in edges]
    return made | ({"theta": [9, 10]} if streets else {})


def as_rows(instance: dict[str, Any]) -> dict[str, Any]:
    """Edges in columns as the rows that they mean."""
    if isinstance(instance["edges"], list):
        return instance
    names = [[row["id"] for row in instance[side]] for side in ("offers", "needs")]
    columns = (instance["edges"][name] for name in ("offer", "need", "utility"))
    rows = [{"offer": names[0][o], "need": names[1][n], "utility": u} for o, n, u in zip(*columns, strict=True)]
    return {**instance, "edges": rows}


@pytest.mark.parametrize("lots", [False, True])
@pytest.mark.parametrize(
    ("size", "streets", "columns"), [(10, 0, True), (10, 4, False), (1_000, 0, False), (1_000, 4, True)]
)
def test_an_unseen_instance_is_answered_with_its_proof(
    district: Client, lots: bool, size: int, streets: int, columns: bool
) -> None:
    instance = unseen(size, 11, lots=lots, streets=streets, columns=columns)
    answer = solved(district.as_("bureau"), instance, "?seconds=2")
    assert proof.flaws(as_rows(instance), answer) == []
    assert len(answer["explanations"]["matches"]) == len(answer["allocation"])
    if streets:
        check_streets(instance, answer, lots=lots)


def check_streets(instance: dict[str, Any], answer: dict[str, Any], *, lots: bool) -> None:
    """Every street has what it was promised, less what the answer itself says that the lots took."""
    told, street = answer["explanations"]["fairness"], {row["id"]: row["street"] for row in instance["needs"]}
    got = dict.fromkeys(told["promised"], 0)
    for row in answer["allocation"]:
        got[street[row["need"]]] += row["quantity"]
    short = {name: promised - got[name] for name, promised in told["promised"].items() if got[name] < promised}
    assert told["short"] == short
    assert lots or not short
    wanted = {name: sum(row["quantity"] for row in instance["needs"] if row["street"] == name) for name in got}
    above, below = told["target"]
    for name, promised in told["promised"].items():
        assert promised in (wanted[name] * above // below, -(-wanted[name] * above // below))


def test_ten_thousand_offers_and_needs_with_a_quarter_of_a_million_edges_pass(district: Client) -> None:
    instance = unseen(10_000, 5, streets=16)
    answer = solved(district.as_("api_client"), instance)
    assert proof.flaws(instance, answer) == []
    check_streets(instance, answer, lots=False)


def changed(**parts: Any) -> dict[str, Any]:
    return {**SMALL, **parts}


EDGE = {"offer": "o1", "need": "n1", "utility": 7}
WRONG: list[tuple[Any, str]] = [
    (b"[" * 100_000, "$"),
    (b'{"offers": [], "offers": [], "needs": [], "edges": []}', "$"),
    (b"[]", "$"),
    (changed(offers={}), "offers"),
    (changed(offers=[7]), "offers[0]"),
    (changed(needs=[{"id": "n1"}]), "needs[0].quantity"),
    (changed(needs=[{"quantity": 1}]), "needs[0].id"),
    (changed(needs=[{"id": "", "quantity": 1}]), "needs[0].id"),
    (changed(needs=[{"id": "n" * 201, "quantity": 1}]), "needs[0].id"),
    (changed(offers=[{"id": "o1", "quantity": 1}, {"id": "o1", "quantity": 2}]), "offers[1].id"),
    (changed(offers=[{"id": "o1", "quantity": -1}]), "offers[0].quantity"),
    (changed(offers=[{"id": "o1", "quantity": True}]), "offers[0].quantity"),
    (changed(offers=[{"id": "o1", "quantity": "5"}]), "offers[0].quantity"),
    (changed(offers=[{"id": "o1", "quantity": 5.0}]), "offers[0].quantity"),
    (changed(offers=[{"id": "o1", "quantity": 10**400}]), "offers[0].quantity"),
    (b'{"offers": [{"id": "o1", "quantity": ' + b"9" * 5_000 + b'}], "needs": [], "edges": []}', "$"),
    (b'{"offers": [{"id": "o1", "quantity": NaN}], "needs": [], "edges": []}', "offers[0].quantity"),
    (b'{"offers": [{"id": "o1", "quantity": 1e3}], "needs": [], "edges": []}', "offers[0].quantity"),
    (changed(offers=[{"id": f"o{at}", "quantity": 10**12} for at in (1, 2)]), "offers"),
    (changed(offers=[{"id": "o1", "quantity": 5, "minimum_lot": -1}]), "offers[0].minimum_lot"),
    (changed(needs=[{"id": "n1", "quantity": 5, "all_or_nothing": 1}]), "needs[0].all_or_nothing"),
    (changed(needs=[{"id": "n1", "quantity": 5, "street": 7}]), "needs[0].street"),
    (changed(edges=[{**EDGE, "need": "o1"}]), "edges[0].need"),
    (changed(edges=[{**EDGE, "offer": None}]), "edges[0].offer"),
    (changed(edges=[{**EDGE, "utility": 1.5}]), "edges[0].utility"),
    (changed(edges=[{**EDGE, "utility": 10**10}]), "edges[0].utility"),
    (changed(edges=[{"offer": "o1", "need": "n1"}]), "edges[0].utility"),
    (changed(edges={"offer": [0], "need": [0]}), "edges.utility"),
    (changed(edges={"offer": [0], "need": [0, 1], "utility": [1]}), "edges"),
    (changed(edges={"offer": [2], "need": [0], "utility": [1]}), "edges.offer[0]"),
    (changed(edges={"offer": [0], "need": [-1], "utility": [1]}), "edges.need[0]"),
    (changed(edges={"offer": [0], "need": [0], "utility": [1.0]}), "edges.utility[0]"),
    (changed(edges={"offer": "0", "need": [0], "utility": [1]}), "edges.offer"),
    (changed(theta=0.9), "theta"),
    (changed(theta=[9, 0]), "theta[1]"),
    (changed(theta=[-1, 10]), "theta[0]"),
]


@pytest.mark.parametrize(("body", "where"), WRONG)
def test_whatever_is_wrong_is_found_and_placed(body: Any, where: str) -> None:
    with pytest.raises(reading.InstanceError) as raised:
        reading.parse(body if isinstance(body, bytes) else json.dumps(body))
    assert raised.value.where == where


def test_wrong_instances_end_with_one_code_and_the_place(district: Client) -> None:
    bureau = district.as_("bureau")
    for body, where in WRONG[::5]:
        view = ended(bureau, send(bureau, body))
        told = view["error"] or {}
        assert (view["status"], told.get("code")) == ("failed", "matching_instance_invalid"), (str(body)[:80], view)
        assert told["details"]["where"] == where
        assert told["details"]["problem"]


@pytest.mark.parametrize("columns", [False, True])
def test_empty_sides_and_doubled_edges_are_instances_too(district: Client, columns: bool) -> None:
    none: Any = {"offer": [], "need": [], "utility": []} if columns else []
    answer = solved(district.as_("bureau"), {"offers": [], "needs": [], "edges": none})
    assert (answer["allocation"], answer["primal"], answer["dual"], answer["gap"]) == ([], 0, 0, 0)
    twice: Any = {"offer": [0, 0], "need": [0, 0], "utility": [3, 8]} if columns else [{**EDGE, "utility": 3}, EDGE]
    instance = changed(edges=twice)
    answer = solved(district.as_("bureau"), instance)
    assert proof.flaws(as_rows(instance), answer) == []
    assert answer["primal"] == (32 if columns else 28)


def test_an_instance_has_a_limit_of_its_own(district: Client) -> None:
    bureau, large = district.as_("bureau"), {**SMALL, "note": "x" * 2**21}  # above FILE_MAX_BYTES of this gateway
    assert ended(bureau, send(bureau, large))["result"]["unread"].endswith("note")
