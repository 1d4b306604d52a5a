"""Whose rows: streets, providers, receivers; and facts that arrive out of order."""

from __future__ import annotations

from typing import Any

import pytest

from chassis import ids
from chassis.errors import ForbiddenError, NotFoundError, StaleError
from contracts.projects.events import ProjectClosed
from contracts.registry.events import AccountOpened, AccountVerified, OrganisationChanged
from services.resources.known.models import KnownAccount, KnownOrganisation, KnownProject
from tests.kit import CHANGJIANG, ZHUHAI, Caller, actor
from tests.service.resources.conftest import World, later

OFFER_STEPS = ("verify_offer", "open_offer", "withdraw_offer")
NEED_STEPS = ("verify_need", "open_need", "close_need", "cancel_need")
ALLOCATION_STEPS = (
    *("reserve_allocation", "confirm_allocation", "hand_over_allocation", "close_allocation"),
    *("release_allocation", "return_allocation"),
)


def _ids(page: dict[str, Any], name: str) -> set[str]:
    return {row[name] for row in page["items"]}


def test_a_street_neither_sees_nor_touches_another_streets_rows(world: World) -> None:
    offer = world.offer(street_code=CHANGJIANG)
    need = world.need("elsewhere", street=CHANGJIANG)
    allocation = world.proposed(offer, need, 2)
    here = world.staff(ZHUHAI)
    assert _ids(here("resources.list_offers"), "offer_id") == set()
    assert _ids(here("resources.list_needs"), "need_id") == set()
    assert _ids(here("resources.list_allocations"), "allocation_id") == set()
    walks = (
        [(step, {"offer_id": offer["offer_id"]}) for step in (*OFFER_STEPS, "get_offer", "list_offer_uses")]
        + [(step, {"need_id": need["need_id"]}) for step in (*NEED_STEPS, "get_need", "list_suggestions")]
        + [(step, {"allocation_id": allocation}) for step in (*ALLOCATION_STEPS, "get_allocation")]
    )
    for step, argument in walks:
        with pytest.raises(NotFoundError):
            here(f"resources.{step}", **argument)
    numbers = here("resources.get_resources_dashboard")
    assert numbers["offers"] == numbers["needs"] == numbers["allocations"] == []


def test_a_street_reads_district_wide_offers_and_does_not_write_them(world: World) -> None:
    offer = world.offer()
    here = world.staff(ZHUHAI)
    assert here("resources.get_offer", offer_id=offer["offer_id"])["street_code"] is None
    with pytest.raises(ForbiddenError, match="street_forbidden"):
        here("resources.withdraw_offer", offer_id=offer["offer_id"])
    with pytest.raises(ForbiddenError, match="street_forbidden"):
        here("resources.create_matching_round", title="越界", street_code=CHANGJIANG)
    assert here("resources.create_matching_round", title="本街道（演示）")["street_code"] == ZHUHAI


def test_a_street_sees_its_own_part_of_a_district_round(world: World) -> None:
    world.offer(quantity=15)
    mine, theirs = world.need("sunset"), world.need("elsewhere", street=CHANGJIANG)
    made = world.bureau("resources.create_matching_round", title="全区（演示）")["matching_round_id"]
    world.bureau("resources.solve_matching_round", matching_round_id=made)
    world.host.settle()
    here = world.staff(ZHUHAI)
    shown = here("resources.get_matching_round", matching_round_id=made)
    assert theirs["need_id"] not in str(shown)
    results = here("resources.list_matching_results", matching_round_id=made)
    assert _ids(results, "need_id") == {mine["need_id"]}
    assert theirs["need_id"] not in str(results)
    with pytest.raises(ForbiddenError):
        here("resources.close_matching_round", matching_round_id=made)
    world.bureau("resources.close_matching_round", matching_round_id=made)
    page = world.bureau("resources.list_allocations", matching_round_id=made)
    assert {row["status"] for row in page["items"]} == {"released"}


def test_a_provider_sees_and_writes_only_its_own_offers(world: World) -> None:
    own, other = world.offer("enterprise"), world.offer("foundation")
    giver = world.provider("enterprise")
    assert _ids(giver("resources.list_offers"), "offer_id") == {own["offer_id"]}
    for step in ("get_offer", "withdraw_offer", "list_offer_uses"):
        with pytest.raises(NotFoundError):
            giver(f"resources.{step}", offer_id=other["offer_id"])
    body = {"kind": "materials", "title": "冒名", "quantity": 1, "unit": "袋"}
    with pytest.raises(ForbiddenError):
        giver("resources.draft_offer", organisation_id=world.organisations["foundation"], **body)
    nobody = Caller(world.host, actor("provider"))
    assert nobody("resources.list_offers")["items"] == []
    assert nobody("resources.list_allocations")["items"] == []


def test_an_organisation_writes_only_its_own_needs_and_its_hub_may_too(world: World) -> None:
    body = {"kind": "materials", "title": "轮椅", "quantity": 1, "unit": "辆", "due_on": later(9)}
    garden = world.organisations["garden"]
    with pytest.raises(ForbiddenError, match="not_your_organisation"):
        world.cso("sunset")("resources.draft_need", organisation_id=garden, **body)
    need = world.hub("hub")("resources.draft_need", organisation_id=garden, **body)
    assert (need["organisation_id"], need["street_code"], need["fields_of_work"]) == (garden, ZHUHAI, ["elder_care"])
    with pytest.raises(NotFoundError):
        world.cso("sunset")("resources.get_need", need_id=need["need_id"])
    with pytest.raises(NotFoundError):
        world.staff(ZHUHAI)("resources.draft_need", organisation_id=world.organisations["elsewhere"], **body)


def test_a_hub_sees_what_is_open_and_those_in_its_care(world: World) -> None:
    world.add("stranger", "cso", ZHUHAI)
    offer, draft = world.offer(), world.offer("foundation", is_open=False)
    need, foreign = world.need("garden"), world.need("stranger")
    mine, theirs = world.reserved(offer, need, 2), world.reserved(offer, foreign, 3)
    made = world.bureau("resources.create_matching_round", title="全区（演示）")["matching_round_id"]
    world.bureau("resources.solve_matching_round", matching_round_id=made)
    world.host.settle()
    hub = world.hub("hub")
    assert _ids(hub("resources.list_offers"), "offer_id") == {offer["offer_id"]}
    assert _ids(hub("resources.list_needs"), "need_id") == {need["need_id"]}
    for page in (hub("resources.list_allocations"), hub("resources.list_offer_uses", offer_id=offer["offer_id"])):
        assert mine in _ids(page, "allocation_id")
        assert _ids(page, "need_id") == {need["need_id"]}
    assert _ids(hub("resources.list_matching_results", matching_round_id=made), "need_id") == {need["need_id"]}
    hidden = (("offer", draft["offer_id"]), ("need", foreign["need_id"]), ("allocation", theirs))
    for noun, row_id in hidden:
        with pytest.raises(NotFoundError):
            hub(f"resources.get_{noun}", **{f"{noun}_id": row_id})


def test_only_the_giver_hands_over_and_only_the_receiver_acknowledges(world: World) -> None:
    offer, need = world.offer(), world.need()
    step = {"allocation_id": world.reserved(offer, need, 5)}
    with pytest.raises(ForbiddenError, match="not_provider"):
        world.cso("sunset")("resources.confirm_allocation", **step)
    with pytest.raises(NotFoundError):
        world.provider("foundation")("resources.confirm_allocation", **step)
    world.provider("enterprise")("resources.confirm_allocation", **step)
    world.provider("enterprise")("resources.hand_over_allocation", **step)
    with pytest.raises(NotFoundError):
        world.cso("garden")("resources.receive_allocation", **step)
    world.hub("hub")("resources.receive_allocation", **step)


def test_a_stale_version_is_refused(world: World) -> None:
    offer = world.offer()
    with pytest.raises(StaleError):
        world.provider("enterprise")("resources.withdraw_offer", offer_id=offer["offer_id"], expected_version=1)


def test_the_dashboard_equals_a_recount(world: World) -> None:
    offer, need = world.offer(), world.need()
    world.offer("foundation", kind="funds", amount="10.00", is_open=False)
    world.reserved(offer, need, 4)
    numbers = world.bureau("resources.get_resources_dashboard")
    rows = world.bureau("resources.list_offers")["items"]
    assert sum(row["count"] for row in numbers["offers"]) == len(rows)
    [chairs] = numbers["offered"]
    assert chairs == {
        **{"kind": "materials", "unit": "辆"},
        **{name: rows[1][name] for name in ("quantity", "free", "reserved", "handed_over")},
    }
    assert numbers["needed"] == [{"kind": "materials", "unit": "辆", "quantity": 10, "allotted": 4, "received": 0}]
    assert numbers["allocations"] == [{"status": "reserved", "count": 1}]


def test_older_facts_about_an_organisation_are_ignored(world: World) -> None:
    organisation = world.organisations["sunset"]
    facts: dict[str, Any] = {
        **{"organisation_id": organisation, "kind": "cso", "legal_tier": "filed", "fields": [], "hub_id": None},
        **{"street_code": ZHUHAI, "status": "active", "in_breach": False, "changed": ["name"]},
    }
    world.hear(OrganisationChanged(name="新名（演示）", **facts), version=5)
    world.hear(OrganisationChanged(name="旧名（演示）", **facts), version=4)
    with world.host.executors["resources"].sessions() as session:
        assert session.get_one(KnownOrganisation, organisation).name == "新名（演示）"


def test_a_project_that_closes_before_we_hear_of_its_start_is_closed(world: World) -> None:
    project, organisation = ids.new_id("prj"), world.organisations["sunset"]
    closed = ProjectClosed(
        **{"project_id": project, "proposal_id": ids.new_id("prp"), "round_id": ids.new_id("rnd")},
        **{"organisation_id": organisation, "title": "演示", "street_code": ZHUHAI},
    )
    world.hear(closed, version=9)
    with world.host.executors["resources"].sessions() as session:
        assert session.get_one(KnownProject, project).status == "closed"


def test_accounts_are_known_in_any_order(world: World) -> None:
    account = ids.new_id("acc")
    world.hear(AccountVerified(account_id=account, community_code=f"{ZHUHAI}001", street_code=ZHUHAI), version=2)
    opened: dict[str, Any] = {"organisation_id": None, "account_streets": [ZHUHAI], "community_code": None}
    world.hear(AccountOpened(account_id=account, role="resident", verified=False, **opened), version=1)
    with world.host.executors["resources"].sessions() as session:
        known = session.get_one(KnownAccount, account)
        assert (known.role, known.verified, known.street_code) == ("resident", True, ZHUHAI)
