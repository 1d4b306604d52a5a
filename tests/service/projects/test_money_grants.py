"""Awards as open data: what the 360Giving Data Standard 1.1 requires, published facts only, nothing of a person."""

from __future__ import annotations

import base64
import json
from datetime import date
from typing import Any

import jsonschema_rs
import pytest
from sqlalchemy import text as sql

from tests import kit
from tests.service.projects.purse import Purse
from tests.service.projects.round_road import Road
from tests.service.projects.test_round_guards import determined

# Written from the field list of the standard (standard.threesixtygiving.org, version 1.1): what is required, the types.
TEXT = {"type": "string", "minLength": 1}
DAY = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
ORGANISATIONS = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "required": ["id", "name"],
        "properties": {"id": TEXT, "name": TEXT},
        "additionalProperties": False,
    },
}
GRANT = {
    "type": "object",
    "required": [
        "id",
        "title",
        "description",
        "currency",
        "amountAwarded",
        "awardDate",
        "recipientOrganization",
        "fundingOrganization",
    ],
    "additionalProperties": False,
    "properties": {
        "id": TEXT,
        "title": {**TEXT, "maxLength": 140},
        "description": TEXT,
        "currency": {"const": "CNY"},
        "amountAwarded": {"type": "number", "minimum": 0},
        "amountDisbursed": {"type": "number", "minimum": 0},
        "awardDate": DAY,
        "plannedDates": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"startDate": DAY, "endDate": DAY},
                "additionalProperties": False,
            },
        },
        "recipientOrganization": ORGANISATIONS,
        "fundingOrganization": ORGANISATIONS,
        "beneficiaryLocation": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"countryCode": {"const": "CN"}, "geoCode": TEXT, "geoCodeType": TEXT},
                "additionalProperties": False,
            },
        },
        "grantProgramme": {
            "type": "array",
            "items": {"type": "object", "properties": {"code": TEXT, "title": TEXT}, "additionalProperties": False},
        },
        "fromOpenCall": {"enum": ["Yes", "No"]},
        "dateModified": {"type": "string", "format": "date-time"},
    },
}
PACKAGE = {
    "type": "object",
    "required": ["version", "publisher", "license", "issued", "grants"],
    "properties": {
        "version": {"const": "1.1"},
        "issued": DAY,
        "license": {"type": "string", "pattern": "^https://"},
        "publisher": {"type": "object", "required": ["name"]},
        "grants": {"type": "array", "uniqueItems": True, "items": GRANT},
    },
}


def public(purse: Purse, street: str | None = None) -> kit.Caller:
    return kit.Caller(purse.host, street=street)


def package(caller: kit.Caller) -> dict[str, Any]:
    file = caller("projects.get_grants_file")
    assert file["file_name"].endswith("-360giving.json")
    found: dict[str, Any] = json.loads(base64.b64decode(file["content"]))
    return found


def test_the_file_and_every_page_are_what_the_standard_requires() -> None:
    purse = Purse(awards=(100_050, 200_000, 1))
    purse.sign()
    purse.pay()
    purse.bureau("projects.change_money_policy", publisher={"prefix": "360G-demo", "name": "某区民政局（演示）"})
    found = package(public(purse))
    jsonschema_rs.validate(PACKAGE, found)
    assert sorted(grant["amountAwarded"] for grant in found["grants"]) == [0.01, 1000.5, 2000]
    first = next(grant for grant in found["grants"] if grant["id"].endswith(purse.award_ids[0]))
    assert first["id"] == f"360G-demo-{purse.award_ids[0]}"
    assert first["amountDisbursed"] == 500.25
    assert date.fromisoformat(first["awardDate"])
    assert first["recipientOrganization"][0]["name"] == "某组织（演示）"
    assert first["fundingOrganization"][0]["name"] == "某区民政局（演示）"
    seen, cursor = [], None
    while True:
        page = public(purse)("projects.list_grants", limit=2, **({"cursor": cursor} if cursor else {}))
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(row["id"] for row in seen) == sorted(grant["id"] for grant in found["grants"])


def test_a_street_shows_its_own_grants() -> None:
    purse = Purse()
    assert len(package(public(purse, kit.ZHUHAI))["grants"]) == 1
    assert package(public(purse, kit.CHANGJIANG))["grants"] == []


def test_nothing_is_published_before_the_award_and_no_word_of_the_plan_ever() -> None:
    road = Road()
    determined(road)
    road.on_round("publish_notice")
    anybody = kit.Caller(road.host)
    assert anybody("projects.list_grants")["items"] == []
    road.award()
    with road.host.executors["projects"].sessions.begin() as session:
        session.execute(sql("""UPDATE proposal SET plan = plan || '{"team": "某人 13800138000", "need": "某人"}'"""))
    text = json.dumps(package(anybody), ensure_ascii=False)
    jsonschema_rs.validate(PACKAGE, json.loads(text))
    assert "某人" not in text
    assert "13800138000" not in text


def test_the_schema_of_this_test_refuses_what_the_standard_refuses() -> None:
    purse = Purse()
    found = package(public(purse))
    for missing in GRANT["required"]:
        grant = {name: value for name, value in found["grants"][0].items() if name != missing}
        with pytest.raises(jsonschema_rs.ValidationError):
            jsonschema_rs.validate(PACKAGE, {**found, "grants": [grant]})
