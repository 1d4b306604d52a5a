"""One street's census, list, map and dispatch over HTTP: from a door to the public list, from a gap to an hour."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from chassis import clock
from deploy.pilot.client import Session
from deploy.pilot.stage import Stage

STREET = "370211009"
COMMUNITY = STREET + "901"
CELLS = [f"{COMMUNITY}00{number}" for number in (1, 2)]


@pytest.fixture(scope="module")
def staff(stage: Stage) -> Session:
    """People of the street, and a community of two cells that nobody else counts in."""
    if "bureau" not in stage.people:
        stage.open_account("bureau", "bureau")
    stage.open_account("lists-staff", "street_staff", street_codes=[STREET])
    stage.open_account("lists-worker", "grid_worker", street_codes=[STREET])
    stage.open_account("lists-talent", "talent", street_codes=[STREET])
    stage.people["bureau"].post("/v1/places", code=COMMUNITY, level="community", name=f"清单社区（演示 {stage.run}）")
    for number, code in enumerate(CELLS):
        south = 35.90 + 0.01 * number
        ring = [[120.10, south], [120.11, south], [120.11, south + 0.01], [120.10, south + 0.01], [120.10, south]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        stage.people["lists-staff"].post(
            "/v1/grid-cells", community_code=COMMUNITY, code=code, name=f"第{number + 1}网格", polygon=shape
        )
    stage.settle()
    return stage.people["lists-staff"]


def _now(stage: Stage) -> datetime:
    """The district's clock: a demonstration may be days ahead."""
    return datetime.fromisoformat(stage.http.get(f"{stage.cloud}/v1/clock").json()["now"])


def test_a_census_ends_on_the_public_list(stage: Stage, staff: Session) -> None:
    today = clock.day_of(_now(stage))
    worker, number = stage.people["lists-worker"], stage.accounts["lists-worker"]
    days = {"starts_on": today.isoformat(), "ends_on": (today + timedelta(days=30)).isoformat()}
    census = staff.post("/v1/censuses", street_code=STREET, title=f"全面摸排（演示 {stage.run}）", **days)
    path = f"/v1/censuses/{census['census_id']}"
    staff.put(f"{path}/places/{CELLS[0]}", expected=1)
    staff.put(f"{path}/places/{CELLS[0]}/workers/{number}")
    staff.post(f"{path}/opening")
    title = f"楼下康复驿站{stage.run}"  # unlike what the pilot lists in this street
    record = {"record_key": f"device-{stage.run}", "place_code": CELLS[0], "kind": "service", "title": title}
    batch = {"records": [{**record, "visited_on": today.isoformat(), "summary": "康复训练"}], "submit": True}
    first = worker.post(f"{path}/record-batches", batch)
    assert (first["stored"], worker.post(f"{path}/record-batches", batch)["known"]) == (1, 1)
    one = f"/v1/census-records/{first['items'][0]['census_record_id']}"
    staff.post(f"{one}/verification")
    entry = staff.post(f"{one}/listing")["list_entry_id"]
    assert staff.get(f"{path}/coverage")["total"]["permille"] == 1000
    closed = staff.post(f"{path}/closure")
    assert closed["report"]["records"]["listed"] == 1
    staff.patch(f"/v1/one-list/{entry}", is_public=True, reason="向居民公开")
    version = staff.post("/v1/one-list-versions", street_code=STREET, note="演示")
    items = list(staff.every(f"/v1/one-list-versions/{version['list_version_id']}/items"))
    assert len(items) == version["entries"]
    public = stage.http.get(f"{stage.cloud}/v1/public-one-list", params={"street_code": STREET, "q": title})
    assert public.status_code == 200
    assert [row["list_entry_id"] for row in public.json()["items"]] == [entry]
    job = staff.post("/v1/one-list-exports", street_code=STREET, form="pdf")
    stage.settle()
    done = staff.get(f"/v1/jobs/{job['job_id']}")
    assert done["status"] == "done", done


def test_a_gap_is_met_by_whoever_agrees_and_the_hours_are_theirs_to_take_along(stage: Stage, staff: Session) -> None:
    bureau, me = stage.people["bureau"], stage.people["lists-talent"]
    bureau.put("/v1/skills/list_demo_skill", name_zh="演示技能", name_en="Demo skill")
    bureau.post("/v1/talent-norms", skill="list_demo_skill", basis="cell", people=1)
    mine = me.post(
        "/v1/talents",
        kind="volunteer",
        name="演示志愿者",
        street_code=STREET,
        account_id=stage.accounts["lists-talent"],
        community_code=COMMUNITY,
        cell_code=CELLS[0],
        skills=[{"skill": "list_demo_skill", "level": 3}],
        dispatch=True,
        consent_how="online",
    )
    features = staff.get("/v1/talent-map", street_code=STREET, skill="list_demo_skill")["features"]
    shown = {one["id"]: one for one in features if one["id"] in CELLS}
    assert shown[CELLS[0]]["geometry"]["type"] == "Polygon"
    assert shown[CELLS[0]]["properties"]["hidden"] is True  # one person is not pointed at
    assert shown[CELLS[1]]["properties"]["gap"] == 1
    starts = _now(stage) + timedelta(hours=5)
    dispatch = staff.post(
        "/v1/dispatches",
        street_code=STREET,
        community_code=COMMUNITY,
        cell_code=CELLS[1],
        title="入户探访",
        skills=["list_demo_skill"],
        starts_at=starts.isoformat(),
        ends_at=(starts + timedelta(hours=1)).isoformat(),
    )
    path = f"/v1/dispatches/{dispatch['dispatch_id']}"
    [ranked] = staff.get(f"{path}/ranking")["candidates"]
    assert ranked["talent_id"] == mine["talent_id"]
    assert 1000 < ranked["distance_m"] < 1300
    staff.post(f"{path}/offer")
    [offer] = me.get("/v1/dispatch-offers", status="offered")["items"]
    me.post(f"/v1/dispatch-offers/{offer['dispatch_offer_id']}/acceptance")
    staff.post(f"{path}/completion", minutes=60, served_on=clock.day_of(_now(stage)).isoformat())
    assert [row["minutes"] for row in me.get("/v1/service-hours")["items"]] == [60]
    file = stage.http.get(
        f"{stage.cloud}/v1/talents/{mine['talent_id']}/service-record",
        params={"form": "pdf"},
        headers={"Authorization": f"Bearer {me.bearer()}"},
    )
    assert file.status_code == 200
    assert file.content.startswith(b"%PDF")
    stage.settle()
    assert "邀请您参加一次服务" in {row["title_zh"] for row in me.get("/v1/messages")["items"]}
