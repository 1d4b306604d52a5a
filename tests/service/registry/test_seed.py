"""./run seed: a synthetic district that looks like one, in every service's database, and lives on from there."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from chassis import ids
from chassis.runtime.inprocess import InProcessHost
from deploy.local import seed
from deploy.local.seed_rows import Synthetic
from services.registry.bootstrap import seed as seed_places
from services.registry.organisations import credit_code
from tests import kit
from tests.kit import DISTRICT, ZHUHAI, Caller, actor
from tests.service.registry import sheets

SERVICES = ("registry", "projects", "resources", "notify")
SIZES = {"organisations": 200, "history": 1500}


@pytest.fixture
def district(monkeypatch: pytest.MonkeyPatch) -> InProcessHost:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "w0")
    monkeypatch.setenv("DATABASE_PREFIX", f"test_{os.getpid()}_{worker}_")
    host = kit.make_host(*SERVICES, "projects-trail")
    with host.executors["registry"].system_session("bootstrap", DISTRICT) as session:
        seed_places(session, district_code=DISTRICT)
    return host


def fill(number: int = 7, *, force: bool = False, **sizes: int) -> Synthetic:
    return seed.seed_district(DISTRICT, seed=number, force=force, say=lambda _: None, **{**SIZES, **sizes})


def rows(host: InProcessHost, service: str, statement: str) -> list[Any]:
    with host.executors[service].sessions() as session:
        return list(session.execute(text(statement)).all())


def test_a_synthetic_district_is_marked_complete_and_plausible(district: InProcessHost) -> None:
    made = fill()
    found = rows(district, "registry", "SELECT name, kind, legal_tier, uscc, filing_number FROM organisation")
    assert len(found) == 200 + 23
    assert all(name.startswith("合成") for name, *_ in found)
    assert len({name for name, *_ in found}) == len(found)
    for _, kind, tier, code, number in found:
        assert (code is not None) == (tier == "registered")
        assert (number is not None) == (tier == "filed")
        if code is not None:
            assert credit_code.check(code, kind=kind) == code
    (changes,) = rows(district, "registry", "SELECT count(*), count(DISTINCT organisation_id) FROM organisation_change")
    assert tuple(changes) == (1500, len(made.rows))
    registered = "SELECT count(*) FROM organisation_change WHERE field = 'status' AND became = '\"active\"'"
    assert rows(district, "registry", registered) == [(len(made.rows),)]
    for service in SERVICES[1:]:
        assert rows(district, service, "SELECT count(*) FROM known_organisation") == [(len(made.rows),)]


def test_the_product_reads_it_and_goes_on_from_it(district: InProcessHost) -> None:
    fill()
    street = Caller(district, actor("street_staff", streets=[ZHUHAI]))
    page = street("registry.list_organisations", kind="cso", status="active", limit=5)
    assert page["items"]
    organisation_id = page["items"][0]["organisation_id"]
    contact = street("registry.get_organisation_contact", organisation_id=organisation_id)
    assert re.fullmatch(r"合\*\*", contact["responsible_person"])
    assert re.fullmatch(r"199\*{4}\d{4}", contact["phone"])
    assert street("registry.list_organisation_changes", organisation_id=organisation_id)["items"]
    street("registry.change_organisation", organisation_id=organisation_id, name="合成改名社", reason="改名")
    district.settle()
    for service in SERVICES[1:]:
        statement = f"SELECT name FROM known_organisation WHERE id = '{ids.decode('org', organisation_id)}'"
        assert rows(district, service, statement) == [("合成改名社",)]
    bureau = Caller(district, actor("bureau"))
    assert bureau("projects.list_trail_entries", subject=organisation_id)["items"]


def test_a_synthetic_row_has_every_column_a_registered_one_has(district: InProcessHost) -> None:
    """Whoever adds a column that registration fills (for search, say) must have it filled here too."""
    Caller(district, actor("bureau"))(
        "registry.register_organisation",
        name="对照社（演示）",
        kind="cso",
        legal_tier="filed",
        filing_number="对照",
        responsible_person="某人",
        phone="13900000000",
        fields=["youth"],
        street_code=ZHUHAI,
        introduction="对照",
    )
    fill(organisations=100, history=100)
    statement = "SELECT * FROM organisation WHERE kind = 'cso' AND legal_tier = 'filed'"
    with district.executors["registry"].sessions() as session:
        found = [dict(row) for row in session.execute(text(statement)).mappings()]
    (real,) = [row for row in found if row["filing_number"] == "对照"]
    wanted = {name for name, value in real.items() if value is not None}
    for row in found:
        assert {name for name in wanted if row[name] is None} == set()


def _plain(made: Synthetic) -> list[dict[str, Any]]:
    sealed = ("responsible_person", "phone")
    return [{name: value for name, value in row.items() if name not in sealed} for row in made.rows]


def test_the_same_seed_makes_the_same_and_adds_nothing_twice(district: InProcessHost) -> None:
    first, again = fill(), fill()
    assert _plain(first) == _plain(again)
    assert list(first.change_lines()) == list(again.change_lines())
    assert rows(district, "registry", "SELECT count(*) FROM organisation") == [(223,)]
    assert rows(district, "registry", "SELECT count(*) FROM organisation_change") == [(1500,)]
    places = {"district": DISTRICT, "streets": first.streets, "communities": first.communities}
    assert _plain(Synthetic(**places, **SIZES, seed=8)) != _plain(first)


@pytest.fixture
def register(district: InProcessHost) -> Callable[[str], None]:
    def one(name: str) -> None:
        Caller(district, actor("bureau"))(
            "registry.register_organisation",
            name=name,
            kind="cso",
            legal_tier="guided",
            responsible_person="某人",
            street_code=ZHUHAI,
        )

    return one


def test_it_stays_away_from_what_does_not_look_made_up(
    district: InProcessHost, register: Callable[[str], None]
) -> None:
    register("试点组织（演示）")
    fill(organisations=10, history=10)
    register("真实的互助队")
    with pytest.raises(seed.SeedError, match="1 个未标"):
        fill(8, organisations=10, history=10)
    before = rows(district, "registry", "SELECT count(*) FROM organisation")
    assert before == [(10 + 23 + 2,)]


def test_without_streets_there_is_nothing_to_fill(monkeypatch: pytest.MonkeyPatch, district: InProcessHost) -> None:
    with pytest.raises(seed.SeedError, match="110101"):
        seed.seed_district("110101", seed=7, force=False, say=lambda _: None, **SIZES)


def test_an_import_reaches_the_other_services_and_the_trail(
    district: InProcessHost, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FILES_URL", (tmp_path / "files").as_uri())
    bureau = Caller(district, actor("bureau"))
    file = sheets.store(sheets.as_csv([sheets.ZH, *(sheets.filed(number) for number in range(1, 8))]), "csv")
    job = bureau("registry.import_organisations", file=file, mode="valid_rows")
    district.settle()
    assert bureau("registry.get_job", job_id=job["job_id"])["result"]["registered"] == 7
    for service in SERVICES[1:]:
        assert rows(district, service, "SELECT count(*) FROM known_organisation") == [(7,)]
    (entry,) = bureau("projects.list_trail_entries", subject=job["job_id"])["items"]
    assert entry["event"] == "organisations_imported"
    organisation_id = bureau("registry.list_organisations")["items"][0]["organisation_id"]
    assert len(bureau("projects.list_trail_entries", subject=organisation_id)["items"]) == 1
