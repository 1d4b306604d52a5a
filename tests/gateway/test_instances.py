"""Matching instances through the front door: a body of JSON in, a job, the answer with its proof out."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from chassis import clock, tables
from chassis.files import open_store
from gateway import api, catalogue
from gateway.files import FileStore
from services.resources.instances import retention
from tests import kit, proof
from tests.gateway.kit import Client, make_deps

SMALL = {
    "offers": [{"id": "o1", "quantity": 5}, {"id": "o2", "quantity": 3}],
    "needs": [{"id": "n1", "quantity": 4, "street": "s1"}, {"id": "n2", "quantity": 6, "street": "s2"}],
    "edges": [
        {"offer": "o1", "need": "n1", "utility": 7},
        {"offer": "o1", "need": "n2", "utility": 9},
        {"offer": "o2", "need": "n2", "utility": 4},
    ],
}


@pytest.fixture
def district(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Client:
    """A gateway and resources over one store of files."""
    monkeypatch.setenv("FILES_URL", (tmp_path / "files").as_uri())
    deps = make_deps(kit.make_host("resources"), routes=api.routes(), catalogue=catalogue.load())
    return Client(replace(deps, files=FileStore(open_store(), district=kit.DISTRICT, limit=2**20)))


def send(client: Client, instance: Any, query: str = "", **headers: str) -> Any:
    body = instance if isinstance(instance, bytes) else json.dumps(instance, ensure_ascii=False).encode()
    told = {"Content-Type": "application/json", **headers}
    return client.post("/v1/matching-instances" + query, body=body, headers=told)


def settle(client: Client) -> None:
    client.deps.rpc.host.settle()  # type: ignore[attr-defined]


def ended(client: Client, reply: Any) -> dict[str, Any]:
    """The job, once it is over."""
    assert reply.status_code == 202, reply.text
    settle(client)
    view: dict[str, Any] = client.get(reply.headers["location"]).json
    return view


def solved(client: Client, instance: Any, query: str = "") -> dict[str, Any]:
    view = ended(client, send(client, instance, query))
    assert view["status"] == "done", view
    reply = client.get(f"/v1/matching-instances/{view['job_id']}")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
    answer: dict[str, Any] = reply.json
    assert {name: view["result"][name] for name in ("primal", "dual")} == {k: answer[k] for k in ("primal", "dual")}
    return answer


def offline(instance: Any) -> bytes:
    command = [sys.executable, "-m", "services.resources.matching.engine", "-", "--json"]
    done = subprocess.run(command, input=json.dumps(instance).encode(), capture_output=True, check=True)
    return done.stdout


def drawn(seed: int, *, lots: bool, theta: bool) -> dict[str, Any]:
    rng = random.Random(seed)
    offers: list[dict[str, Any]] = [{"id": f"o{at}", "quantity": rng.randint(0, 30)} for at in range(20)]
    needs: list[dict[str, Any]] = [
        {"id": f"需{at}", "quantity": rng.randint(0, 30), "street": f"s{rng.randint(0, 2)}"} for at in range(20)
    ]
    for row in rng.sample(offers, 6) if lots else ():
        row["minimum_lot"] = rng.randint(1, 10)
    for row in rng.sample(needs, 6) if lots else ():
        row["all_or_nothing"] = True
    edges = [
        {"offer": offer["id"], "need": need["id"], "utility": rng.randint(-5, 100)}
        for offer in offers for need in needs if rng.random() < 0.3
    ]  # fmt: skip
    return {"offers": offers, "needs": needs, "edges": edges} | ({"theta": [9, 10]} if theta else {})


@pytest.mark.parametrize("lots", [False, True])
@pytest.mark.parametrize("theta", [False, True])
def test_an_answer_proves_itself_to_whoever_sent_the_numbers(district: Client, lots: bool, theta: bool) -> None:
    instance = drawn(3, lots=lots, theta=theta)
    answer = solved(district.as_("bureau"), instance, "?seconds=2")
    assert proof.flaws(instance, answer) == []
    assert ("subsidies" in answer) == theta
    if theta:
        fairness = answer["explanations"]["fairness"]
        assert set(fairness["coverage"]) == {"s0", "s1", "s2"}


def test_a_check_that_cannot_fail_is_none(district: Client) -> None:
    answer = solved(district.as_("bureau"), SMALL)
    assert proof.flaws(SMALL, answer) == []
    answer["allocation"][0]["quantity"] += 1
    answer["prices"]["offers"]["o1"] -= 1
    assert len(proof.flaws(SMALL, answer)) >= 3


def test_the_answer_is_that_of_the_command_to_the_byte(district: Client) -> None:
    bureau = district.as_("bureau")
    view = ended(bureau, send(bureau, SMALL))
    reply = bureau.get(f"/v1/matching-instances/{view['job_id']}")
    assert reply.content == offline(SMALL)
    assert (view["result"]["gap"], view["result"]["matches"], view["result"]["unread"]) == (0, 3, "")
    again = bureau.get(f"/v1/matching-instances/{view['job_id']}", headers={"If-None-Match": reply.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"{", "$"),
        ({"offers": [], "needs": []}, "edges"),
        ({**SMALL, "theta": [2, 1]}, "theta"),
        ({**SMALL, "offers": [{"id": "o1", "quantity": 1.5}]}, "offers[0].quantity"),
        ({**SMALL, "edges": [{"offer": "o9", "need": "n1", "utility": 1}]}, "edges[0].offer"),
        ({**SMALL, "needs": [{"id": "n1", "quantity": 10**13}]}, "needs[0].quantity"),
    ],
)
def test_what_is_wrong_with_an_instance_is_named(district: Client, body: Any, where: str) -> None:
    bureau = district.as_("bureau")
    view = ended(bureau, send(bureau, body))
    assert (view["status"], view["error"]["code"]) == ("failed", "matching_instance_invalid")
    assert view["error"]["details"]["where"] == where
    reply = bureau.get(f"/v1/matching-instances/{view['job_id']}")
    assert (reply.status_code, reply.json["code"]) == (409, "matching_answer_failed")
    assert reply.json["details"]["reason"] == "matching_instance_invalid"
    assert reply.json["details"]["where"] == where


def test_bodies_that_are_none_are_refused_at_the_door(district: Client) -> None:
    bureau = district.as_("bureau")
    assert send(bureau, b"").json["code"] == "file_empty"
    assert send(bureau, b"\xff\xfe").json["code"] == "file_type_mismatch"
    assert send(bureau, SMALL, **{"Content-Type": "text/plain"}).status_code == 415
    packed = send(bureau, gzip.compress(json.dumps(SMALL).encode()), **{"Content-Encoding": "gzip"})
    assert (packed.status_code, packed.json["code"]) == (415, "content_encoding_unsupported")
    assert send(bureau, SMALL, **{"Content-Encoding": "identity"}).status_code == 202
    assert send(bureau, bytes(2**26 + 1)).status_code == 413
    assert send(bureau, SMALL, "?seconds=0").status_code == 422
    assert send(bureau, SMALL, "?file=x").json["code"] == "parameter_duplicated"


def test_only_staff_and_machines_send_instances_and_each_sees_its_own(district: Client) -> None:
    assert send(district, SMALL).status_code == 401
    assert send(district.as_("cso", organisation_id=kit.ids.new_id("org")), SMALL).status_code == 403
    bureau, machine = district.as_("bureau"), district.as_("api_client")
    view = ended(machine, send(machine, SMALL))
    assert view["status"] == "done"
    assert bureau.get(f"/v1/matching-instances/{view['job_id']}").status_code == 404
    assert machine.get("/v1/matching-instances/resources_job_x").status_code == 404
    assert machine.get("/v1/matching-instances/resources_job_%00").status_code == 422


def test_an_answer_is_not_there_before_it_is_and_few_may_wait(
    district: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHING_INSTANCES_WAITING", "2")
    bureau = district.as_("bureau")
    first = send(bureau, SMALL).json
    assert bureau.get(f"/v1/matching-instances/{first['job_id']}").json["code"] == "matching_answer_pending"
    assert send(bureau, SMALL).status_code == 202
    assert send(bureau, SMALL).json["code"] == "matching_instances_waiting"
    settle(bureau)
    assert send(bureau, SMALL).status_code == 202


def test_the_same_key_is_the_same_job(district: Client) -> None:
    bureau = district.as_("bureau")
    replies = [send(bureau, SMALL, **{"Idempotency-Key": "one"}) for _ in range(2)]
    assert replies[0].json["job_id"] == replies[1].json["job_id"]
    assert send(bureau, {**SMALL, "theta": [1, 2]}, **{"Idempotency-Key": "one"}).status_code == 422


def test_instances_and_answers_are_not_kept_for_ever(district: Client) -> None:
    bureau = district.as_("bureau")
    old = ended(bureau, send(bureau, SMALL))
    young = ended(bureau, send(bureau, SMALL))
    other = ended(bureau, send(bureau, {**SMALL, "theta": [1, 2]}))
    executor = bureau.deps.rpc.host.executors["resources"]  # type: ignore[attr-defined]
    for view in (old, other):
        with executor.sessions.begin() as session:
            past = clock.system_now() - timedelta(days=8)
            session.execute(update(tables.Job).where(tables.Job.id == view["job_id"]).values(finished_at=past))
    with executor.system_session("ask_for_dropping", kit.DISTRICT) as session:
        retention.ask_for_dropping(session, now=clock.system_now())
    settle(bureau)
    for view, status in ((old, 404), (young, 200), (other, 404)):
        assert bureau.get(f"/v1/matching-instances/{view['job_id']}").status_code == status
