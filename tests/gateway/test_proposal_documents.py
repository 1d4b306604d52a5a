"""Plans through the front door: documents as files, If-Match among co-authors, files and surveys by their addresses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway import api, catalogue
from tests import kit
from tests.gateway.kit import Client, make_deps
from tests.service.projects.round_road import SUNSET, Road

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def road(monkeypatch: pytest.MonkeyPatch) -> Road:
    monkeypatch.setenv("FOOTPRINT_DEMO", "1")
    return Road()


@pytest.fixture
def client(road: Road) -> Client:
    deps = make_deps(road.host, routes=api.routes(), catalogue=catalogue.load())
    return Client(replace(deps, body_max=65_536))


def signed_in(client: Client, who: kit.Caller) -> Client:
    assert who.who is not None
    return client.with_token(kit.token(who.who))


def test_a_proposal_is_handed_out_as_a_file(road: Road, client: Client) -> None:
    road.publish()
    proposal_id = road.draft(SUNSET, road.organisations[0], field="elder_care", yuan=30_000)
    author = signed_in(client, road.author(road.organisations[0]))
    address = f"/v1/proposals/{proposal_id}/document"
    paper = author.get(address)
    assert (paper.status_code, paper.headers["content-type"]) == (200, "application/pdf")
    assert paper.content.startswith(b"%PDF-")
    assert f"{proposal_id}-v1.pdf" in paper.headers["content-disposition"]
    book = author.get(address, params={"format": "xlsx"})
    assert (book.headers["content-type"], book.content[:2]) == (XLSX, b"PK")
    assert author.get(address, params={"format": "docx"}).status_code == 422
    stranger = signed_in(client, road.author(road.organisations[1]))
    assert stranger.get(address).status_code == 404
    assert client.get(address).status_code == 401


def test_coauthors_lock_by_the_etag_they_read(road: Road, client: Client) -> None:
    road.publish()
    proposal_id = road.draft(SUNSET, road.organisations[0], field="elder_care", yuan=30_000)
    author = signed_in(client, road.author(road.organisations[0]))
    other = road.account("talent", street=road.street)
    address = f"/v1/proposals/{proposal_id}"
    made = author.post(f"{address}/coauthors", json={"account_id": other.who.account_id if other.who else ""})
    assert made.status_code == 201
    writer = signed_in(client, other)
    assert writer.post(f"/v1/coauthors/{made.json['coauthor_id']}/acceptance").status_code == 200
    read = writer.get(address)
    change: dict[str, Any] = {"plan": {"risks": "预案"}}
    missing = writer.request("PATCH", address, json=change)
    assert (missing.status_code, missing.json["code"]) == (409, "proposal_version_needed")
    match = {"If-Match": read.headers["etag"]}
    assert writer.request("PATCH", address, json=change, headers=match).status_code == 200
    stale = author.request("PATCH", address, json=change, headers=match)
    assert (stale.status_code, stale.json["code"]) == (412, "row_stale")
    gone = author.request("DELETE", f"/v1/coauthors/{made.json['coauthor_id']}")
    assert gone.json["status"] == "removed"


def test_what_is_missing_is_read_before_submission(road: Road, client: Client) -> None:
    road.publish()
    proposal_id = road.draft(SUNSET, road.organisations[0], field="elder_care", yuan=30_000)
    author = signed_in(client, road.author(road.organisations[0]))
    address = f"/v1/proposals/{proposal_id}"
    author.request("PATCH", address, json={"plan": {"need": "", "goals": ""}, "amount": "31000.00"})
    checks = author.get(f"{address}/checks").json
    assert {item["code"] for item in checks["problems"]} == {"section_missing", "above_cap", "budget_sum"}
    assert len(checks["problems"]) == 4
    assert all(item["zh"] and item["en"] for item in checks["problems"])
    differences = author.get(f"{address}/differences").json
    assert {item["section"] for item in differences["sections"]} == {"need", "goals"}


def test_a_survey_is_answered_and_counted_over_http(road: Road, client: Client) -> None:
    road.create()
    bureau = signed_in(client, road.bureau)
    body = {
        "title": "需求调研（演示）",
        "questions": [{"key": "how", "text": "有多需要？", "kind": "scale"}],
        "closes_at": (road.now() + timedelta(days=2)).isoformat(),
    }
    made = bureau.post(f"/v1/rounds/{road.round_id}/surveys", json=body)
    assert made.status_code == 201, made.text
    address = f"/v1/surveys/{made.json['survey_id']}"
    bureau.post(f"/v1/rounds/{road.round_id}/needs-survey")
    assert bureau.post(f"{address}/opening").json["status"] == "open"
    resident = signed_in(client, road.account("resident", street=road.street))
    assert resident.post(f"{address}/answers", json={"answers": {"how": 4}}).status_code == 201
    again = resident.post(f"{address}/answers", json={"answers": {"how": 4}})
    assert (again.status_code, again.json["code"]) == (409, "survey_answered")
    wrong = signed_in(client, road.account("resident", street=road.street))
    assert wrong.post(f"{address}/answers", json={"answers": {"how": 9}}).status_code == 422
    assert bureau.post(f"{address}/closing").json["status"] == "closed"
    assert resident.get(f"{address}/counts").json["questions"][0]["mean"] == "4"
    assert [item["survey_id"] for item in bureau.get("/v1/surveys", params={"round_id": road.round_id}).json["items"]]
