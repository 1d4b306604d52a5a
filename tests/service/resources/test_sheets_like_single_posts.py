"""A sheet of N rows and N single posts leave the same rows and events, and refuse the same with the same codes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chassis import ids
from chassis.errors import FootprintError
from chassis.runtime import jobrunner
from services.resources.bulk import domain
from services.resources.bulk import jobs as bulk
from services.resources.bulk.lists import LISTS, Listed
from tests.kit import CHANGJIANG, ZHUHAI, Caller, actor
from tests.service.registry import sheets
from tests.service.registry.sheets import as_csv
from tests.service.resources.conftest import World, later
from tests.service.resources.test_merges import hear, merged

TABLES = ("stock_movement", "stock_batch", "offer", "need", "interested_party", "market_change")
TABLES += ("outbox", "outbox_waiting", "subject_version")
BESIDES = ("imported_row", "job")
OF_THE_MOMENT = {"created_at", "at", "touched_at", "occurred_at", "recorded_at", "position", "trace_id"}
STRANGER = "org_01j00000000000000000000000"
WORDS = st.lists(
    st.sampled_from(["轮椅", "助老", "康复", "理发", "lunyi", "无名之物", "儿童"]), max_size=3, unique=True
)
COUNT = st.integers(1, 60)


def mostly(good: Sequence[Any], *bad: Any) -> st.SearchStrategy[Any]:
    """What rows usually say, and once in a while what is refused or out of the way."""
    return st.sampled_from([*good] * 8 + [*bad])


DAYS = mostly([later(1), later(300)], "2001-01-01")


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILES_URL", (tmp_path / "files").as_uri())
    monkeypatch.setattr(bulk, "CHUNK", 3)  # so that a few rows are several transactions


@st.composite
def measured(draw: st.DrawFn, kind: str, *, offer: bool) -> dict[str, Any]:
    """Quantities of a kind, often good ones."""
    if kind == "funds":
        return {"amount": f"{draw(COUNT)}.50"}
    if kind == "volunteers":
        return {"hours": draw(COUNT)}
    if kind == "venue" and offer:
        hours = draw(st.lists(st.integers(8, 20), min_size=1, max_size=3))
        day = later(draw(st.integers(1, 9)))
        begins = [f"{day}T{hour:02d}:00:00+08:00" for hour in hours]
        return {"windows": [{"starts_at": at, "ends_at": at.replace(":00:00+", ":30:00+")} for at in begins]}
    count = draw(COUNT)
    found: dict[str, Any] = {"quantity": count, "unit": draw(mostly(["辆", "件", "公斤", "箱"], "天", ""))}
    if offer and kind == "materials" and draw(st.booleans()):
        part = draw(st.integers(1, max(count - 1, 1)))
        found["batches"] = [{"label": "A1", "quantity": part, "expires_on": later(9)}]
        found["batches"] += [{"label": draw(mostly(["B2"], "A1")), "quantity": count - part or 1}]
        found |= {"pack_size": 5, "pack_unit": draw(mostly(["公斤"], ""))}
        found["minimum_lot"] = draw(mostly([1], 60))
    return found


@st.composite
def rows_of(draw: st.DrawFn, name: str) -> list[dict[str, Any]]:
    """Facts by column; organisations by the names of the world."""
    made: list[dict[str, Any]] = []
    offer = name == "offers"
    for number in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from(["materials", "materials", "funds", "volunteers", "know_how", "venue"]))
        row = {"kind": kind, "title": f"轮椅与康复 第{number}项", **draw(measured(kind, offer=offer))}
        row["organisation_id"] = draw(mostly(["own"], "enterprise", "sunset", "elsewhere", "merged", STRANGER, None))
        row["street_code"] = draw(mostly([ZHUHAI, None], CHANGJIANG))
        row |= {"tags": draw(WORDS), "skills": draw(WORDS), "mode": draw(st.sampled_from(["onsite", "online"]))}
        row["summary"] = draw(st.sampled_from(["", "家里老人走不动，想要个轮椅", "不需要理发"]))
        if offer:
            parties = st.lists(st.sampled_from(["garden", "foundation"]), max_size=2, unique=True)
            row["interested_organisation_ids"] = draw(parties)
            row["expires_on"] = draw(DAYS | st.none())
            row |= {"earmark_groups": draw(WORDS), "story_public": draw(st.booleans())}
        else:
            row |= {"due_on": draw(DAYS), "gates_insured": draw(st.booleans()), "substitutes": draw(WORDS)}
            row["project_id"] = draw(mostly([None], "project", "prj_01j00000000000000000000000"))
        made.append(row)
    return made


CALLERS = ("bureau", "staff", "enterprise", "sunset", "hub")


def caller_of(world: World, who: str) -> Caller:
    if who in ("bureau", "staff"):
        return world.bureau if who == "bureau" else world.staff()
    role = {"enterprise": "provider", "sunset": "cso", "hub": "hub"}[who]
    return Caller(world.host, actor(role, organisation_id=world.organisations[who]))


def resolved(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [names.get(one, one) if isinstance(one, str) else one for one in value]
    return names.get(value, value) if isinstance(value, str) else value


def cell(listed: Listed, name: str, value: Any) -> str:
    column = listed.by_name[name]
    if column.shape == "choice":
        return listed.choices[name][str(value)][0]
    if column.shape == "windows":
        return domain.show("windows", value)
    return domain.show(column.shape, value)


def forget(world: World) -> None:
    """Everything but what the world is made of."""
    with world.host.executors["resources"].sessions.begin() as session:
        for table in (*BESIDES, *TABLES):
            session.execute(text(f'DELETE FROM "{table}"'))


def kept(world: World) -> dict[str, list[str]]:
    """Rows by table, without ids and moments: an id is the place of its first mention."""
    places: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    with world.host.executors["resources"].sessions() as session:
        for name in ("offer", "need"):
            for row_id in session.execute(text(f"SELECT id FROM {name} ORDER BY id")).scalars():
                places[str(row_id)] = f"{name} {len(places)}"
                typed = {"offer": "ofr", "need": "ned"}[name]
                places[ids.encode(typed, row_id)] = places[str(row_id)]
        for table in TABLES:
            rows = session.execute(text(f'SELECT * FROM "{table}"')).mappings()
            found[table] = sorted(_plain(dict(row), places) for row in rows if "imported" not in str(row.get("name")))
        waits = "SELECT count(*) FROM outbox_waiting JOIN outbox USING (position) WHERE name NOT LIKE '%imported'"
        found["outbox_waiting"] = [str(session.execute(text(waits)).scalar())]
    found["subject_version"] = [row for row in found["subject_version"] if "job" not in row]
    return found


def _plain(row: dict[str, Any], places: dict[str, str]) -> str:
    row = {name: value for name, value in row.items() if name not in OF_THE_MOMENT}
    if str(row.get("id")) not in places:
        row.pop("id", None)
    if "headers" in row:
        told = ("source", "type", "subject", "subjectversion", "district", "actor")
        row["headers"] = {name: row["headers"][f"cloudEvents_{name}"] for name in told}
    said = json.dumps(row, sort_keys=True, default=str, ensure_ascii=False)
    for row_id, place in places.items():
        said = said.replace(row_id, place)
    return said


def by_sheet(world: World, caller: Caller, listed: Listed, rows: list[dict[str, Any]]) -> list[str]:
    """Of each row, the code it was refused with, or nothing."""
    heading = [column.zh for column in listed.columns if column.taken]
    names = [column.name for column in listed.columns if column.taken]
    cells = [[cell(listed, name, row.get(name)) if name in row else "" for name in names] for row in rows]
    about = sheets.store(as_csv([heading, *cells]), "csv")
    job = caller(f"resources.import_{listed.name}", file=about, mode="valid_rows")
    assert jobrunner.run_one(world.host.executors["resources"])
    view = caller("resources.get_job", job_id=job["job_id"])
    assert view["status"] == "done", view
    report = sheets.rows_of(sheets.fetch(view["result"]["report"]), "csv")[2:]
    return [line[4] for line in report]


def one_by_one(caller: Caller, listed: Listed, rows: list[dict[str, Any]]) -> list[str]:
    codes = []
    for row in rows:
        told = {name: value for name, value in row.items() if value not in (None, [], "")}
        try:
            caller(f"resources.draft_{listed.name[:-1]}", **domain.nested(told))
            codes.append("")
        except FootprintError as error:
            codes.append(error.code)
    return codes


@pytest.mark.parametrize("name", ["offers", "needs"])
def test_a_sheet_is_its_rows_posted_one_by_one(world: World, name: str) -> None:
    listed, project = LISTS[name], world.project("sunset", ZHUHAI)
    world.add("merged", "cso", ZHUHAI)
    hear(world, merged(world.organisations["garden"], world.organisations["merged"]))
    names = {**world.organisations, "project": project}

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(rows_of(name), st.sampled_from(CALLERS if name == "offers" else CALLERS[:2] + CALLERS[3:]))
    def holds(rows: list[dict[str, Any]], who: str) -> None:
        names["own"] = names[who if who in names else "sunset"]
        asked = [{key: resolved(value, names) for key, value in row.items()} for row in rows]
        caller = caller_of(world, who)
        forget(world)
        codes, made = by_sheet(world, caller, listed, asked), kept(world)
        forget(world)
        assert codes == one_by_one(caller, listed, asked)
        assert made == kept(world)
        assert len(made["offer"]) + len(made["need"]) == codes.count("")

    holds()
