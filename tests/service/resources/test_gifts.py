"""Each provider sees every unit to its last use, with receipts; the stock card says the same on paper."""

from __future__ import annotations

import base64
import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chassis import clock
from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from tests.kit import CHANGJIANG, ZHUHAI, Caller, actor
from tests.service.resources.conftest import World, later
from tests.service.resources.test_deliveries import confirmed

PHOTO = "ab" * 32


def received(world: World, quantity: int = 10, **offer: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """An offer of forty, of which so many were received."""
    made = world.offer(**offer)
    step = confirmed(world, made, world.need(quantity=quantity), quantity)
    world.provider("enterprise")("resources.hand_over_allocation", **step)
    world.cso("sunset")("resources.receive_allocation", **step)
    return made, step


def use(world: World, step: dict[str, str], quantity: int, **fields: Any) -> Any:
    body = {"used_on": later(0), "purpose": "助餐日（演示）", "people_served": 5, **step, **fields}
    return world.cso("sunset")("resources.record_gift_use", quantity=quantity, **body)


def test_a_provider_sees_every_unit_to_its_last_use(world: World) -> None:
    project = world.project("sunset", ZHUHAI)
    offer, step = received(world)
    use(world, step, 6, project_id=project, photos=[PHOTO], people_served=6)
    use(world, step, 3, people_served=4, last=True)
    giver = world.provider("enterprise")
    gift = giver("resources.get_gift", offer_id=offer["offer_id"])
    counts = ("offered", "free", "handed_over", "received", "used", "unused", "people_served", "uses", "recipients")
    assert [gift[name] for name in counts] == [40, 30, 10, 10, 9, 1, 10, 2, 1]
    [part] = giver("resources.list_gift_parts", offer_id=offer["offer_id"])["items"]
    assert (part["recipient_name"], part["used"], part["need_title"]) == ("sunset", 9, "需要轮椅（演示）")
    assert [one["quantity"] for one in part["uses"]] == [3, 6]
    assert part["uses"][1]["project_id"] == project
    for one in (*part["steps"], *part["uses"]):
        assert one["receipt_url"] == f"/v1/trail/receipt?event_id={one['event_id']}"
    with pytest.raises(ConflictError, match="gift_use_finished"):
        use(world, step, 1)
    assert giver("resources.list_gifts")["items"] == [gift]
    [total] = giver("resources.get_gift_totals")["totals"]
    assert (total["offers"], total["offered"], total["received"], total["used"]) == (1, 40, 10, 9)
    assert world.provider("foundation")("resources.get_gift_totals")["totals"] == []
    world.host.settle()


def test_no_more_is_used_than_was_received_whoever_is_first(world: World) -> None:
    _, step = received(world)

    def try_use(quantity: int) -> int:
        try:
            use(world, step, quantity)
        except ConflictError:
            return 0
        return quantity

    with ThreadPoolExecutor(4) as pool:
        used = sum(pool.map(try_use, [4] * 6))
    assert used == 8
    shown = world.bureau("resources.get_allocation", **step)
    assert (shown["used"], shown["received"]) == (8, 10)
    with pytest.raises(ConflictError, match="gift_use_too_much"):
        use(world, step, 3)
    with pytest.raises(ConflictError, match="gift_in_use"):
        world.provider("enterprise")("resources.return_allocation", quantity=3, **step)
    with pytest.raises(InvalidError, match="resource_project_unknown"):
        use(world, step, 1, project_id=world.project("garden", ZHUHAI))
    with pytest.raises(InvalidError, match="gift_use_ahead"):
        use(world, step, 1, used_on=later(1))


def test_only_the_recipient_tells_a_use_and_only_those_it_concerns_see_it(world: World) -> None:
    offer, step = received(world)
    body = {"used_on": later(0), "purpose": "x", "people_served": 1, "quantity": 1, **step}
    with pytest.raises(NotFoundError):
        world.cso("garden")("resources.record_gift_use", **body)
    with pytest.raises(ForbiddenError):
        world.provider("enterprise")("resources.record_gift_use", **body)
    made = use(world, step, 1)
    world.hub("hub")("resources.get_gift_use", gift_use_id=made["gift_use_id"])
    assert len(world.staff()("resources.list_gift_uses", **step)["items"]) == 1
    for stranger in (world.cso("garden"), world.staff(CHANGJIANG), world.provider("foundation")):
        with pytest.raises(NotFoundError):
            stranger("resources.get_gift_use", gift_use_id=made["gift_use_id"])
    with pytest.raises(NotFoundError):
        world.provider("foundation")("resources.list_gift_parts", offer_id=offer["offer_id"])
    assert world.cso("garden")("resources.list_gift_parts", offer_id=offer["offer_id"])["items"] == []
    shown = world.cso("garden")("resources.get_gift", offer_id=offer["offer_id"])
    assert (shown["received"], shown["recipients"], shown["people_served"]) == (0, 0, 0)


def test_the_public_sees_what_both_sides_agreed_to_tell(world: World) -> None:
    anybody = Caller(world.host)
    _, open_step = received(world, story_public=True)
    _, closed_step = received(world)
    use(world, open_step, 2, story_public=False)
    use(world, closed_step, 2, story_public=True)
    assert anybody("resources.list_public_gifts")["items"] == []
    use(world, open_step, 3, story_public=True, purpose="社区助老（演示）")
    [told] = anybody("resources.list_public_gifts")["items"]
    assert told == {
        **{"title": "轮椅（演示）", "provider_name": "enterprise", "recipient_name": "sunset", "kind": "materials"},
        **{"quantity": 3, "unit": "辆", "used_on": clock.day_of(clock.system_now()).isoformat()},
        **{"purpose": "社区助老（演示）", "people_served": 5},
    }


def test_the_stock_card_is_paged_and_on_paper_and_only_for_who_gives(world: World) -> None:
    offer, _ = received(world, title="=轮椅", batches=[{"label": "A", "quantity": 40, "expires_on": later(90)}])
    giver, card = world.provider("enterprise"), {"offer_id": offer["offer_id"]}
    page = giver("resources.list_stock_movements", limit=2, **card)
    rest = giver("resources.list_stock_movements", cursor=page["next_cursor"], **card)
    assert [row["kind"] for row in (*page["items"], *rest["items"])] == ["handed_over", "reserved", "taken_in"]
    [batch] = giver("resources.list_stock_batches", **card)["items"]
    assert (batch["label"], batch["left"], batch["handed_over"]) == ("A", 30, 10)
    book = giver("resources.get_stock_card", format="xlsx", **card)
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(book["content"]))) as archive:
        texts = archive.read("xl/sharedStrings.xml").decode()
        assert "移交 Handed over" in texts
        assert "'=轮椅" in texts
        assert "<f>" not in archive.read("xl/worksheets/sheet1.xml").decode()
    paper = base64.b64decode(giver("resources.get_stock_card", format="pdf", **card)["content"])
    assert paper.startswith(b"%PDF")
    assert paper == base64.b64decode(giver("resources.get_stock_card", format="pdf", **card)["content"])
    for operation in ("list_stock_movements", "list_stock_batches", "get_stock_card"):
        with pytest.raises(ForbiddenError):
            world.cso("garden")(f"resources.{operation}", **card)
        with pytest.raises(NotFoundError):
            Caller(world.host, actor("provider"))(f"resources.{operation}", **card)
