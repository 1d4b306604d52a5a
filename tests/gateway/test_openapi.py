"""The document, and the page that shows it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from gateway import api, asyncapi, catalogue, openapi
from tests.gateway import notes
from tests.gateway.kit import Client

PAGES = Path(__file__).parents[2] / "gateway" / "pages"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi.build(api.routes(), {**catalogue.load(), **api.own_operations()})


def test_the_whole_table_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert [str(error) for error in OPENAPI_31_VALIDATOR.iter_errors(document)][:3] == []


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def walk(part: Any) -> None:
        if isinstance(part, dict):
            if isinstance(target := part.get("$ref"), str):
                at = document
                for word in target.removeprefix("#/").split("/"):
                    at = at[word]
            for inner in part.values():
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    walk(document)


def test_operation_ids_are_unique_and_roles_are_told(document: dict[str, Any]) -> None:
    rows = [row for methods in document["paths"].values() for row in methods.values()]
    assert len({row["operationId"] for row in rows}) == len(rows)
    assert all(row["x-roles"] and row["summary"] and row["description"] for row in rows)


def test_path_query_and_body_are_split() -> None:
    made = openapi.build(notes.ROUTES, notes.CATALOGUE)["paths"]
    patch = made["/v1/notes/{note_id}"]["patch"]
    assert [row["name"] for row in patch["parameters"]] == ["note_id", "If-Match", "Idempotency-Key"]
    body = patch["requestBody"]["content"]["application/json"]["schema"]
    assert (list(body["properties"]), body["required"], body["additionalProperties"]) == (["title"], ["title"], False)
    listing = made["/v1/notes"]["get"]
    assert {row["name"] for row in listing["parameters"]} == {"cursor", "limit", "status", "title"}
    assert set(listing["responses"]["200"]["content"]["application/json"]["schema"]["properties"]) == {
        "items",
        "next_cursor",
    }
    assert made["/v1/note-sessions"]["post"]["security"] == [{}, {"bearer": []}]
    assert "429" in made["/v1/note-sessions"]["post"]["responses"]


def test_patterns_are_portable_and_money_is_a_string() -> None:
    made = openapi.build(notes.ROUTES, notes.CATALOGUE)
    view = made["components"]["schemas"]["NoteView"]["properties"]
    assert view["street_code"]["pattern"] == "^[0-9]{9}$"
    assert view["amount"]["type"] == ["string", "null"]
    assert re.match(view["amount"]["pattern"], "-12.00")


def test_the_document_and_its_page_are_served(client: Client) -> None:
    reply = client.get("/openapi.json")
    assert reply.json["info"]["title"].startswith("足迹")
    assert client.get("/openapi.json", headers={"If-None-Match": reply.headers["etag"]}).status_code == 304
    page = client.get("/docs")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert 'lang="zh-CN"' in page.text


def test_the_document_of_the_bus_is_served_beside_it(client: Client) -> None:
    reply = client.get("/asyncapi.json")
    assert reply.json["asyncapi"] == "3.0.0"
    assert reply.json == asyncapi.build()
    assert reply.json["channels"]["proposal_submitted"]["address"] == "{district_code}.proposal_submitted"
    assert client.get("/asyncapi.json", headers={"If-None-Match": reply.headers["etag"]}).status_code == 304


def test_the_page_calls_nothing_outside_and_builds_no_markup_from_data() -> None:
    for file in PAGES.glob("docs.*"):
        text = file.read_text()
        assert not re.search(r"https?://|//[a-z]+\.[a-z]", text), file.name
        assert "innerHTML" not in text
        assert not re.search(r"\sstyle=|\son[a-z]+=", text), file.name
