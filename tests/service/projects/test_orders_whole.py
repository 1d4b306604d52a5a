"""Callers, clocks, offers at once, appointments, proxies, disputes and ratings, each event delivered twice."""

from __future__ import annotations

import base64
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from chassis import ids
from chassis.errors import ConflictError, FootprintError, ForbiddenError, InvalidError, NotFoundError
from chassis.tables import OutboxEvent
from services.projects.orders import running
from services.projects.orders.models import OrderCaller, ServiceOrder
from tests import kit
from tests.service.projects.order_story import EVIDENCE, HERE, Street

MANY = 100
CALLER = {"name": "王某某", "phone": "138 0000 0001", "consent": True}


@pytest.fixture(autouse=True)
def demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_DEMO", "1")


@pytest.fixture
def street() -> Street:
    return Street()


def at_once(calls: list[Callable[[], Any]]) -> Counter[str]:
    """All together; what became of each: ``done`` or the error's code."""
    found: list[str] = []
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> None:
        start.wait()
        try:
            call()
            found.append("done")
        except FootprintError as error:
            found.append(error.code)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(found) == len(calls), "one did not come back, or died of something else"
    return Counter(found)


def test_of_a_hundred_who_claim_at_once_one_has_it_and_the_others_are_told(street: Street) -> None:
    order_id = street.verified()
    street.staff("projects.open_order", order_id=order_id)
    claimants = [street.caller("cso", organisation_id=ids.new_id("org")) for _ in range(MANY)]
    found = at_once([lambda who=who: who("projects.claim_order", order_id=order_id) for who in claimants])
    assert found == {"done": 1, "order_taken": MANY - 1}
    assert street.order(order_id)["status"] == "accepted"
    with street.host.executors["projects"].sessions() as session:
        accepted = select(func.count()).select_from(OutboxEvent).where(OutboxEvent.name == "order_accepted")
        assert session.scalar(accepted) == 1


def test_of_several_asked_at_once_the_first_to_accept_has_it(street: Street) -> None:
    order_id = street.offered(at_once=True)
    street.cso[2]("projects.decline_order", order_id=order_id, reason="人手不足")
    assert street.order(order_id)["status"] == "offered"
    found = at_once([lambda who=who: who("projects.accept_order", order_id=order_id) for who in street.cso[:2]])
    assert found == {"done": 1, "order_taken": 1}
    statuses = sorted(offer["status"] for offer in street.order(order_id)["offers"])
    assert statuses == ["accepted", "declined", "withdrawn"]


def test_a_caller_without_an_account_is_found_again_and_stays_the_first_requester(street: Street) -> None:
    order = street.requested(street.staff, caller=CALLER, callback=True)
    assert (order["on_behalf"], order["callback"]) == (True, True)
    again = street.requested(street.staff, caller={**CALLER, "phone": "+8613800000001"}, title="再次（演示）")
    assert again["caller_id"] == order["caller_id"]
    found = street.staff("projects.find_order_caller", phone="138-0000-0001")["items"]
    assert [(one["name"], one["phone"]) for one in found] == [("王**", "138****0001")]
    duplicates = street.staff("projects.list_order_duplicates", order_id=order["order_id"])["items"]
    assert [one["order_id"] for one in duplicates] == [again["order_id"]]
    account_id = street.account(street.resident)
    linked = street.staff("projects.link_order_caller", caller_id=order["caller_id"], account_id=account_id)
    assert linked["account_id"] == account_id
    with pytest.raises(ConflictError, match="order_caller_linked"):
        street.staff("projects.link_order_caller", caller_id=order["caller_id"], account_id=account_id)
    seen = street.resident("projects.get_order", order_id=order["order_id"])
    assert seen["requester_account_id"] == order["requester_account_id"] != account_id
    assert seen["linked_account_id"] == account_id


def test_a_caller_is_sealed_shown_in_full_only_with_a_purpose_and_needs_consent(street: Street) -> None:
    with pytest.raises(InvalidError, match="order_caller_invalid"):
        street.requested(street.staff, caller={**CALLER, "consent": False})
    with pytest.raises(InvalidError, match="order_caller_invalid"):
        street.requested(street.resident, caller=CALLER)
    order_id = street.requested(street.staff, caller=CALLER)["order_id"]
    with street.host.executors["projects"].sessions() as session:
        stored = session.execute(text("SELECT name, phone FROM order_caller")).one()
        told = " ".join(str(row.payload) for row in session.scalars(select(OutboxEvent)))
        assert "王" not in stored.name
        assert "13800000001" not in stored.phone.replace(" ", "")
        assert "王某某" not in told
        assert session.scalars(select(OrderCaller)).one().name == "王某某"
    shown = street.staff("projects.disclose_order_caller", order_id=order_id, purpose="call_back")
    assert (shown["full_name"], shown["full_phone"]) == ("王某某", "138 0000 0001")
    with pytest.raises(NotFoundError):
        street.cso[0]("projects.disclose_order_caller", order_id=order_id, purpose="visit")
    stranger = street.caller("street_staff", street=kit.CHANGJIANG)
    assert stranger("projects.find_order_caller", phone=CALLER["phone"])["items"] == []


def test_the_database_itself_keeps_the_first_requester(street: Street) -> None:
    street.requested()
    for change in ("requester_account_id", "requested_by_account_id"):
        with (
            pytest.raises(DBAPIError, match="first requester never changes"),
            street.host.executors["projects"].sessions.begin() as session,
        ):
            session.execute(text(f"UPDATE service_order SET {change} = gen_random_uuid()"))


def test_a_waiting_order_shows_when_it_is_due_and_staff_are_reminded_until_they_act(street: Street) -> None:
    order_id = street.requested()["order_id"]
    order = street.order(order_id)
    assert (order["clock"], order["overdue"], order["reminders"]) == ("verify", False, 0)
    street.advance(days=1, minutes=1)
    order = street.order(order_id)
    assert (order["overdue"], order["escalated"], order["reminders"]) == (True, True, 1)
    street.advance(days=1, minutes=1)
    assert street.order(order_id)["reminders"] == 2
    assert [row["order_id"] for row in street.staff("projects.list_orders", overdue=True)["items"]] == [order_id]
    order = street.staff("projects.verify_order", order_id=order_id, minutes=60)
    assert (order["clock"], order["overdue"], order["escalated"], order["reminders"]) == ("offer", False, False, 0)


def test_a_timer_that_runs_twice_or_late_finds_another_serial(street: Street) -> None:
    order_id = street.offered()
    executor = street.host.executors["projects"]
    with executor.sessions() as session:
        serial = session.scalars(select(ServiceOrder)).one().clock_serial
    street.cso[0]("projects.accept_order", order_id=order_id)
    for _ in range(2):
        with executor.system_session("clock", kit.DISTRICT) as session:
            actor = kit.actor("bureau")
            running.run_order_clock(session, actor=actor, now=street.now(), order_id=order_id, serial=serial)
    assert street.order(order_id)["status"] == "accepted"


def test_an_order_of_the_release_before_gets_a_clock(street: Street) -> None:
    order_id = street.requested()["order_id"]
    executor = street.host.executors["projects"]
    with executor.sessions.begin() as session:
        session.execute(text("UPDATE service_order SET due_at = NULL, clock = NULL, timer_id = NULL"))
    with executor.system_session("wind_order_clocks", kit.DISTRICT) as session:
        running.wind_clockless(session)
    assert street.order(order_id)["clock"] == "verify"
    street.advance(days=1, minutes=1)
    assert street.order(order_id)["reminders"] == 1


def test_who_accepted_may_give_it_back_and_the_next_is_asked(street: Street) -> None:
    order_id = street.offered()
    street.cso[0]("projects.accept_order", order_id=order_id)
    street.schedule(order_id)
    order = street.cso[0]("projects.give_back_order", order_id=order_id, reason="负责人生病")
    assert (order["status"], order["organisation_id"], order["starts_at"]) == ("offered", street.orgs[1], None)
    assert [offer["status"] for offer in order["offers"]] == ["given_back", "offered"]
    with pytest.raises(ForbiddenError):
        street.cso[0]("projects.give_back_order", order_id=order_id, reason="再来一次")


def test_a_hub_offers_to_organisations_in_its_care_alone(street: Street) -> None:
    order_id = street.verified()
    with pytest.raises(ForbiddenError, match="order_hub_not_caring"):
        street.hub("projects.offer_order", order_id=order_id, organisation_ids=[street.orgs[2]])
    listed = street.hub("projects.list_order_candidates", order_id=order_id)["items"]
    assert {row["organisation_id"] for row in listed} == {street.hub_id, *street.orgs[:2]}
    order = street.hub("projects.offer_order", order_id=order_id, organisation_ids=street.orgs[:2])
    assert order["organisation_id"] == street.orgs[0]


def test_candidates_are_ranked_with_reasons_and_who_declined_this_one_comes_last(street: Street) -> None:
    far = ids.new_id("org")
    street.register(far, street=kit.CHANGJIANG)
    order_id = street.offered(organisation_ids=[street.orgs[0]])
    street.cso[0]("projects.decline_order", order_id=order_id, reason="已满")
    busy = street.accepted(1)
    assert street.order(busy)["organisation_id"] == street.orgs[1]
    rows = street.bureau("projects.list_order_candidates", order_id=order_id)["items"]
    order = [row["organisation_id"] for row in rows]
    assert order[-1] == street.orgs[0]
    assert rows[-1]["declined_this"] is True
    assert order.index(street.orgs[2]) < order.index(far)
    parts = {row["organisation_id"]: row["parts"] for row in rows}
    assert parts[street.orgs[0]]["answers"] == 100, "a refusal is an answer"
    assert parts[street.orgs[1]]["load"] == 98


def test_a_talent_or_a_team_is_never_booked_twice(street: Street) -> None:
    orders = [street.accepted() for _ in range(6)]
    calls = [lambda one=one: street.schedule(one, team="一队") for one in orders]
    assert at_once(calls) == {"done": 1, "order_double_booked": 5}
    free = [one for one in orders if street.order(one)["status"] == "accepted"]
    street.schedule(free[0], team="二队")
    street.schedule(free[1], hours=5, team="一队")
    street.schedule(free[2])  # a team of nobody's name is the organisation's own affair


def test_an_appointment_outside_the_hours_needs_the_resident_and_a_reason(street: Street) -> None:
    minute = {"opens": 0, "closes": 1}
    street.staff("projects.set_order_hours", street_code=kit.ZHUHAI, workday=[minute], restday=[minute])
    order_id = street.accepted()
    with pytest.raises(ConflictError, match="order_outside_hours"):
        street.schedule(order_id)
    with pytest.raises(ConflictError, match="order_outside_hours"):
        street.schedule(order_id, outside_hours_reason="下班后方便")
    order = street.schedule(order_id, outside_hours_reason="下班后方便", resident_consented=True)
    assert order["outside_hours_reason"] == "下班后方便"
    with pytest.raises(ForbiddenError):
        street.staff("projects.set_order_hours", street_code=kit.CHANGJIANG, workday=[minute])


def test_a_moved_appointment_waits_for_the_resident_and_moves_a_few_times_only(street: Street) -> None:
    street.policy(reschedules_max=1)
    order_id = street.accepted()
    street.schedule(order_id)
    assert street.schedule(order_id, hours=3)["move_agreed"] is False
    with pytest.raises(ConflictError, match="order_move_unconfirmed"):
        street.cso[0]("projects.check_in_order", order_id=order_id, **HERE)
    with pytest.raises(ForbiddenError):
        street.cso[0]("projects.agree_order_move", order_id=order_id)
    assert street.resident("projects.agree_order_move", order_id=order_id)["move_agreed"] is True
    with pytest.raises(ConflictError, match="order_move_not_waiting"):
        street.resident("projects.agree_order_move", order_id=order_id)
    with pytest.raises(ConflictError, match="order_moved_too_often"):
        street.schedule(order_id, hours=4)
    assert street.schedule(order_id, street.staff, hours=4, resident_consented=True)["moves"] == 2
    street.cso[0]("projects.check_in_order", order_id=order_id, **HERE)


def test_nobody_who_came_is_a_no_show_that_the_clock_finds_and_offers_again(street: Street) -> None:
    order_id = street.offered()
    street.cso[0]("projects.accept_order", order_id=order_id)
    street.schedule(order_id)
    street.advance(hours=6)
    order = street.order(order_id)
    assert (order["status"], order["no_show_by"], order["clock"]) == ("no_show", "unknown", "reoffer")
    street.advance(hours=9)
    order = street.order(order_id)
    assert (order["status"], order["organisation_id"]) == ("offered", street.orgs[1])


def test_a_named_relative_confirms_and_who_delivers_never_does(street: Street) -> None:
    order_id = street.delivered()
    daughter = street.caller("resident")
    account_id = street.account(daughter)
    with pytest.raises(ForbiddenError):
        daughter("projects.confirm_order", order_id=order_id, proxy_reason="替母亲确认")
    given = {"order_id": order_id, "relation": "family"}
    street.resident("projects.name_order_proxy", account_id=account_id, **given)
    with pytest.raises(InvalidError, match="order_proxy_reason_missing"):
        daughter("projects.confirm_order", order_id=order_id)
    doer = street.account(street.cso[0])
    with pytest.raises(ForbiddenError):
        street.resident("projects.name_order_proxy", account_id=doer, **given)
    order = daughter("projects.confirm_order", order_id=order_id, proxy_reason="替母亲确认")
    assert (order["confirmed_by"], order["confirmed_relation"]) == ("proxy", "family")


def test_a_dispute_may_end_with_doing_it_again_and_hours_that_do_not_count(street: Street) -> None:
    order_id = street.delivered()
    street.resident("projects.dispute_order", order_id=order_id, reason="没有做完")
    given = {"order_id": order_id, "outcome": "upheld", "reason": "核实"}
    order = street.staff("projects.resolve_order", redo=True, hours_void=True, **given)
    assert (order["status"], order["redo"], order["hours_void"], order["clock"]) == ("resolved", True, True, "offer")
    again = street.staff("projects.offer_order", order_id=order_id, organisation_ids=[street.orgs[2]])
    assert (again["status"], again["organisation_id"], again["redo"]) == ("offered", street.orgs[2], False)
    other = street.delivered()
    street.resident("projects.dispute_order", order_id=other, reason="没有做完")
    street.staff("projects.resolve_order", **{**given, "order_id": other})
    with pytest.raises(ConflictError, match="order_redo_not_asked"):
        street.staff("projects.offer_order", order_id=other, organisation_ids=[street.orgs[2]])
    street.advance(days=9)
    assert street.order(other)["status"] == "sealed"


def test_a_rating_changes_for_a_day_a_low_one_is_followed_up_and_sums_are_shown(street: Street) -> None:
    order_id = street.delivered()
    street.resident("projects.confirm_order", order_id=order_id)
    for stars in (2, 1):
        street.resident("projects.rate_order", order_id=order_id, stars=stars)
    with pytest.raises(ForbiddenError, match="order_rating_not_yours"):
        street.staff("projects.rate_order", order_id=order_id, stars=5)
    rows = street.staff("projects.list_order_follow_ups", status="open")["items"]
    assert [(row["order_id"], row["stars"]) for row in rows] == [(order_id, 2)]
    given = {"follow_up_id": rows[0]["follow_up_id"], "note": "已回访"}
    assert street.staff("projects.settle_order_follow_up", **given)["status"] == "settled"
    with pytest.raises(ConflictError, match="order_follow_up_state_conflict"):
        street.staff("projects.settle_order_follow_up", **given)
    sums = street.cso[1]("projects.get_order_ratings", organisation_id=street.orgs[0])
    assert (sums["ratings"], sums["stars_sum"], sums["by_stars"]["1"]) == (1, 1, 1)
    street.advance(hours=25)
    with pytest.raises(ConflictError, match="order_rating_fixed"):
        street.resident("projects.rate_order", order_id=order_id, stars=5)


def test_nobody_rates_and_the_order_is_sealed_all_the_same(street: Street) -> None:
    order_id = street.delivered()
    street.advance(days=4)
    street.advance(days=16)
    order = street.order(order_id)
    assert (order["status"], order["confirmed_by"], order["due_at"]) == ("sealed", "clock", None)


def test_a_credential_counts_on_the_day_it_is_needed(street: Street) -> None:
    order_id = street.verified(risky=True)
    street.staff("projects.offer_order", order_id=order_id, organisation_ids=[street.orgs[0]])
    stated = dict.fromkeys(("skilled", "trained", "of_age", "insured"), True)
    base = {"organisation_id": street.orgs[0], "street_code": kit.ZHUHAI, "title": "凭证（演示）", "evidence": EVIDENCE}
    street.staff("projects.record_credential", requirement="trained", valid_from="2020-01-01", **base)
    old = {"valid_from": "2020-01-01", "valid_until": (street.now() - timedelta(days=2)).date().isoformat()}
    street.staff("projects.record_credential", requirement="insured", **old, **base)
    with pytest.raises(ConflictError, match="order_requirement_unmet") as refused:
        street.cso[0]("projects.accept_order", order_id=order_id, **stated)
    assert refused.value.details["missing"] == ["insured"]
    made = street.staff("projects.record_credential", requirement="insured", valid_from="2020-01-01", **base)
    key = made["credential_id"]
    street.staff("projects.revoke_credential", credential_id=key, reason="保单作废")
    with pytest.raises(ConflictError, match="credential_revoked"):
        street.staff("projects.revoke_credential", credential_id=key, reason="保单作废")
    with pytest.raises(ConflictError, match="order_requirement_unmet"):
        street.cso[0]("projects.accept_order", order_id=order_id, **stated)
    assert len(street.cso[0]("projects.list_credentials")["items"]) == 3
    assert street.cso[1]("projects.list_credentials")["items"] == []
    with pytest.raises(NotFoundError):
        street.cso[1]("projects.get_credential", credential_id=key)


def test_appointments_stand_in_the_calendar_of_who_goes_without_a_name(street: Street) -> None:
    street.account(street.cso[0])
    order_id = street.accepted()
    street.schedule(order_id, team="一队")
    feed = street.cso[0]("projects.open_calendar_feed")
    found = base64.b64decode(street.resident("projects.read_calendar", token=feed["token"])["content"]).decode()
    assert f"UID:{order_id}@footprint" in found
    assert "助老服务" in found
    assert "陪诊" not in found
