"""The statements of hot reads, as they are sent, by the plans PostgreSQL makes of them: indexes, not whole tables.

A plan depends on how many rows there are and on fresh statistics, so both are made here: a synthetic district.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from chassis import ids
from chassis.runtime.inprocess import InProcessHost
from deploy.local import seed
from deploy.local.seed_rows import CHANGE, ORGANISATION, Synthetic
from services.registry import bootstrap
from services.registry.bulk import duplicates
from services.registry.organisations.models import Organisation
from services.registry.places.models import Place
from tests import kit
from tests.kit import CHANGJIANG, DISTRICT, ZHUHAI, Caller, actor

ROWS, HISTORY = 12_000, 48_000


@pytest.fixture(scope="module", autouse=True)
def _keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One key for the module, as the rows are sealed once."""
    file = tmp_path_factory.mktemp("keys") / "data.key"
    file.write_bytes(base64.b64encode(os.urandom(32)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATA_KEY_FILE", str(file))
        yield


@pytest.fixture(scope="module")
def world(_keys: None) -> tuple[InProcessHost, Synthetic]:
    host = kit.make_host("registry")
    with host.executors["registry"].system_session("bootstrap", DISTRICT) as session:
        bootstrap.seed(session, district_code=DISTRICT)
    with host.executors["registry"].sessions.kw["bind"].begin() as connection:
        cursor = connection.connection.cursor()
        made = seed._planned(cursor, DISTRICT, ROWS, HISTORY, 7)
        cursor.execute("SET LOCAL statement_timeout = 0")
        seed._copy(cursor, "organisation", ORGANISATION, made.organisation_lines())
        # A pooled connection keeps the plan by which it checked this key when the table was small: a scan of it all.
        cursor.execute("ANALYZE organisation")
        seed._copy(cursor, "organisation_change", CHANGE, made.change_lines())
        connection.execute(text("ANALYZE"))
    return host, made


@contextmanager
def explained(host: InProcessHost) -> Iterator[list[dict[str, Any]]]:
    """The plan of every statement that is read with inside."""
    engine = host.executors["registry"].readers.kw["bind"]
    plans: list[dict[str, Any]] = []

    def note(connection: Connection, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            own = cursor.connection.cursor()
            own.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
            plans.append(own.fetchone()[0][0]["Plan"])

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield plans
    finally:
        event.remove(engine, "before_cursor_execute", note)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


def scanned(plans: list[dict[str, Any]], *tables: str) -> set[str]:
    """Large tables that are read from end to end."""
    found = [node for plan in plans for node in nodes(plan) if node["Node Type"] in ("Seq Scan", "Parallel Seq Scan")]
    return {node["Relation Name"] for node in found} & set(tables or ("organisation", "organisation_change"))


def indexes(plans: list[dict[str, Any]]) -> set[str]:
    return {node["Index Name"] for plan in plans for node in nodes(plan) if "Index Name" in node}


CALLERS = {
    "the bureau": actor("bureau"),
    "a street": actor("street_staff", streets=[ZHUHAI]),
    "two streets": actor("steward", streets=[ZHUHAI, CHANGJIANG]),
}


@pytest.mark.parametrize("who", CALLERS)
def test_one_organisation_and_its_history_are_found_by_index(world: tuple[InProcessHost, Synthetic], who: str) -> None:
    host, made = world
    row = next(row for row in made.rows[30:] if row["street_code"] == ZHUHAI)
    organisation_id = ids.encode("org", row["id"])
    caller = Caller(host, CALLERS[who])
    with explained(host) as plans:
        caller("registry.get_organisation", organisation_id=organisation_id)
        caller("registry.get_organisation_contact", organisation_id=organisation_id)
        history = caller("registry.list_organisation_changes", organisation_id=organisation_id)
    assert scanned(plans) == set()
    assert "pk_organisation" in indexes(plans)
    assert any(re.search(r"organisation_change.*organisation_id", name) for name in indexes(plans))
    assert len(history["items"]) == HISTORY // len(made.rows) + (made.rows.index(row) < HISTORY % len(made.rows))


@pytest.mark.parametrize("who", CALLERS)
@pytest.mark.parametrize(
    "asked",
    [{}, {"street_code": ZHUHAI}, {"status": "active"}, {"kind": "cso"}, {"legal_tier": "filed"}, {"field": "youth"}],
    ids=json.dumps,
)
def test_a_list_reads_as_far_as_its_page(
    world: tuple[InProcessHost, Synthetic], who: str, asked: dict[str, str]
) -> None:
    host, _ = world
    caller = Caller(host, CALLERS[who])
    with explained(host) as plans:
        page = caller("registry.list_organisations", limit=50, **asked)
        caller("registry.list_organisations", limit=50, cursor=page["next_cursor"], **asked)
    assert len(page["items"]) == 50
    assert scanned(plans) == set()


@pytest.mark.parametrize(
    "asked", [{"kind": "foundation"}, {"status": "closed"}, {"kind": "hub"}, {"uscc": "5"}, {"hub": ""}], ids=json.dumps
)
def test_what_is_rare_is_found_without_reading_everything_that_is_not(
    world: tuple[InProcessHost, Synthetic], asked: dict[str, str]
) -> None:
    host, made = world
    if "hub" in asked:
        asked = {"hub_id": ids.encode("org", made.rows[0]["id"])}
    if "uscc" in asked:
        asked = {"uscc": next(row["uscc"] for row in made.rows if row["kind"] == "foundation")}
    with explained(host) as plans:
        page = Caller(host, actor("bureau"))("registry.list_organisations", limit=50, **asked)
    assert page["items"]
    assert scanned(plans) == set()


@pytest.mark.parametrize("who", CALLERS)
@pytest.mark.parametrize(
    ("part", "index"),
    [("001234", "ix_organisation_bigrams"), ("龘", "ix_organisation_characters"), ("合成", ""), ("合", ""), ("%", "")],
)
def test_a_part_of_a_name_is_found_without_reading_every_name(
    world: tuple[InProcessHost, Synthetic], who: str, part: str, index: str
) -> None:
    host, made = world
    streets = CALLERS[who].street_codes
    mine = [row for row in reversed(made.rows) if not streets or row["street_code"] in streets]
    expected = [row["name"] for row in mine if part in row["name_key"]]
    caller = Caller(host, CALLERS[who])
    with explained(host) as plans:
        page = caller("registry.list_organisations", limit=50, name=part)
    assert [row["name"] for row in page["items"]] == expected[:50]
    if page["next_cursor"]:
        after = caller("registry.list_organisations", limit=50, name=part, cursor=page["next_cursor"])
        assert [row["name"] for row in after["items"]] == expected[50:100]
    assert scanned(plans) == set()
    assert not index or index in indexes(plans)


def test_places_are_found_by_index_too(world: tuple[InProcessHost, Synthetic]) -> None:
    host, _ = world
    with explained(host) as plans:
        Caller(host, actor("bureau"))("registry.get_place", code=ZHUHAI)
    assert any(name.startswith("uq_place") for name in indexes(plans))


def test_an_import_looks_for_known_organisations_by_index(world: tuple[InProcessHost, Synthetic]) -> None:
    host, made = world
    rows = [
        Organisation(**{name: row.get(name) for name in duplicates.Same._fields}, district_code=DISTRICT)
        for row in made.rows[100:150]
    ]
    with host.executors["registry"].readers() as session, explained(host) as plans:
        found = list(duplicates._registered(session, rows, DISTRICT))
    assert {same.name_key for same in found} == {row.name_key for row in rows}
    assert scanned(plans, "organisation") == set()
    assert len(plans) == 3


def test_the_models_that_are_asked_about_are_the_ones_that_were_filled(world: tuple[InProcessHost, Synthetic]) -> None:
    """The assertions above would be hollow on empty tables."""
    host, made = world
    with host.executors["registry"].sessions() as session:
        for model, least in ((Organisation, ROWS), (Place, 400)):
            count = session.execute(text(f"SELECT count(*) FROM {model.__tablename__}")).scalar_one()
            assert count >= least
    assert len(made.rows) == ROWS + 23
