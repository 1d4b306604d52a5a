"""The road of the pilot: offers and needs, a matching round, allocations to their last use."""

from __future__ import annotations

import pytest

from chassis.errors import ConflictError, ForbiddenError, InvalidError
from tests.kit import CHANGJIANG, ZHUHAI, Caller, actor
from tests.service.resources.conftest import World, counters, instant, later


def _solve(world: World, **fields: object) -> dict[str, object]:
    matching_round = world.bureau("resources.create_matching_round", title="春季对接（演示）", **fields)
    job = world.bureau("resources.solve_matching_round", matching_round_id=matching_round["matching_round_id"])
    assert job["status"] == "queued"
    world.host.settle()
    reply: dict[str, object] = world.bureau(
        "resources.get_matching_round", matching_round_id=matching_round["matching_round_id"]
    )
    assert reply["status"] == "solved"
    return reply


def test_offers_of_every_kind_and_needs_meet_in_a_matching_round(world: World) -> None:
    project = world.project("sunset", ZHUHAI)
    chairs = world.offer(quantity=12)
    windows = [{"starts_at": instant(3 + n), "ends_at": instant(3 + n, 2)} for n in range(2)]
    hall = world.offer("foundation", kind="venue", title="活动室（演示）", windows=windows, street_code=ZHUHAI)
    people = world.offer(kind="volunteers", title="志愿者（演示）", hours=60, skills=["陪诊", "理发"])
    money = world.offer(
        "foundation",
        kind="funds",
        title="助老基金（演示）",
        amount="5000.00",
        earmark={"fields_of_work": ["elder_care"]},
    )
    needs = [
        world.need(project_id=project, quantity=8, urgency=3),
        world.need("garden", quantity=8),
        world.need(kind="venue", title="场地（演示）", quantity=1, tags=[]),
        world.need(kind="volunteers", title="陪诊（演示）", hours=20, skills=["陪诊"], tags=[]),
        world.need(kind="funds", title="经费（演示）", amount="3000.00", tags=[]),
    ]
    solved = _solve(world)
    certificate = solved["certificate"]
    assert isinstance(certificate, dict)
    assert certificate["primal"] == certificate["dual"] > 0
    assert (solved["needs"], solved["unmet"]) == (5, 1)
    results = world.bureau("resources.list_matching_results", matching_round_id=solved["matching_round_id"])["items"]
    by_need = {result["need_id"]: result for result in results}
    assert [by_need[need["need_id"]]["outcome"] for need in needs] == ["matched", "partly_matched", *["matched"] * 3]
    assert by_need[needs[1]["need_id"]]["unmet"] == 4
    for result in results:
        for match in result["matches"]:
            assert match["utility"] == sum(term["points"] for term in match["terms"])
            assert match["utility"] == match["offer_price"] + result["need_price"]
    for offer in (chairs, hall, people, money):
        assert counters(world.shown_offer(offer))[1] == offer["quantity"], "a proposal holds nothing"


def test_an_allocation_goes_all_the_way_and_the_provider_sees_it(world: World) -> None:
    offer, need = world.offer(), world.need()
    solved = _solve(world)
    page = world.bureau("resources.list_allocations", matching_round_id=solved["matching_round_id"])
    [allocation] = page["items"]
    step = {"allocation_id": allocation["allocation_id"]}
    giver, taker, staff = world.provider("enterprise"), world.cso("sunset"), world.staff()
    staff("resources.reserve_allocation", **step)
    assert counters(world.shown_offer(offer)) == (40, 30, 10, 0)
    giver("resources.confirm_allocation", **step)
    giver("resources.hand_over_allocation", quantity=4, **step)
    assert counters(world.shown_offer(offer)) == (40, 30, 6, 4)
    giver("resources.hand_over_allocation", quantity=3, **step)
    with pytest.raises(ConflictError):
        giver("resources.hand_over_allocation", quantity=4, **step)
    taker("resources.receive_allocation", **step)
    assert counters(world.shown_offer(offer)) == (40, 33, 0, 7), "what was never handed over is free again"
    shown = world.shown_need(need)
    assert (shown["status"], shown["received"], shown["allotted"]) == ("partly_met", 7, 0)
    taker("resources.report_allocation", report="七位老人用上了轮椅（演示）", evidence=["ab" * 32], **step)
    staff("resources.close_allocation", **step)
    [use] = giver("resources.list_offer_uses", offer_id=offer["offer_id"])["items"]
    assert [one["status"] for one in use["steps"]] == [
        *("proposed", "reserved", "confirmed", "handed_over", "handed_over", "received", "reported", "closed"),
    ]
    assert (use["status"], use["received"], use["recipient_name"]) == ("closed", 7, "sunset")
    world.host.settle()


def test_what_a_donor_gives_never_reaches_its_interested_parties(world: World) -> None:
    offer = world.offer(interested_organisation_ids=[world.organisations["garden"]])
    related, stranger = world.need("garden"), world.need("sunset")
    second = world.offer(title="又一批轮椅（演示）")
    solved = _solve(world)
    page = world.bureau("resources.list_allocations", matching_round_id=solved["matching_round_id"])["items"]
    assert {row["need_id"] for row in page} == {stranger["need_id"]}
    for one in (offer, second):
        with pytest.raises(ConflictError, match="match_interested_party"):
            world.proposed(one, related, 1)
    suggestions = world.bureau("resources.list_suggestions", need_id=related["need_id"])
    assert suggestions["candidates"] == []
    codes = {reason["code"] for row in suggestions["excluded"] for reason in row["reasons"]}
    assert codes == {"interested_party"}


def test_suggestions_rank_by_named_terms_and_say_why_others_are_out(world: World) -> None:
    near = world.offer(street_code=ZHUHAI)
    far = world.offer()
    world.offer(street_code=CHANGJIANG)
    other = world.offer(tags=["rice"])
    bound = world.offer(earmark={"street_codes": [CHANGJIANG], "fields_of_work": ["youth"]})
    reply = world.cso("sunset")("resources.list_suggestions", need_id=world.need()["need_id"])
    assert [row["offer_id"] for row in reply["candidates"]] == [near["offer_id"], far["offer_id"]]
    for row in reply["candidates"]:
        assert row["score"] == sum(term["points"] for term in row["terms"])
    out = {row["offer_id"]: [reason["code"] for reason in row["reasons"]] for row in reply["excluded"]}
    assert out == {other["offer_id"]: ["no_shared_tag"], bound["offer_id"]: ["earmarked_street", "earmarked_field"]}


def test_a_venue_window_is_given_once(world: World) -> None:
    windows = [{"starts_at": instant(3), "ends_at": instant(3, 2)}, {"starts_at": instant(40), "ends_at": instant(41)}]
    hall = world.offer("foundation", kind="venue", title="活动室（演示）", windows=windows, tags=[])
    needs = [world.need(name, kind="venue", title="场地", quantity=1, tags=[]) for name in ("sunset", "garden")]
    first, second = (world.proposed(hall, need, 1) for need in needs)
    reserved = world.bureau("resources.reserve_allocation", allocation_id=first)
    assert len(reserved["windows"]) == 1
    with pytest.raises(ConflictError, match="offer_window_taken"):
        world.bureau("resources.reserve_allocation", allocation_id=second)


def test_a_reservation_lapses_when_its_time_is_over(world: World) -> None:
    offer, need = world.offer(), world.need()
    kept, lost = world.reserved(offer, need, 4), world.reserved(offer, need, 6)
    world.bureau("resources.confirm_allocation", allocation_id=kept)
    operator = world.bureau
    world.host.settle()
    _advance(world, 73 * 3600)
    assert operator("resources.get_allocation", allocation_id=kept)["status"] == "confirmed"
    assert operator("resources.get_allocation", allocation_id=lost)["status"] == "released"
    assert counters(world.shown_offer(offer)) == (40, 36, 4, 0)
    assert world.shown_need(need)["allotted"] == 4


def test_an_expired_or_withdrawn_offer_keeps_its_promises_only(world: World) -> None:
    offer, need = world.offer(expires_on=later(10)), world.need()
    allocation = world.reserved(offer, need, 4)
    world.bureau("resources.confirm_allocation", allocation_id=allocation)
    shown = world.provider("enterprise")("resources.withdraw_offer", offer_id=offer["offer_id"], reason="另有安排")
    assert (shown["status"], shown["retired"], *counters(shown)) == ("withdrawn", 36, 4, 0, 4, 0)
    world.bureau("resources.release_allocation", allocation_id=allocation)
    shown = world.shown_offer(offer)
    assert (shown["retired"], *counters(shown)) == (40, 0, 0, 0, 0)
    other = world.offer(expires_on=later(10))
    _advance(world, 12 * 86400)
    assert world.shown_offer(other)["status"] == "expired"
    with pytest.raises(ConflictError, match="offer_wrong_status"):
        world.reserved(other, need, 1)


def test_a_need_lapses_unmet_and_cannot_be_cancelled_while_something_is_on_its_way(world: World) -> None:
    offer, need, idle = world.offer(), world.need(due_on=later(5)), world.need(due_on=later(5))
    allocation = world.reserved(offer, need, 4)
    with pytest.raises(ConflictError, match="need_still_allotted"):
        world.cso("sunset")("resources.cancel_need", need_id=need["need_id"])
    world.bureau("resources.confirm_allocation", allocation_id=allocation)
    _advance(world, 7 * 86400)
    assert world.shown_need(idle)["status"] == "unmet_closed"
    assert world.shown_need(need)["status"] == "open"


def test_a_dispute_ends_with_the_gift_returned(world: World) -> None:
    offer, need = world.offer(), world.need(quantity=5)
    step = {"allocation_id": world.reserved(offer, need, 5)}
    giver, taker = world.provider("enterprise"), world.cso("sunset")
    giver("resources.confirm_allocation", **step)
    with pytest.raises(ForbiddenError):
        giver("resources.receive_allocation", **step)
    giver("resources.hand_over_allocation", **step)
    taker("resources.receive_allocation", **step)
    assert world.shown_need(need)["status"] == "met"
    taker("resources.dispute_allocation", reason="三辆损坏", **step)
    taker("resources.receive_allocation", quantity=2, **step)
    assert (world.shown_need(need)["status"], world.shown_need(need)["received"]) == ("partly_met", 2)
    taker("resources.dispute_allocation", reason="全部退回", **step)
    giver("resources.return_allocation", reason="收回", **step)
    assert counters(world.shown_offer(offer)) == (40, 40, 0, 0)
    assert (world.shown_need(need)["received"], world.shown_need(need)["status"]) == (0, "partly_met")


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "funds"},
        {"kind": "materials", "quantity": 3},
        {"kind": "materials", "unit": "袋"},
        {"kind": "volunteers", "skills": ["陪诊"]},
        {"kind": "venue"},
        {"kind": "know_how"},
    ],
)
def test_an_offer_says_what_its_kind_needs(world: World, body: dict[str, object]) -> None:
    with pytest.raises(InvalidError, match="offer_incomplete"):
        world.provider("enterprise")("resources.draft_offer", title="空（演示）", **body)


def _advance(world: World, seconds: int) -> None:
    Caller(world.host, actor("operator"))("resources.advance_clock", seconds=seconds)
    world.host.settle()


def test_an_interest_declared_after_the_reservation_stops_the_gift(world: World) -> None:
    offer, need = world.offer(), world.need("garden")
    early, late = (world.reserved(offer, need, 2) for _ in range(2))
    giver = world.provider("enterprise")
    giver("resources.confirm_allocation", allocation_id=early)
    world.offer(is_open=False, interested_organisation_ids=[world.organisations["garden"]])
    for step, allocation in (("confirm", late), ("hand_over", early)):
        with pytest.raises(ConflictError, match="match_interested_party"):
            giver(f"resources.{step}_allocation", allocation_id=allocation)
    for allocation in (early, late):
        world.bureau("resources.release_allocation", allocation_id=allocation, reason="利害关系")
    assert counters(world.shown_offer(offer)) == (40, 40, 0, 0)
