"""The routes that speak to all four services at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway import api, catalogue
from gateway.catalogue import SERVICES
from gateway.settlement import expected
from tests import kit
from tests.gateway.kit import Client, make_deps


@pytest.fixture
def district() -> Client:
    host = kit.make_host(*SERVICES, "projects-trail")
    return Client(make_deps(host, routes=api.routes(), catalogue=catalogue.load()))


def test_every_route_finds_its_place(district: Client) -> None:
    for route in api.routes():
        path = route.path.replace("{", "").replace("}", "")
        if route.operation != "gateway.stream_events":
            assert district.request(route.method, path).status_code != 405


def test_advancing_the_clock_returns_when_all_four_are_at_rest(district: Client) -> None:
    operator = district.as_("operator")
    before = operator.get("/v1/clock").json["offset_seconds"]
    reply = operator.post("/v1/clock/advance", json={"seconds": 86400}, headers={"Idempotency-Key": "day-1"})
    assert reply.status_code == 200, reply.text
    assert reply.json["offset_seconds"] - before == 86400
    assert reply.json["settlement"]["settled"] is True
    again = operator.post("/v1/clock/advance", json={"seconds": 86400}, headers={"Idempotency-Key": "day-1"})
    assert again.json["offset_seconds"] == reply.json["offset_seconds"]
    assert operator.get("/v1/settlement").json["settled"] is True
    assert set(operator.get("/v1/bus").json) == set(SERVICES)


def test_only_operators_move_the_clock(district: Client) -> None:
    assert district.post("/v1/clock/advance", json={"seconds": 5}).status_code == 401
    assert district.as_("bureau").post("/v1/clock/advance", json={"seconds": 5}).status_code == 403
    assert district.as_("operator").post("/v1/clock/advance", json={"seconds": -5}).status_code == 422
    assert district.as_("bureau").get("/v1/bus").status_code == 403


def test_outside_a_demonstration_the_clock_stays(district: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_DEMO", "0")
    reply = district.as_("operator").post("/v1/clock/advance", json={"seconds": 5})
    assert (reply.status_code, reply.json["code"]) == (403, "clock_not_demo")


def test_a_district_that_never_rests_is_503_with_what_is_open(district: Client) -> None:
    class Busy:
        connected = True

        async def call(self, operation: str, *_: Any, **__: Any) -> Any:
            if operation.endswith("get_bus_state"):
                return {"unsent": 0, "parked": 0, "jobs": 0, "timers_due": 3, "position": 0}
            return {"events": [], "unsent": 0, "position": 0}

    deps = replace(district.deps, rpc=Busy(), settle_seconds=0.2)
    reply = Client(deps).as_("operator").get("/v1/settlement")
    assert (reply.status_code, reply.json["code"]) == (503, "clock_not_settled")
    assert reply.json["details"]["open"]["registry"] == {"timers_due": 3}


def test_the_inboxes_that_must_hold_an_event_follow_from_the_contracts() -> None:
    pairs = expected({"projects": {"events": [["evt_1", "project_started"], ["evt_2", "nobody_knows"]]}})
    assert ("resources.on_project_started", "evt_1") in pairs["resources"]
    assert ("notify.on_project_started", "evt_1") in pairs["notify"]
    assert pairs["projects"].count(("projects-trail.on_event", "evt_1")) == 1
    assert ("projects-trail.on_event", "evt_2") in pairs["projects"]


def test_the_dashboard_has_all_four_parts(district: Client) -> None:
    reply = district.as_("bureau").get("/v1/dashboard")
    assert reply.status_code == 200, reply.text
    assert set(reply.json) == set(SERVICES)
    assert district.get("/v1/dashboard").status_code == 401


def test_a_job_is_asked_of_the_service_its_id_names(district: Client) -> None:
    operator = district.as_("operator")
    for job_id in ("projects_job_01m85gm5nzecdsd6cw03mv2j2e", "nobody_job_01m85gm5nzecdsd6cw03mv2j2e", "x", "a_b"):
        reply = operator.get(f"/v1/jobs/{job_id}")
        assert (reply.status_code, reply.json["code"]) == (404, "job_not_found")


def test_readiness_asks_every_service(district: Client) -> None:
    reply = district.get("/readyz")
    assert (reply.status_code, reply.json) == (200, {"ready": True, "bus": True, "missing": []})
