"""Places over time: opened, retired, led on to their successors; grid cells and their boundaries."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.errors import ConflictError, FootprintError, ForbiddenError, InvalidError, NotFoundError
from chassis.runtime.inprocess import InProcessHost
from services.registry.bootstrap import seed
from tests.kit import CHANGJIANG, DISTRICT, ZHUHAI, Caller, actor
from tests.service.registry.cast import PASSWORD, Cast

NEW = "370211099"
SQUARE = [[120.0, 35.9], [120.1, 35.9], [120.1, 36.0], [120.0, 36.0], [120.0, 35.9]]
POLYGON = {"type": "Polygon", "coordinates": [SQUARE]}
YESTERDAY, LAST = "2026-01-01", "2120-12-31"


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def community_of(cast: Cast, street: str) -> str:
    page = cast.public("registry.list_places", parent_code=street, limit=1)
    return str(page["items"][0]["code"])


def replace(cast: Cast, old: str, new: str, **facts: Any) -> dict[str, Any]:
    """The old street is retired in favour of the new one."""
    known = {"valid_until": "2026-01-01", "reason": "区划调整", **facts}
    view: dict[str, Any] = cast.bureau("registry.retire_place", code=old, successor_code=new, **known)
    return view


def open_street(cast: Cast, code: str = NEW) -> dict[str, Any]:
    view: dict[str, Any] = cast.bureau(
        "registry.open_place", code=code, level="street", name="新设街道", valid_from="2025-01-01"
    )
    return view


def test_an_old_code_stays_resolvable_and_says_what_it_became(cast: Cast) -> None:
    opened = open_street(cast)
    assert (opened["status"], opened["parent_code"], opened["street_code"]) == ("current", DISTRICT, NEW)
    replace(cast, ZHUHAI, NEW)
    old = cast.public("registry.get_place", code=ZHUHAI)
    assert (old["status"], old["successor_code"], old["current_code"]) == ("retired", NEW, NEW)
    assert old["valid_until"] == "2026-01-01"
    codes = {row["code"] for row in cast.public("registry.list_places", level="street", valid_on="2026-06-01")["items"]}
    assert NEW in codes
    assert ZHUHAI not in codes
    before = cast.public("registry.list_places", level="street", valid_on="2024-06-01", limit=200)["items"]
    assert ZHUHAI in {row["code"] for row in before}


def test_an_account_of_the_old_street_and_one_of_the_new_see_each_others_rows_but_no_neighbours(cast: Cast) -> None:
    before = cast.organisation("旧街组织（演示）")
    neighbour = cast.organisation("邻街组织（演示）", street=CHANGJIANG)
    open_street(cast)
    new_staff = Caller(cast.host, actor("street_staff", streets=[NEW]))
    with pytest.raises(NotFoundError):
        new_staff("registry.get_organisation", organisation_id=before["organisation_id"])
    replace(cast, ZHUHAI, NEW)
    after = cast.organisation("新街组织（演示）", street=NEW)
    both = {before["organisation_id"], after["organisation_id"]}
    for staff in (cast.street, new_staff, cast.bureau.at(NEW), cast.bureau.at(ZHUHAI)):
        shown = {row["organisation_id"] for row in staff("registry.list_organisations")["items"]}
        assert both <= shown
        assert neighbour["organisation_id"] not in shown
    assert cast.street("registry.get_organisation", organisation_id=after["organisation_id"])
    cast.bureau("registry.reinstate_place", code=ZHUHAI, reason="调整撤回")
    with pytest.raises(NotFoundError):
        new_staff("registry.get_organisation", organisation_id=before["organisation_id"])


def test_the_token_names_what_the_street_became_so_that_other_services_follow(cast: Cast) -> None:
    cast.account("street_staff", "old-street", street_codes=[ZHUHAI])
    open_street(cast)
    replace(cast, ZHUHAI, NEW)
    view = cast.public("registry.sign_in", login="old-street", password=PASSWORD)
    verifier = cast.host.executors["registry"].verifier
    assert verifier is not None
    assert set(verifier.actor(view["access_token"]).street_codes) == {ZHUHAI, NEW}


def test_nothing_new_is_written_under_a_retired_code(cast: Cast) -> None:
    open_street(cast)
    replace(cast, ZHUHAI, NEW)
    with pytest.raises(InvalidError) as caught:
        cast.organisation("晚到的组织（演示）")
    assert (caught.value.code, caught.value.details["successor"]) == ("place_retired", NEW)
    cast.bureau("registry.reinstate_place", code=ZHUHAI, reason="调整撤回")
    assert cast.organisation("晚到的组织（演示）")["street_code"] == ZHUHAI


def test_a_retirement_ahead_of_its_day_changes_nothing_yet(cast: Cast) -> None:
    open_street(cast)
    view = replace(cast, ZHUHAI, NEW, valid_until="2199-12-31")
    assert view["status"] == "retired"
    assert cast.organisation()["street_code"] == ZHUHAI


def test_wrong_steps_are_conflicts_and_wrong_successors_refused(cast: Cast) -> None:
    def code_of(caller: Caller, operation: str, **asked: Any) -> str:
        with pytest.raises(FootprintError) as caught:
            caller(f"registry.{operation}", **asked)
        return caught.value.code

    open_street(cast)
    why = {"valid_until": "2026-01-01", "reason": "区划调整"}
    assert code_of(cast.bureau, "reinstate_place", code=ZHUHAI, reason="没有停用") == "place_state_conflict"
    assert code_of(cast.bureau, "retire_place", code=ZHUHAI, successor_code=ZHUHAI, **why) == "place_successor_invalid"
    assert code_of(cast.bureau, "retire_place", code=ZHUHAI, successor_code="370202001", **why) == (
        "place_successor_invalid"
    )
    early = {**why, "valid_until": "2001-01-01"}
    assert code_of(cast.bureau, "retire_place", code=ZHUHAI, successor_code=NEW, **early) == "place_dates_invalid"
    replace(cast, ZHUHAI, NEW)
    assert code_of(cast.bureau, "retire_place", code=ZHUHAI, **why) == "place_state_conflict"
    assert code_of(cast.bureau, "retire_place", code=NEW, successor_code=ZHUHAI, **why) == "place_successor_invalid"
    assert code_of(cast.bureau, "open_place", code=NEW, level="street", name="又一个") == "place_exists"
    new_community = {"code": f"{ZHUHAI}999", "level": "community", "name": "旧街道里的新社区"}
    assert code_of(cast.bureau, "open_place", **new_community) == "place_state_conflict"
    assert code_of(cast.street, "retire_place", code=NEW, **why) == "actor_forbidden"
    assert code_of(cast.bureau.at(CHANGJIANG), "open_place", code="370211098", level="street", name="窄") == (
        "street_forbidden"
    )


def test_grid_cells_are_drawn_redrawn_and_given_out_as_geojson(cast: Cast) -> None:
    community = community_of(cast, ZHUHAI)
    cells = [f"{community}{number:03d}" for number in range(1, 4)]
    for code in cells:
        facts = {"community_code": community, "code": code, "name": f"网格{code[-3:]}"}
        cast.street("registry.draw_grid_cell", **facts, polygon=POLYGON if code != cells[1] else None)
    redrawn = {"type": "Polygon", "coordinates": [[[x + 1, y] for x, y in SQUARE]]}
    cast.street("registry.redraw_grid_cell", code=cells[1], name="改名网格", polygon=redrawn)
    first = cast.street("registry.export_grid_cells", code=community, limit=2)
    rest = cast.street("registry.export_grid_cells", code=community, cursor=first["next_cursor"])
    features = first["features"] + rest["features"]
    assert [feature["id"] for feature in features] == cells
    assert [feature["geometry"] for feature in features] == [POLYGON, redrawn, POLYGON]
    assert (first["type"], rest["next_cursor"]) == ("FeatureCollection", None)
    assert features[1]["properties"]["name"] == "改名网格"
    assert {feature["properties"]["street_code"] for feature in features} == {ZHUHAI}


def test_a_cell_belongs_to_its_community_and_to_nobody_elses_staff(cast: Cast) -> None:
    community, other = community_of(cast, ZHUHAI), community_of(cast, CHANGJIANG)
    cell = {"community_code": community, "code": f"{community}001", "name": "一格"}
    with pytest.raises(NotFoundError):
        cast.other_street("registry.draw_grid_cell", **cell)
    with pytest.raises(InvalidError):
        cast.street("registry.draw_grid_cell", **{**cell, "code": f"{other}001"})
    open_ring = {"type": "Polygon", "coordinates": [SQUARE[:-1]]}
    with pytest.raises(InvalidError) as caught:
        cast.street("registry.draw_grid_cell", **cell, polygon=open_ring)
    assert caught.value.code == "grid_polygon_invalid"
    cast.street("registry.draw_grid_cell", **cell, polygon=POLYGON)
    with pytest.raises(ConflictError):
        cast.street("registry.draw_grid_cell", **cell)
    with pytest.raises(NotFoundError):
        cast.other_street("registry.redraw_grid_cell", code=cell["code"], name="夺格")
    with pytest.raises(NotFoundError):
        cast.other_street("registry.export_grid_cells", code=community)
    with pytest.raises(NotFoundError):
        cast.street("registry.redraw_grid_cell", code=community, name="不是网格")
    cast.bureau("registry.retire_place", code=cell["code"], valid_until="2199-01-01", reason="网格合并")
    with pytest.raises(ConflictError):
        cast.street("registry.redraw_grid_cell", code=cell["code"], name="晚了")


def test_the_most_points_of_a_boundary_are_policy(cast: Cast) -> None:
    cast.bureau("registry.set_policy", key="grid_cell_points", value=4)
    community = community_of(cast, ZHUHAI)
    facts = {"community_code": community, "code": f"{community}001", "name": "五点"}
    with pytest.raises(InvalidError) as caught:
        cast.street("registry.draw_grid_cell", **facts, polygon=POLYGON)
    assert caught.value.code == "grid_polygon_too_large"


def test_an_import_is_safe_to_repeat_and_leaves_days_and_successors_alone(cast: Cast) -> None:
    open_street(cast)
    replace(cast, ZHUHAI, NEW)
    first = cast.admin("registry.import_places")
    assert (first["streets"], first["communities"], first["added"]) == (23, 376, 0)
    assert cast.public("registry.get_place", code=ZHUHAI)["successor_code"] == NEW
    with pytest.raises(ForbiddenError):
        cast.bureau("registry.import_places")


def test_any_district_of_the_country_can_be_imported(host: InProcessHost) -> None:
    with host.executors["registry"].system_session("import-places", "110101") as session:
        assert seed(session, district_code="110101") == 18
    with (
        pytest.raises(SystemExit, match="999999"),
        host.executors["registry"].system_session("import-places", "999999") as session,
    ):
        seed(session, district_code="999999")
