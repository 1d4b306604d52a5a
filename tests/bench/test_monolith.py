"""The monolith of ./run bench http is an honest rival: the same answers, the same rows, the same refusals."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from bench.equality import TABLES
from bench.monolith.app import STORES, Store
from chassis import ids
from chassis.actor import Actor
from chassis.errors import FootprintError
from contracts.registry.organisations import RegisterOrganisation
from services.registry.bootstrap import seed
from tests import kit

BUREAU = kit.actor("bureau")
Wish = Callable[[Store], Awaitable[dict[str, Any]]]


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> kit.Caller:
    """The product on a database, and the monolith's settings for the same one."""
    (tmp_path / "data.key").write_text(base64.b64encode(b"k" * 32).decode())
    monkeypatch.setenv("DATA_KEY_FILE", str(tmp_path / "data.key"))
    host = kit.make_host("registry")
    url = kit.database("registry").url
    assert url.database is not None
    server = url.set(drivername="postgresql", database="").render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", server.rstrip("/"))
    monkeypatch.setenv("DATABASE_PREFIX", url.database.removesuffix("registry"))
    with host.executors["registry"].system_session("seed", kit.DISTRICT) as session:
        seed(session, district_code=kit.DISTRICT)
    return kit.Caller(host, BUREAU)


def filed(name: str, **more: Any) -> dict[str, Any]:
    return {
        **{"name": name, "kind": "cso", "legal_tier": "filed", "filing_number": f"F-{name}"},
        **{"responsible_person": "王小明", "phone": "13900000000", "fields": ["elder_care", "youth"]},
        **{"street_code": kit.ZHUHAI, "introduction": "合成", "founded_on": "2020-05-01", **more},
    }


def ask(kind: str, wish: Wish) -> Any:
    """The reply, or the code it was refused with."""

    async def run() -> Any:
        store = STORES[kind]()
        try:
            return await wish(store)
        except FootprintError as error:
            return error.code
        finally:
            await store.close()  # its pool belongs to the loop that ends now

    return asyncio.run(run())


def product(registry: kit.Caller, operation: str, **asked: Any) -> Any:
    try:
        return registry(f"registry.{operation}", **asked)
    except FootprintError as error:
        return error.code


def register(who: Actor, facts: dict[str, Any], command_id: str | None = None) -> Wish:
    loaded = RegisterOrganisation().load(facts)
    key = command_id or str(ids.new_uuid())
    return lambda store: store.register_organisation(actor=who, command_id=key, trace_id="0" * 32, facts=dict(loaded))


def counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in TABLES}


@pytest.mark.postgres
@pytest.mark.parametrize("kind", ["core", "orm"])
def test_the_monolith_reads_what_the_product_reads(registry: kit.Caller, kind: str) -> None:
    made = [registry("registry.register_organisation", **filed(f"第{number}号")) for number in range(5)]
    for organisation_id in [row["organisation_id"] for row in made]:
        one = {"organisation_id": organisation_id}
        found = ask(kind, lambda store, one=one: store.get_organisation(actor=BUREAU, **one))
        assert list(found.items()) == list(product(registry, "get_organisation", **one).items())
    for asked in ({"limit": 2}, {"street_code": kit.ZHUHAI}, {"field": "youth", "name": "第3号"}, {"uscc": "x"}):
        found = ask(kind, lambda store, asked=asked: store.list_organisations(actor=BUREAU, **asked))
        assert found == product(registry, "list_organisations", **asked)
    second = {"limit": 2, "cursor": product(registry, "list_organisations", limit=2)["next_cursor"]}
    assert ask(kind, lambda store: store.list_organisations(actor=BUREAU, **second)) == product(
        registry, "list_organisations", **second
    )


@pytest.mark.postgres
@pytest.mark.parametrize("kind", ["core", "orm"])
def test_the_monolith_writes_the_rows_the_product_writes(registry: kit.Caller, kind: str) -> None:
    engine = kit.database("registry")
    before = counts(engine)
    ours = registry("registry.register_organisation", command_id=str(ids.new_uuid()), **filed("我们"))
    between = counts(engine)
    theirs = ask(kind, register(BUREAU, filed("他们")))
    after = counts(engine)
    assert {name: after[name] - between[name] for name in TABLES} == {
        name: between[name] - before[name] for name in TABLES
    }
    fresh = {"organisation_id", "created_at", "name", "filing_number"}
    assert {name: theirs[name] for name in theirs.keys() - fresh} == {name: ours[name] for name in ours.keys() - fresh}
    assert list(theirs) == list(ours)
    assert events(engine)[0] == events(engine)[1]


def events(engine: Engine) -> list[dict[str, Any]]:
    """The outbox without ids and times."""
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT name, subject_version, headers, payload FROM outbox ORDER BY position"))
        found = [dict(row._mapping) for row in rows]
    for row in found:
        row["headers"] = sorted(row["headers"])
        row["payload"] = {key: value for key, value in row["payload"].items() if key not in ("organisation_id", "name")}
    return found


@pytest.mark.postgres
@pytest.mark.parametrize("kind", ["core", "orm"])
def test_the_monolith_refuses_what_the_product_refuses(registry: kit.Caller, kind: str) -> None:
    registry("registry.register_organisation", **filed("先来的"))
    cases = (
        filed("先来的"),
        filed("没有街道", street_code="370211999"),
        filed("没有社区", community_code="370211009999"),
        filed("没有枢纽", hub_id=ids.new_id("org")),
        filed("没有领域", fields=["nothing_known"]),
        filed("没有备案号") | {"legal_tier": "registered"},
    )
    for facts in cases:
        refused = ask(kind, register(BUREAU, facts))
        assert isinstance(refused, str)
        assert refused == product(registry, "register_organisation", **facts)
    missing = ids.new_id("org")
    found = ask(kind, lambda store: store.get_organisation(actor=BUREAU, organisation_id=missing))
    assert found == product(registry, "get_organisation", organisation_id=missing) == "organisation_not_found"


@pytest.mark.postgres
@pytest.mark.parametrize("kind", ["core", "orm"])
def test_the_monolith_answers_a_command_once(registry: kit.Caller, kind: str) -> None:
    key = str(ids.new_uuid())
    first = ask(kind, register(BUREAU, filed("一次"), key))
    assert ask(kind, register(BUREAU, filed("一次"), key)) == first
    assert ask(kind, register(BUREAU, filed("另一个"), key)) == "command_key_reused"
    assert counts(kit.database("registry"))["organisation"] == 1
