"""One HTTP request, followed to its e-mail: `./run trace` on a running district."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx

from deploy.pilot.stage import Stage
from tests.flow.conftest import run_local

NAME = "flow-trace-0001"
ADDRESS = "traced@demo.invalid"
QUESTION = "备案组织能否开立账户？（演示）"
ZHUHAI = "370211009"


def traced(district: dict[str, str], asked: str) -> dict[str, Any]:
    done = run_local("trace", asked, "--json", env=district)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def walk(steps: list[dict[str, Any]], above: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for step in steps:
        path = f"{above}/{step['kind']} {step['name']}"
        yield path, step
        yield from walk(step["steps"], path)


def answer_a_consultation(stage: Stage) -> httpx.Response:
    """A question of an organisation, answered by the specialist: the request whose effects are looked at."""
    officer = stage.open_account("traced-bureau", "bureau")
    group = {"name": f"追踪小队（演示）{stage.run}", "kind": "cso", "legal_tier": "filed", "fields": ["elder_care"]}
    filed = {"filing_number": f"演示追踪-{stage.run}", "responsible_person": "演示", "street_code": ZHUHAI}
    organisation_id = officer.post("/v1/organisations", group | filed)["organisation_id"]
    stage.open_account("traced-specialist", "specialist")
    asker = stage.open_account("traced", "cso", organisation_id=organisation_id, street_codes=[ZHUHAI], email=ADDRESS)
    asked = asker.post("/v1/consultations", topic="filing", question=QUESTION)
    stage.settle()
    return stage.http.post(
        f"{stage.cloud}/v1/consultations/{asked['consultation_id']}/answer",
        headers={"Authorization": f"Bearer {stage.people['traced-specialist'].bearer()}", "X-Request-Id": NAME},
        json={"answer": QUESTION, "citations": [{"title": "演示", "url": "https://example.org/"}]},
    )


def test_a_request_is_followed_from_its_own_name_to_the_mail_that_was_accepted(
    stage: Stage, district: dict[str, str]
) -> None:
    reply = answer_a_consultation(stage)
    assert (reply.status_code, reply.headers["x-request-id"]) == (200, NAME)
    limit = time.monotonic() + 120
    while (found := traced(district, NAME))["open"]:
        assert time.monotonic() < limit, found
        time.sleep(0.5)
    steps = dict(walk(found["steps"]))
    root = "/command answer_consultation"
    told = f"{root}/event consultation_answered/handled notify.on_consultation_answered/message consultation_answered"
    accepted = f"{told}/delivery email/event message_delivered"
    entry = "handled projects-trail.on_event/entry"
    assert {
        f"{accepted}/{entry} message_delivered",
        f"{root}/event consultation_answered/{entry} consultation_answered",
    } <= set(steps)
    assert steps[f"{told}/delivery email"]["status"] == "sent"
    instants = [steps[path]["after_ms"] for path in (root, told, accepted)]
    assert instants == sorted(instants)
    (request,) = found["requests"]
    assert (request["method"], request["status"], request["request_id"]) == ("POST", 200, NAME)
    assert request["route"] == "/v1/consultations/{consultation_id}/answer"
    assert not [secret for secret in (ADDRESS, QUESTION, stage.login("traced")) if secret in str(found)]
    by_delivery = traced(district, steps[f"{told}/delivery email"]["id"])
    assert by_delivery["trace_id"] == found["trace_id"] != NAME


def test_a_read_leaves_only_its_line_in_the_log_and_an_unknown_id_nothing(
    stage: Stage, district: dict[str, str]
) -> None:
    reply = stage.http.get(f"{stage.cloud}/v1/clock")
    found = traced(district, reply.headers["x-request-id"])
    assert ([request["route"] for request in found["requests"]], found["steps"]) == (["/v1/clock"], [])
    unknown = run_local("trace", "evt_00000000000000000000000000", env=district)
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "查无此号" in unknown.stderr
