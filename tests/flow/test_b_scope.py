"""A street's token reaches no row of another street, on any route (acceptance of the first road).

Runs after the pilot's chapters: their rows, all of Zhuhai Street, are what a neighbour must not see.
"""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from deploy.pilot.client import Session
from deploy.pilot.stage import Stage
from gateway.api import routes
from gateway.catalogue import load
from gateway.route import Route
from tests.examples import body, example

NEIGHBOUR = "370211005"
ROLES = ("street_staff", "hub", "cso", "steward")
SAMPLES: dict[str, Any] = {"kind": "household", "sha256": "0" * 64, "commitment": "0" * 64, "code": "370211009"}


def _ids(stage: Stage) -> dict[str, str]:
    """One id of Zhuhai Street for each noun, found as the bureau finds them."""
    bureau, made = stage.people["bureau"], stage.made
    found = {
        "organisation_id": made["cso"][1]["organisation_id"],
        "account_id": stage.accounts["resident-0"],
        "case_id": made["case_ids"][0],
        "round_id": made["round_id"],
        "proposal_id": made["proposal"]["sunset"],
        "order_id": made["orders"][0],
        "project_id": made["projects"][0],
        "offer_id": made["offers"][-1],
        "need_id": made["needs"][0],
        "allocation_id": made["allocations"][0],
        "endpoint_id": made["endpoint_id"],
        "centre_id": made["centre_id"],
        "space_id": made["space_id"],
        "booking_id": made["booking_id"],
        "activity_id": made["activity_id"],
        "sign_up_id": made["sign_up_id"],
        "beneficiary_id": made["beneficiary_id"],
    }
    for name, path in (
        ("plan_id", "/v1/plans"),
        ("visit_id", "/v1/visits"),
        ("consultation_id", "/v1/consultations"),
        ("seed_group_id", "/v1/seed-groups"),
        ("roadshow_id", "/v1/roadshows"),
        ("sheet_id", "/v1/score-sheets"),
        ("award_id", "/v1/awards"),
        ("matching_round_id", "/v1/matching-rounds"),
        ("objection_id", "/v1/round-objections"),
        ("evidence_id", "/v1/evidence"),
        ("flag_id", "/v1/flags"),
    ):
        found[name] = bureau.get(path)["items"][0][name]
    project = bureau.get(f"/v1/projects/{found['project_id']}")
    found["milestone_id"] = project["milestones"][0]["milestone_id"]
    found["pitch_id"] = bureau.get(f"/v1/roadshows/{found['roadshow_id']}")["pitches"][0]["pitch_id"]
    found["tranche_id"] = bureau.get(f"/v1/awards/{found['award_id']}")["tranches"][0]["tranche_id"]
    return found


@pytest.fixture(scope="module")
def neighbours(stage: Stage) -> dict[str, Session]:
    """People of another street, one of each role."""
    organisation = stage.people["bureau"].post(
        "/v1/organisations",
        name=f"邻街组织（演示 {stage.run}）",
        kind="cso",
        legal_tier="filed",
        filing_number=f"演示备案-{stage.run}-邻街",
        responsible_person="演示负责人",
        street_code=NEIGHBOUR,
    )
    own = {"organisation_id": organisation["organisation_id"]}
    extra = {"hub": {"organisation_id": stage.made["hub"][NEIGHBOUR]}, "cso": own}
    for role in ROLES:
        stage.open_account(f"neighbour-{role}", role, street_codes=[NEIGHBOUR], **extra.get(role, {}))
    return {role: stage.people[f"neighbour-{role}"] for role in ROLES}


def _call(stage: Stage, session: Session, route: Route, ids: dict[str, str]) -> httpx.Response:
    operation = load()[route.operation]
    values = {**SAMPLES, **ids}
    names = re.findall(r"{(\w+)}", route.path)
    path = route.path.format(
        **{name: values[name] for name in names if name in values} | _rest(operation, names, values)
    )
    sent = {name: value for name, value in body(operation.input()).items() if name not in names}
    sent.update({name: value for name, value in ids.items() if name in sent})
    if "pitch_ids" in sent:
        sent["pitch_ids"] = [f"pit_{number:026}" for number in (1, 2)]  # a pitch is not swapped with itself
    headers = {"Authorization": f"Bearer {session.bearer()}"}
    if route.method == "GET":
        return stage.http.get(session.url + path, params=sent, headers=headers)
    return stage.http.request(route.method, session.url + path, json=sent, headers=headers)


def _rest(operation: Any, names: list[str], values: dict[str, str]) -> dict[str, Any]:
    known = operation.input().fields
    return {name: example(known[name]) for name in names if name not in values}


OBJECTS = [route for route in routes() if "{" in route.path and route.service != "gateway"]
LISTS = [
    route
    for route in routes()
    if route.method == "GET"
    and "{" not in route.path
    and route.operation not in {"projects.get_receipt"}
    and not route.download
    and route.service != "gateway"
]
PUBLIC = {"*"}


@pytest.mark.parametrize("role", ROLES)
def test_no_object_route_lets_a_neighbour_in(stage: Stage, neighbours: dict[str, Session], role: str) -> None:
    ids = _ids(stage)
    let_in = {}
    for route in OBJECTS:
        operation = load()[route.operation]
        if operation.roles >= PUBLIC or role not in operation.roles or _is_not_of_a_street(route):
            continue
        response = _call(stage, neighbours[role], route, ids)
        if response.status_code not in {403, 404} and response.json().get("code") != "file_not_found":
            let_in[f"{route.method} {route.path}"] = (response.status_code, response.text[:200])
    assert let_in == {}


def _is_not_of_a_street(route: Route) -> bool:
    """Places, kinds of service and rubrics belong to the district; a message belongs to its reader."""
    district = ("/v1/places", "/v1/order-kinds", "/v1/policies", "/v1/templates", "/v1/evaluation-rubrics")
    return route.path.startswith((*district, "/v1/messages"))


@pytest.mark.parametrize("role", ROLES)
def test_no_list_shows_a_neighbour_a_row_of_zhuhai(stage: Stage, neighbours: dict[str, Session], role: str) -> None:
    ids = _ids(stage)
    shown = {}
    for route in LISTS:
        operation = load()[route.operation]
        if role not in operation.roles or _is_not_of_a_street(route):
            continue
        response = _call(stage, neighbours[role], route, ids)
        assert response.status_code in {200, 403, 404}, (route.path, response.text[:300])
        rows = response.json().get("items", []) if response.status_code == 200 else []
        theirs = [row for row in rows if isinstance(row, dict) and row.get("street_code") == stage.made["street"]]
        if theirs:
            shown[route.path] = theirs[:1]
    assert shown == {}


def test_no_receipt_of_zhuhai_is_given_to_a_neighbour(stage: Stage, neighbours: dict[str, Session]) -> None:
    entry = stage.people["bureau"].get("/v1/trail/entries", subject=stage.made["orders"][0])["items"][0]
    for role in ROLES:
        assert "not_found" in neighbours[role].refused("GET", f"/v1/trail/receipt?index={entry['index']}")


def test_the_street_gateway_refuses_people_of_another_street(stage: Stage, neighbours: dict[str, Session]) -> None:
    assert neighbours["street_staff"].at(stage.street).refused("GET", "/v1/orders") == "street_forbidden"


def test_the_street_gateway_narrows_the_bureau_to_its_street(stage: Stage) -> None:
    rows = list(stage.people["bureau"].at(stage.street).every("/v1/organisations"))
    assert {row["street_code"] for row in rows} <= {stage.made["street"], None}
