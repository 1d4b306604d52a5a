"""The funds saga: a pool line is named, resources answers; released, the funds are free again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from chassis import ids
from chassis.events import Envelope
from chassis.tables import OutboxEvent
from contracts.projects.events import PoolLineNamed, PoolLineReleased
from contracts.projects.events_money import PoolLineRefunded
from contracts.resources.codes import FundsRefusal
from tests.kit import CHANGJIANG, ZHUHAI
from tests.service.resources.conftest import NOON, World, counters

YUAN = 100


def _named(world: World, offer: dict[str, Any], **changes: Any) -> PoolLineNamed:
    facts: dict[str, Any] = {
        "round_id": ids.new_id("rnd"),
        "line_id": ids.new_id("pol"),
        "offer_id": offer["offer_id"],
        "funder_organisation_id": world.organisations["foundation"],
        "amount_fen": 60_000 * YUAN,
        "fields": ["elder_care", "community_service"],
        "street_codes": [ZHUHAI],
    }
    return PoolLineNamed(**{**facts, **changes})


def _released(named: PoolLineNamed) -> PoolLineReleased:
    return PoolLineReleased(
        round_id=named.round_id, line_id=named.line_id, offer_id=named.offer_id, amount_fen=named.amount_fen
    )


def _answers(world: World) -> list[tuple[str, str | None]]:
    names = ["funds_reserved", "funds_refused", "funds_released"]
    with world.host.executors["resources"].sessions() as session:
        rows = session.scalars(
            select(OutboxEvent).where(OutboxEvent.name.in_(names)).order_by(OutboxEvent.position)
        ).all()
        return [(row.name, row.payload.get("reason")) for row in rows]


def _fund(world: World, **fields: Any) -> dict[str, Any]:
    body = {"kind": "funds", "title": "公益资金（演示）", "amount": "100000.00", "tags": [], **fields}
    return world.offer("foundation", **body)


def test_a_named_pool_line_sets_the_funds_aside_once_and_gives_them_back(world: World) -> None:
    offer = _fund(world)
    named = _named(world, offer)
    world.hear(named, version=1)
    assert counters(world.shown_offer(offer)) == (10_000_000, 4_000_000, 6_000_000, 0)
    assert world.shown_offer(offer)["status"] == "partly_reserved"
    [use] = world.provider("foundation")("resources.list_offer_uses", offer_id=offer["offer_id"])["items"]
    assert (use["use"], use["status"], use["quantity"]) == ("pool_line", "reserved", 6_000_000)
    world.hear(_released(named), version=2)
    world.hear(_released(named), version=3)
    assert counters(world.shown_offer(offer)) == (10_000_000, 10_000_000, 0, 0)
    assert _answers(world) == [("funds_reserved", None), ("funds_released", None)]


def test_funds_are_refused_with_the_reason(world: World) -> None:
    open_funds, draft = _fund(world), _fund(world, is_open=False)
    elders, there = (
        _fund(world, earmark={"fields_of_work": ["elder_care"]}),
        _fund(world, earmark={"street_codes": [CHANGJIANG]}),
    )
    refused = {
        FundsRefusal.OFFER_UNKNOWN: _named(world, {"offer_id": ids.new_id("ofr")}),
        FundsRefusal.NOT_FUNDS: _named(world, world.offer("foundation")),
        FundsRefusal.NOT_THAT_FUNDER: _named(
            world, open_funds, funder_organisation_id=world.organisations["enterprise"]
        ),
        FundsRefusal.NOT_OPEN: _named(world, draft),
        FundsRefusal.INSUFFICIENT: _named(world, open_funds, amount_fen=100_001 * YUAN),
    }
    for named in refused.values():
        world.hear(named)
    assert [reason for _, reason in _answers(world)] == [str(reason) for reason in refused]
    for offer in (elders, there):
        world.hear(_named(world, offer))
    assert [reason for _, reason in _answers(world)][-2:] == ["earmark_mismatch"] * 2


def test_a_refused_line_may_be_named_again_with_less(world: World) -> None:
    offer = _fund(world)
    named = _named(world, offer, amount_fen=200_000 * YUAN)
    less = msgspec.structs.replace(named, amount_fen=50_000 * YUAN)
    world.hear(named, version=1)
    world.hear(less, version=2)
    world.hear(named, version=1)
    assert counters(world.shown_offer(offer))[2] == 50_000 * YUAN


def test_a_release_that_overtakes_its_naming_leaves_the_funds_free(world: World) -> None:
    offer = _fund(world)
    named = _named(world, offer)
    world.hear(_released(named), version=2)
    world.hear(named, version=1)
    assert counters(world.shown_offer(offer)) == (10_000_000, 10_000_000, 0, 0)
    assert _answers(world) == []


def test_several_lines_exhaust_an_offer_and_no_more(world: World) -> None:
    offer = _fund(world)
    for _ in range(3):
        world.hear(_named(world, offer, amount_fen=50_000 * YUAN))
    assert world.shown_offer(offer)["status"] == "exhausted"
    assert [name for name, _ in _answers(world)] == ["funds_reserved", "funds_reserved", "funds_refused"]


def test_an_event_of_another_district_reserves_nothing(world: World) -> None:
    offer = _fund(world)
    executor = world.host.executors["resources"]
    named = _named(world, offer)
    envelope = Envelope(
        id=ids.new_id("evt"),
        name="pool_line_named",
        source="projects",
        subject=named.round_id,
        subject_version=1,
        district_code="370211",
        occurred_at=NOON,
        payload=msgspec.to_builtins(named),
    )
    executor.handle(replace(envelope, district_code="370212"))
    assert counters(world.shown_offer(offer))[2] == 0


@pytest.mark.parametrize("reason", list(FundsRefusal))
def test_every_refusal_has_both_texts(reason: FundsRefusal) -> None:
    assert reason.zh
    assert reason.en


def test_an_archived_round_hands_over_what_it_used_and_frees_the_rest_once(world: World) -> None:
    offer = _fund(world)
    named = _named(world, offer)
    world.hear(named, version=1)
    about = {"round_id": named.round_id, "line_id": named.line_id, "offer_id": named.offer_id}
    settled = PoolLineRefunded(**about, amount_fen=23_999 * YUAN + 1, used_fen=36_000 * YUAN + 99)
    world.hear(settled, version=2)
    world.hear(settled, version=3)
    world.hear(_released(named), version=4)
    assert counters(world.shown_offer(offer)) == (10_000_000, 6_399_901, 0, 3_600_099)
    with world.host.executors["resources"].sessions() as session:
        told = session.scalars(select(OutboxEvent).where(OutboxEvent.name == "funds_settled")).all()
    assert [(row.payload["used_fen"], row.payload["returned_fen"]) for row in told] == [(3_600_099, 2_399_901)]


def test_a_line_of_which_nothing_or_all_was_used_is_settled_too(world: World) -> None:
    offer = _fund(world)
    for version, used in ((1, 0), (1, 50_000 * YUAN)):
        named = _named(world, offer, amount_fen=50_000 * YUAN)
        about = {"round_id": named.round_id, "line_id": named.line_id, "offer_id": named.offer_id}
        world.hear(named, version=version)
        world.hear(PoolLineRefunded(**about, amount_fen=50_000 * YUAN - used, used_fen=used), version=2)
    assert counters(world.shown_offer(offer)) == (10_000_000, 5_000_000, 0, 5_000_000)


def test_an_earmarked_offer_backs_a_line_that_keeps_its_earmark(world: World) -> None:
    elders = _fund(world, earmark={"fields_of_work": ["elder_care"], "street_codes": [ZHUHAI]})
    inside = {"fields": ["elder_care"], "earmark_streets": [ZHUHAI], "street_codes": []}
    world.hear(_named(world, elders, **{**inside, "fields": ["elder_care", "community_service"]}), version=1)
    world.hear(_named(world, elders, **{**inside, "earmark_streets": []}), version=1)
    world.hear(_named(world, elders, **{**inside, "earmark_streets": [ZHUHAI, CHANGJIANG]}), version=1)
    world.hear(_named(world, elders, **inside), version=1)
    mismatch = ("funds_refused", str(FundsRefusal.EARMARK_MISMATCH))
    assert _answers(world) == [mismatch, mismatch, mismatch, ("funds_reserved", None)]


def test_funds_bound_to_somebody_by_name_back_no_round(world: World) -> None:
    """A round keeps fields and streets of its lines, not groups or single organisations: those serve needs."""
    for bound in (
        {"earmark": {"groups": ["独居老人"]}},
        {"earmarked_organisation_ids": [world.organisations["sunset"]]},
    ):
        world.hear(_named(world, _fund(world, **bound)))
    assert _answers(world) == [("funds_refused", str(FundsRefusal.EARMARK_MISMATCH))] * 2


def test_lots_of_funds_bind_a_line_too(world: World) -> None:
    """Lots count in the offer's unit, which is fen."""
    offer = _fund(world, lot_size=10_000 * YUAN, minimum_lot=20_000 * YUAN)
    for amount in (25_000, 10_000, 90_000, 10_000):
        world.hear(_named(world, offer, amount_fen=amount * YUAN))
    lots = ("funds_refused", str(FundsRefusal.LOTS))
    assert _answers(world) == [lots, lots, ("funds_reserved", None), ("funds_reserved", None)]


def test_the_provider_sees_what_a_settled_line_gave_away(world: World) -> None:
    offer = _fund(world)
    named = _named(world, offer)
    world.hear(named, version=1)
    about = {"round_id": named.round_id, "line_id": named.line_id, "offer_id": named.offer_id}
    world.hear(PoolLineRefunded(**about, amount_fen=0, used_fen=60_000 * YUAN), version=2)
    [use] = world.provider("foundation")("resources.list_offer_uses", offer_id=offer["offer_id"])["items"]
    assert (use["status"], use["handed_over"], use["received"]) == ("settled", 6_000_000, 6_000_000)
