"""Old needs are asked after and closed unanswered; needs that ask for the same are found."""

from __future__ import annotations

import pytest

from chassis.errors import ConflictError, NotFoundError
from services.resources.needs.domain import likeness
from tests.kit import CHANGJIANG
from tests.service.resources.conftest import World, later
from tests.service.resources.test_story import _advance

DAY = 86_400


def test_an_old_need_is_asked_after_and_closed_when_nobody_answers(world: World) -> None:
    kept, silent = (world.need(due_on=later(300)) for _ in range(2))
    assert kept["confirmed_on"] == later(0)
    _advance(world, 61 * DAY)
    asked = {row["need_id"]: row for row in world.bureau("resources.list_needs", unconfirmed=True)["items"]}
    assert set(asked) == {kept["need_id"], silent["need_id"]}
    assert asked[kept["need_id"]]["confirm_by"] == later(61 + 14)
    world.cso("sunset")("resources.confirm_need", need_id=kept["need_id"])
    _advance(world, 15 * DAY)
    assert world.shown_need(silent)["status"] == "unmet_closed"
    assert (world.shown_need(kept)["status"], world.shown_need(kept)["confirm_by"]) == ("open", None)
    _advance(world, 46 * DAY)
    assert world.shown_need(kept)["confirm_by"] is not None, "it is asked after again"
    with pytest.raises(ConflictError, match="need_wrong_status"):
        world.cso("sunset")("resources.confirm_need", need_id=silent["need_id"])


def test_a_need_with_something_on_its_way_is_not_closed(world: World) -> None:
    need = world.need(due_on=later(300))
    allocation = world.reserved(world.offer(), need, 3)
    world.bureau("resources.confirm_allocation", allocation_id=allocation)
    _advance(world, 61 * DAY)
    _advance(world, 20 * DAY)
    assert world.shown_need(need)["status"] == "open"
    world.bureau("resources.release_allocation", allocation_id=allocation)
    _advance(world, 2 * DAY)
    assert world.shown_need(need)["status"] == "unmet_closed"


def test_needs_that_ask_for_the_same_are_found(world: World) -> None:
    need = world.need(title="需要轮椅 10 辆！", tags=["轮椅", "助老"])
    same_tags = world.need(title="轮椅", tags=["助老", "轮椅"])
    same_title = world.need(title="需要轮椅，１０辆", tags=[])
    world.need(title="别的", tags=["轮椅"])
    world.need("garden", title="需要轮椅 10 辆！", tags=["轮椅", "助老"])
    world.need(title="需要轮椅 10 辆！", tags=["轮椅", "助老"], unit="把")
    found = world.staff()("resources.list_need_duplicates", need_id=need["need_id"])["items"]
    assert {row["need_id"]: row["likeness"] for row in found} == {
        same_tags["need_id"]: ["tags"],
        same_title["need_id"]: ["title"],
    }
    page = world.staff()("resources.list_need_duplicates", need_id=need["need_id"], limit=1)
    assert page["next_cursor"]
    with pytest.raises(NotFoundError):
        world.staff(CHANGJIANG)("resources.list_need_duplicates", need_id=need["need_id"])


def test_empty_tags_are_no_likeness() -> None:
    assert likeness("甲", [], "乙", []) == []
