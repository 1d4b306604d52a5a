"""The operator's parking over HTTP: the same rows for each of the four services."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chassis.runtime import parking
from chassis.runtime.inprocess import InProcessHost
from chassis.runtime.parking import Letter
from gateway import api, catalogue
from gateway.api import bus
from gateway.catalogue import SERVICES
from tests import kit
from tests.gateway.kit import Client, make_deps

GROUP = "0" * 64
NOBODY = f"prk_{0:026}"


@pytest.fixture
def host() -> InProcessHost:
    return kit.make_host(*SERVICES)


@pytest.fixture
def client(host: InProcessHost) -> Client:
    return Client(make_deps(host, routes=api.routes(), catalogue=catalogue.load()))


@pytest.fixture
def operator(client: Client) -> Client:
    return client.as_("operator")


def park(host: InProcessHost, service: str, *, body: bytes = b"\xff") -> None:
    queue = f"{service}.on_account_opened"
    failed = {parking.ERROR: "PoisonError: no", parking.FINGERPRINT: GROUP}
    with host.executors[service].sessions.begin() as session:
        parking.store(session, Letter(queue=queue, headers=failed, body=body))


def items(reply: Any) -> list[dict[str, Any]]:
    assert reply.status_code == 200, reply.text
    found: list[dict[str, Any]] = reply.json["items"]
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_shows_and_settles_its_own(host: InProcessHost, operator: Client, service: str) -> None:
    base = f"/v1/bus/{service}"
    park(host, service)
    park(host, service, body=b"\xfe")
    (group,) = items(operator.get(f"{base}/parked-groups"))
    assert (group["fingerprint"], group["count"], group["error"]) == (GROUP, 2, "PoisonError: no")
    first, second = items(operator.get(f"{base}/parked", params={"fingerprint": GROUP}))
    one = operator.get(f"{base}/parked/{first['parked_id']}").json
    assert (one["body"], one["encoding"]) == ("/g==", "base64")
    reply = operator.post(f"{base}/parked/{first['parked_id']}/discard", json={"reason": "x"})
    assert reply.json == {"parked_id": first["parked_id"], "state": "discarded"}
    reply = operator.post(f"{base}/parked/{second['parked_id']}/replay")
    assert reply.json == {"parked_id": second["parked_id"], "state": "replaying"}
    assert [row["parked_id"] for row in items(operator.get(f"{base}/parked", params={"settled": "true"}))] == [
        first["parked_id"]
    ]


def test_one_key_settles_a_group_once(host: InProcessHost, operator: Client) -> None:
    address = f"/v1/bus/notify/parked-groups/{GROUP}/discard"
    park(host, "notify")
    sent = {"json": {"reason": "x"}, "headers": {"Idempotency-Key": "k"}}
    first, again = operator.post(address, **sent), operator.post(address, **sent)
    assert first.json == again.json == {"count": 1, "remaining": 0, "expired": 0}
    reply = operator.post(address, json={"reason": "x"})
    assert (reply.status_code, reply.json["code"]) == (409, "parked_settled")


def test_all_of_a_service_are_settled_and_those_of_the_others_are_not(host: InProcessHost, operator: Client) -> None:
    for service in ("notify", "registry"):
        park(host, service)
    assert operator.post("/v1/bus/registry/parked/replay").json["count"] == 1
    assert operator.post("/v1/bus/notify/parked/discard", json={"reason": "x"}).json["count"] == 1
    assert operator.post("/v1/bus/notify/parked/replay").json == {"count": 0, "remaining": 0, "expired": 0}
    state = operator.get("/v1/bus").json
    # asking for the state lets the in-process relay have its turn: poison comes back as a row of its own
    assert (state["registry"]["parked"], state["notify"]["parked"]) == (1, 0)
    assert state["registry"]["oldest_unsent_seconds"] is None
    assert {"retrying", "replaying", "parked_expired"} <= set(state["registry"])


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        ("GET", "/v1/bus/nobody/parked", 404, "route_not_found"),
        ("GET", "/v1/bus/gateway/parked-groups", 404, "route_not_found"),
        ("GET", f"/v1/bus/notify/parked/{NOBODY}", 404, "parked_not_found"),
        ("POST", f"/v1/bus/notify/parked/{NOBODY}/replay", 404, "parked_not_found"),
        ("POST", f"/v1/bus/notify/parked-groups/{GROUP}/replay", 404, "parked_group_not_found"),
        ("POST", "/v1/bus/notify/parked-groups/xyz/replay", 422, "request_invalid"),
        ("POST", "/v1/bus/notify/parked/discard", 422, "request_invalid"),
        ("GET", "/v1/bus/notify/parked?cursor=x", 422, "cursor_invalid"),
    ],
)
def test_what_cannot_be_is_refused(operator: Client, method: str, address: str, status: int, code: str) -> None:
    path, _, query = address.partition("?")
    reply = operator.request(method, path, query_string=query)
    assert (reply.status_code, reply.json["code"]) == (status, code)


def test_every_row_is_for_operators_only(client: Client) -> None:
    known = catalogue.load()
    assert {frozenset(known[route.operation].roles) for route in bus.ROUTES} == {
        frozenset({"operator", "administrator"})
    }
    assert client.get("/v1/bus/notify/parked").status_code == 401
    assert client.as_("bureau").get("/v1/bus/notify/parked").status_code == 403


def test_a_street_gateway_shows_nobody_the_parking(client: Client) -> None:
    street = Client(replace(client.deps, street=kit.ZHUHAI)).as_("operator")
    reply = street.get("/v1/bus/notify/parked-groups")
    assert (reply.status_code, reply.json["code"]) == (403, "street_forbidden")
