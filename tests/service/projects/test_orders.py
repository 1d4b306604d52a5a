"""Service orders end to end in one process, every event delivered twice."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from chassis import clock, ids
from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chassis.events import Envelope
from chassis.runtime.inprocess import InProcessHost
from services.projects.orders import taking
from services.projects.orders.models import ServiceOrder
from tests import kit

EVIDENCE = [{"sha256": "a" * 64, "size": 10, "media_type": "image/jpeg"}]
HERE = {"latitude": 35.9601, "longitude": 120.0301}


class Story:
    """The people of one street and the order they deal with."""

    def __init__(self) -> None:
        self.host: InProcessHost = kit.make_host("projects", "projects-trail")
        self.resident = self.caller("resident")
        self.staff = self.caller("street_staff")
        self.orgs = [ids.new_id("org") for _ in range(3)]
        self.cso = [self.caller("cso", organisation_id=org) for org in self.orgs]
        for org in self.orgs:
            self.register(org)

    def register(self, organisation_id: str) -> None:
        facts = {
            "organisation_id": organisation_id,
            "name": "演示组织",
            "kind": "cso",
            "legal_tier": "filed",
            "fields": ["elder_care"],
            "street_code": kit.ZHUHAI,
            "hub_id": None,
            "status": "active",
            "in_breach": False,
        }
        envelope = Envelope(
            id=ids.new_id("evt"),
            name="organisation_registered",
            source="registry",
            subject=organisation_id,
            subject_version=1,
            district_code=kit.DISTRICT,
            occurred_at=clock.system_now(),
            payload=facts,
        )
        self.host.executors["projects"].handle(envelope)

    def caller(self, role: str, *, street: str = kit.ZHUHAI, **kwargs: Any) -> kit.Caller:
        return kit.Caller(self.host, kit.actor(role, streets=[street], **kwargs))

    def verified(self, **kwargs: Any) -> str:
        order = self.resident(
            "projects.request_order",
            **{"kind": "elder_care", "title": "陪诊（演示）", "street_code": kit.ZHUHAI, **HERE, **kwargs},
        )
        order_id: str = order["order_id"]
        self.staff("projects.verify_order", order_id=order_id, minutes=90)
        return order_id

    def offered(self) -> str:
        order_id = self.verified()
        self.staff("projects.offer_order", order_id=order_id, organisation_ids=self.orgs)
        return order_id

    def checked_in(self) -> str:
        order_id = self.offered()
        self.cso[0]("projects.accept_order", order_id=order_id)
        self.schedule(order_id)
        self.cso[0]("projects.check_in_order", order_id=order_id, **HERE)
        return order_id

    def delivered(self) -> str:
        order_id = self.checked_in()
        self.cso[0]("projects.deliver_order", order_id=order_id, minutes=80, evidence=EVIDENCE)
        return order_id

    def schedule(self, order_id: str) -> None:
        starts = clock.system_now() + timedelta(hours=1)
        window = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=2)).isoformat()}
        self.cso[0]("projects.schedule_order", order_id=order_id, **window)

    def order(self, order_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.staff("projects.get_order", order_id=order_id)
        return found

    def advance(self, seconds: int) -> None:
        operator = kit.Caller(self.host, kit.actor("operator"))
        operator("projects.advance_clock", seconds=seconds)
        self.host.settle()


@pytest.fixture
def story(trail_key: object) -> Story:
    return Story()


def test_an_order_goes_from_request_to_seal_and_every_step_is_in_the_trail(story: Story) -> None:
    order_id = story.delivered()
    confirmed = story.resident("projects.confirm_order", order_id=order_id)
    assert (confirmed["status"], confirmed["confirmed_by"]) == ("confirmed", "resident")
    rated = story.resident("projects.rate_order", order_id=order_id, stars=5, comment="很好")
    assert (rated["status"], rated["stars"]) == ("rated", 5)
    sealed = story.staff("projects.seal_order", order_id=order_id)
    assert sealed["status"] == "sealed"
    assert sealed["requester_account_id"] == story.resident.who.account_id  # type: ignore[union-attr]
    assert "latitude" not in sealed
    story.host.settle()
    page = story.staff("projects.list_trail_entries", subject=order_id)
    assert [entry["event"] for entry in reversed(page["items"])] == [
        "order_requested",
        "order_verified",
        "order_offered",
        "order_accepted",
        "order_scheduled",
        "order_checked_in",
        "order_delivered",
        "order_confirmed",
        "order_rated",
        "order_sealed",
    ]


def test_a_declined_order_is_offered_to_the_next_and_at_last_comes_up_to_staff(story: Story) -> None:
    order_id = story.offered()
    for turn in range(3):
        assert story.order(order_id)["organisation_id"] == story.orgs[turn]
        story.cso[turn]("projects.decline_order", order_id=order_id, reason="人手不足")
    order = story.order(order_id)
    assert (order["status"], order["escalated"], order["organisation_id"]) == ("declined", True, None)
    assert [offer["status"] for offer in order["offers"]] == ["declined"] * 3
    again = story.staff("projects.offer_order", order_id=order_id, organisation_ids=[story.orgs[0]])
    assert (again["status"], again["escalated"]) == ("offered", False)


def test_an_unanswered_offer_expires_once_and_goes_to_the_next(story: Story) -> None:
    order_id = story.offered()
    story.advance(121 * 60)
    order = story.order(order_id)
    assert (order["status"], order["organisation_id"]) == ("offered", story.orgs[1])
    story.cso[1]("projects.accept_order", order_id=order_id)
    story.advance(10 * 86400)
    assert story.order(order_id)["status"] == "accepted"


def test_only_whom_it_is_offered_to_may_answer(story: Story) -> None:
    order_id = story.offered()
    for verb, more in (("accept_order", {}), ("decline_order", {"reason": "试试"})):
        with pytest.raises(ForbiddenError, match="order_not_offered_to_you"):
            story.cso[1](f"projects.{verb}", order_id=order_id, **more)
    with pytest.raises(ForbiddenError, match="order_not_offered_to_you"):
        story.cso[0]("projects.claim_order", order_id=order_id)
    with pytest.raises(NotFoundError):
        story.cso[1]("projects.get_order", order_id=order_id)


def test_one_of_many_claimants_wins_and_the_others_get_a_clear_conflict(story: Story) -> None:
    order_id = story.verified()
    story.staff("projects.open_order", order_id=order_id)
    outcomes: list[str] = []

    def claim(caller: kit.Caller) -> None:
        try:
            caller("projects.claim_order", order_id=order_id)
            outcomes.append("won")
        except ConflictError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=claim, args=(caller,)) for caller in story.cso]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["order_taken", "order_taken", "won"]
    order = story.order(order_id)
    assert (order["status"], order["organisation_id"] in story.orgs) == ("accepted", True)


def test_a_risky_task_needs_facts_on_record_and_statements_where_they_suffice(story: Story) -> None:
    order = story.resident("projects.request_order", kind="household", title="修屋顶", street_code=kit.ZHUHAI)
    order_id = order["order_id"]
    story.staff("projects.verify_order", order_id=order_id, risky=True)
    story.staff("projects.offer_order", order_id=order_id, organisation_ids=story.orgs[:1])
    with pytest.raises(ConflictError) as refused:
        story.cso[0]("projects.accept_order", order_id=order_id, skilled=True, trained=True)
    assert refused.value.details["missing"] == ["insured", "of_age", "trained"]
    assert refused.value.details["on_record"] == ["insured", "trained"]
    stated = dict.fromkeys(("skilled", "trained", "of_age", "insured"), True)
    with pytest.raises(ConflictError, match="order_requirement_unmet"):
        story.cso[0]("projects.accept_order", order_id=order_id, **stated)
    facts = {}
    for requirement in ("insured", "trained"):
        given = {"title": "凭证（演示）", "valid_from": "2020-01-01", "evidence": EVIDENCE, "street_code": kit.ZHUHAI}
        made = story.staff(
            "projects.record_credential", requirement=requirement, organisation_id=story.orgs[0], **given
        )
        facts[requirement] = made["credential_id"]
    accepted = story.cso[0]("projects.accept_order", order_id=order_id, **stated)
    assert accepted["accepted_facts"] == {"skilled": "stated", "of_age": "stated", **facts}


def test_capacity_is_policy_of_the_district(story: Story) -> None:
    bureau = kit.Caller(story.host, kit.actor("bureau"))
    kinds = {row["kind"]: row for row in bureau("projects.list_order_kinds")["items"]}
    policy = {name: value for name, value in kinds["elder_care"].items() if name != "district_code"}
    bureau("projects.set_order_kind", **{**policy, "open_orders_max": 1})
    story.cso[0]("projects.accept_order", order_id=story.offered())
    with pytest.raises(ConflictError, match="order_capacity_full"):
        story.cso[0]("projects.accept_order", order_id=story.offered())


def test_a_check_in_far_away_needs_a_reason_and_keeps_no_coordinates(story: Story) -> None:
    order_id = story.offered()
    story.cso[0]("projects.accept_order", order_id=order_id)
    story.schedule(order_id)
    far = {"latitude": 36.1, "longitude": 120.3}
    with pytest.raises(ConflictError, match="order_outside_radius"):
        story.cso[0]("projects.check_in_order", order_id=order_id, **far)
    order = story.cso[0]("projects.check_in_order", order_id=order_id, reason="改在医院", **far)
    assert order["within_radius"] is False
    assert order["distance_m"] > 20_000
    assert "latitude" not in order


def test_delivery_needs_proof_where_the_kind_asks_for_it(story: Story) -> None:
    order_id = story.checked_in()
    with pytest.raises(ConflictError, match="order_without_evidence"):
        story.cso[0]("projects.deliver_order", order_id=order_id, minutes=10)


def test_an_order_nobody_confirms_confirms_itself(story: Story) -> None:
    order_id = story.delivered()
    story.advance(5 * 86400)
    order = story.order(order_id)
    assert (order["status"], order["confirmed_by"]) == ("confirmed", "clock")


def test_a_disputed_order_waits_for_staff_and_its_clock_stands_still(story: Story) -> None:
    order_id = story.delivered()
    story.resident("projects.dispute_order", order_id=order_id, reason="没有来")
    story.advance(10 * 86400)
    assert story.order(order_id)["status"] == "disputed"
    resolved = story.staff("projects.resolve_order", order_id=order_id, outcome="settled", reason="已补做")
    assert (resolved["status"], resolved["outcome"]) == ("resolved", "settled")
    assert story.staff("projects.seal_order", order_id=order_id)["status"] == "sealed"


def test_a_proxy_says_why_and_the_doer_is_never_one(story: Story) -> None:
    order_id = story.delivered()
    with pytest.raises(ForbiddenError, match="order_not_yours"):
        story.cso[0]("projects.confirm_order", order_id=order_id, proxy_reason="代确认")
    grid_worker = story.caller("grid_worker")
    with pytest.raises(InvalidError, match="order_proxy_reason_missing"):
        grid_worker("projects.confirm_order", order_id=order_id)
    order = grid_worker("projects.confirm_order", order_id=order_id, proxy_reason="老人不会用手机")
    assert order["confirmed_by"] == "proxy"


def test_a_no_show_is_offered_again_and_the_first_requester_never_changes(story: Story) -> None:
    order_id = story.offered()
    story.cso[0]("projects.accept_order", order_id=order_id)
    story.schedule(order_id)
    order = story.resident("projects.report_order_no_show", order_id=order_id, by="provider", reason="没来")
    assert (order["status"], order["no_show_by"]) == ("no_show", "provider")
    again = story.staff("projects.offer_order", order_id=order_id, organisation_ids=[story.orgs[2]])
    assert again["organisation_id"] == story.orgs[2]
    assert again["requester_account_id"] == story.resident.who.account_id  # type: ignore[union-attr]


def test_cancelling_withdraws_the_offer(story: Story) -> None:
    order_id = story.offered()
    order = story.resident("projects.cancel_order", order_id=order_id, reason="不需要了")
    assert (order["status"], order["offers"][0]["status"]) == ("cancelled", "withdrawn")
    story.advance(86400)
    assert story.order(order_id)["status"] == "cancelled"
    with pytest.raises(ConflictError, match="order_state_conflict"):
        story.cso[0]("projects.accept_order", order_id=order_id)


def test_another_street_neither_sees_nor_touches_an_order(story: Story) -> None:
    order_id = story.offered()
    stranger = story.caller("street_staff", street=kit.CHANGJIANG)
    assert stranger("projects.list_orders")["items"] == []
    assert stranger("projects.count_orders")["items"] == []
    for verb, more in (("get_order", {}), ("verify_order", {}), ("cancel_order", {"reason": "试试"})):
        with pytest.raises(NotFoundError):
            stranger(f"projects.{verb}", order_id=order_id, **more)
    with pytest.raises(ForbiddenError):
        stranger("projects.request_order", kind="elder_care", title="越界", street_code=kit.ZHUHAI)
    neighbour = story.caller("resident")
    with pytest.raises(NotFoundError):
        neighbour("projects.get_order", order_id=order_id)
    with pytest.raises(ForbiddenError):
        neighbour("projects.confirm_order", order_id=order_id, proxy_reason="冒名")


def test_lists_filter_and_counts_add_up(story: Story) -> None:
    first, second = story.offered(), story.verified()
    assert [row["order_id"] for row in story.staff("projects.list_orders", status="verified")["items"]] == [second]
    assert [row["order_id"] for row in story.cso[0]("projects.list_orders")["items"]] == [first]
    counts = story.staff("projects.count_orders")["items"]
    assert {row["status"]: row["count"] for row in counts} == {"offered": 1, "verified": 1}


def test_a_repeated_command_answers_as_before(story: Story) -> None:
    order_id = story.offered()
    command_id = str(ids.new_uuid())
    first = story.cso[0]("projects.decline_order", command_id=command_id, order_id=order_id, reason="人手不足")
    again = story.cso[0]("projects.decline_order", command_id=command_id, order_id=order_id, reason="人手不足")
    assert again["order_id"] == first["order_id"]
    assert [offer["status"] for offer in again["offers"]] == ["declined", "offered"]


def test_who_declined_has_no_part_in_what_another_does(story: Story) -> None:
    order_id = story.offered()
    story.cso[0]("projects.decline_order", order_id=order_id, reason="已满")
    story.cso[1]("projects.accept_order", order_id=order_id)
    starts = clock.system_now() + timedelta(hours=1)
    window = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=2)).isoformat()}
    story.cso[1]("projects.schedule_order", order_id=order_id, **window)
    with pytest.raises(ForbiddenError, match="order_not_yours"):
        story.cso[0]("projects.report_order_no_show", order_id=order_id, by="provider", reason="没来")
    story.cso[1]("projects.check_in_order", order_id=order_id, **HERE)
    story.cso[1]("projects.deliver_order", order_id=order_id, minutes=80, evidence=EVIDENCE)
    with pytest.raises(ForbiddenError, match="order_not_yours"):
        story.cso[0]("projects.dispute_order", order_id=order_id, reason="不服")
    assert story.cso[1]("projects.dispute_order", order_id=order_id, reason="时长有误")["status"] == "disputed"


def test_an_offer_lapses_at_its_time_even_before_its_clock_ran(story: Story) -> None:
    order_id = story.offered()
    late = clock.system_now() - timedelta(seconds=1)
    with story.host.executors["projects"].sessions.begin() as session:
        session.execute(update(ServiceOrder).where(ServiceOrder.id == order_id).values(offer_expires_at=late))
    with pytest.raises(ConflictError, match="order_state_conflict"):
        story.cso[0]("projects.accept_order", order_id=order_id)


def test_two_orders_accepted_at_once_do_not_exceed_the_capacity(story: Story) -> None:
    bureau = kit.Caller(story.host, kit.actor("bureau"))
    kinds = {row["kind"]: row for row in bureau("projects.list_order_kinds")["items"]}
    policy = {name: value for name, value in kinds["elder_care"].items() if name != "district_code"}
    bureau("projects.set_order_kind", **{**policy, "open_orders_max": 1})
    first, second = story.offered(), story.offered()
    raised: list[BaseException] = []

    def accept() -> None:
        try:
            story.cso[0]("projects.accept_order", order_id=second)
        except ConflictError as error:
            raised.append(error)

    with story.host.executors["projects"].system_session("accept", kit.DISTRICT) as session:
        actor = story.cso[0].who
        assert actor is not None
        taking.take_order(session, actor=actor, now=clock.system_now(), order_id=first, claim=False)
        thread = threading.Thread(target=accept)
        thread.start()
        thread.join(1)
    thread.join(20)
    assert [str(getattr(error, "code", "")) for error in raised] == ["order_capacity_full"]
