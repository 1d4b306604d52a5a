"""The street's one list filled by a census, and a gap of the talent grid met by somebody who agrees."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from deploy.pilot.client import Session
from deploy.pilot.names import ZHUHAI
from deploy.pilot.stage import Stage

SOUTH, WEST, SIDE = 35.87, 119.98, 0.01


def list_and_grid(stage: Stage) -> None:
    """A community of two cells of the demonstration's own, so that another run starts anew."""
    stage.open_account("grid-worker", "grid_worker", street_codes=[ZHUHAI])
    stage.open_account("talent-0", "talent", street_codes=[ZHUHAI])
    with stage.chapter("一张清单与人才网格 · census, one list, talent grid, dispatch"):
        community, cells = _cells(stage)
        coverage, public = _census(stage, cells[0])
        gap, minutes = _dispatch(stage, community, cells)
    stage.tell("摸排 / 公开清单 census, public list", f"{coverage}‰ / {public}")
    stage.checks.equal("摸排覆盖完成 the census covered its cell", coverage, 1000)
    stage.checks.equal("清单条目已公开 the entry is on the public list", public, 1)
    stage.checks.equal("缺口网格有人应约 the gap was met by who agreed", (gap, minutes), (1, [60]))


def _cells(stage: Stage) -> tuple[str, list[str]]:
    places = stage.people["bureau"].every("/v1/places", parent_code=ZHUHAI, level="community")
    taken = {place["code"] for place in places}
    community = next(code for code in (f"{ZHUHAI}{number}" for number in range(899, 500, -1)) if code not in taken)
    stage.people["bureau"].post("/v1/places", code=community, level="community", name=f"示范社区（演示 {stage.run}）")
    cells = [f"{community}00{number}" for number in (1, 2)]
    for number, code in enumerate(cells):
        south, north, east = SOUTH + SIDE * number, SOUTH + SIDE * (number + 1), WEST + SIDE
        ring = [[WEST, south], [east, south], [east, north], [WEST, north], [WEST, south]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        name = f"第{number + 1}网格（演示）"
        stage.people["staff"].post("/v1/grid-cells", community_code=community, code=code, name=name, polygon=shape)
    stage.settle()
    return community, cells


def _census(stage: Stage, cell: str) -> tuple[int, int]:
    """Coverage in per mille when it closes, and how many public entries bear the name."""
    staff, worker = stage.people["staff"], stage.people["grid-worker"]
    days: dict[str, Any] = {"starts_on": stage.day(0), "ends_on": stage.day(30)}
    census = staff.post("/v1/censuses", street_code=ZHUHAI, title=f"全面摸排（演示 {stage.run}）", **days)
    path = f"/v1/censuses/{census['census_id']}"
    staff.put(f"{path}/places/{cell}", expected=1)
    staff.put(f"{path}/places/{cell}/workers/{stage.accounts['grid-worker']}")
    staff.post(f"{path}/opening")
    title = f"长者助餐点（演示 {stage.run}）"
    record = {"record_key": f"device-{stage.run}", "place_code": cell, "kind": "service", "title": title}
    visit = {"visited_on": stage.day(0), "summary": "午餐与送餐"}
    [stored] = worker.post(f"{path}/record-batches", records=[{**record, **visit}], submit=True)["items"]
    one = f"/v1/census-records/{stored['census_record_id']}"
    staff.post(f"{one}/verification")
    entry = staff.post(f"{one}/listing")["list_entry_id"]
    coverage = int(staff.get(f"{path}/coverage")["total"]["permille"])
    staff.post(f"{path}/closure")
    staff.patch(f"/v1/one-list/{entry}", is_public=True, reason="向居民公开")
    staff.post("/v1/one-list-versions", street_code=ZHUHAI, note="演示")
    found = stage.http.get(f"{stage.cloud}/v1/public-one-list", params={"street_code": ZHUHAI, "q": title})
    return coverage, len(found.json()["items"])


def _dispatch(stage: Stage, community: str, cells: list[str]) -> tuple[int, list[int]]:
    """The gap of the cell where nobody is, and the minutes on the record of whoever helped out."""
    bureau, staff, talent = stage.people["bureau"], stage.people["staff"], stage.people["talent-0"]
    skill = _skill(stage)
    bureau.put(f"/v1/skills/{skill}", name_zh="陪诊（演示）", name_en="Hospital company (demo)")
    bureau.post("/v1/talent-norms", skill=skill, basis="cell", people=1)
    _register(stage, talent, community, cells[0])
    features = staff.get("/v1/talent-map", street_code=ZHUHAI, skill=skill)["features"]
    gap = next(int(one["properties"]["gap"]) for one in features if one["id"] == cells[1])
    starts = stage.now() + timedelta(hours=5)
    dispatch = staff.post(
        "/v1/dispatches",
        street_code=ZHUHAI,
        community_code=community,
        cell_code=cells[1],
        title="陪同就医（演示）",
        skills=[skill],
        starts_at=starts.isoformat(),
        ends_at=(starts + timedelta(hours=1)).isoformat(),
    )
    path = f"/v1/dispatches/{dispatch['dispatch_id']}"
    staff.post(f"{path}/offer")
    [offer] = talent.get("/v1/dispatch-offers", status="offered")["items"]
    talent.post(f"/v1/dispatch-offers/{offer['dispatch_offer_id']}/acceptance")
    staff.post(f"{path}/completion", minutes=60, served_on=stage.day(0))
    return gap, [row["minutes"] for row in talent.get("/v1/service-hours")["items"]]


def _skill(stage: Stage) -> str:
    """Of this run only, in letters: a second one on the same district has a norm, gaps and people of its own."""
    return "demo_escort_" + "".join(chr(ord("a") + int(digit, 16)) for digit in stage.run)


def _register(stage: Stage, talent: Session, community: str, cell: str) -> dict[str, Any]:
    made: dict[str, Any] = talent.post(
        "/v1/talents",
        kind="volunteer",
        name="演示志愿者",
        street_code=ZHUHAI,
        account_id=stage.accounts["talent-0"],
        community_code=community,
        cell_code=cell,
        skills=[{"skill": _skill(stage), "level": 3}],
        dispatch=True,
        consent_how="online",
    )
    return made
