"""A pool from several funders' real offers: an earmarked offer backs a line that keeps its earmark, and no other."""

from __future__ import annotations

from typing import Any

import pytest

from tests import kit
from tests.service.projects.round_road import Road
from tests.service.resources.conftest import World, counters


@pytest.fixture
def road(monkeypatch: pytest.MonkeyPatch) -> Road:
    monkeypatch.setenv("FOOTPRINT_DEMO", "1")
    return Road(host=kit.make_host("projects", "resources"))


def line(road: Road, world: World, funder: str, offer: dict[str, Any], **given: Any) -> dict[str, Any]:
    """Named, answered by resources, and as the round shows it."""
    road.on_round(
        "add_pool_line",
        offer_id=offer["offer_id"],
        funder_organisation_id=world.organisations[funder],
        **given,
    )
    road.host.settle()
    lines = road.on_round("get_round")["pool_lines"]
    found: dict[str, Any] = next(one for one in lines if one["offer_id"] == offer["offer_id"])
    return found


def test_several_funders_fill_a_pool_and_earmarked_money_keeps_its_purpose(road: Road) -> None:
    world = World(road.host)
    for name in ("foundation", "enterprise"):
        world.add(name, name, None)
    road.create()
    about = {"kind": "funds", "title": "公益资金（演示）", "amount": "60000.00", "tags": []}
    elders = world.offer("foundation", **about, earmark={"fields_of_work": ["elder_care"]})
    free = world.offer("enterprise", **about)
    refused = line(road, world, "foundation", elders, amount="60000.00")
    assert (refused["status"], refused["reason"]) == ("refused", "earmark_mismatch")
    again = line(road, world, "foundation", elders, amount="60000.00", earmark={"fields": ["elder_care"]})
    assert (again["status"], again["line_id"]) == ("reserved", refused["line_id"])
    assert line(road, world, "enterprise", free, amount="40000.00")["status"] == "reserved"
    published = road.on_round("publish_round")
    assert (published["pool"], published["status"]) == ("100000.00", "published")
    road.on_round("cancel_round", reason="另行安排（演示）")
    road.host.settle()
    assert {one["status"] for one in road.on_round("get_round")["pool_lines"]} == {"released"}
    whole = (6_000_000, 6_000_000, 0, 0)  # all of it free again
    assert [counters(world.shown_offer(offer)) for offer in (elders, free)] == [whole, whole]
