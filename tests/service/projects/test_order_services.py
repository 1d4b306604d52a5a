"""Whose a service is: done again, disputed, by a talent; who may be asked; who keeps an order nobody was home for."""

from __future__ import annotations

import base64
import io
import zipfile
from datetime import date
from typing import Any

import pytest

from chassis import clock, ids
from chassis.errors import ConflictError, ForbiddenError, InvalidError
from chassis.events import Envelope
from services.projects.orders.models import OrderService
from tests import kit
from tests.service.projects.order_story import EVIDENCE, HERE, Street


@pytest.fixture(autouse=True)
def demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_DEMO", "1")


@pytest.fixture
def street() -> Street:
    return Street()


def record(street: Street, number: int) -> tuple[int, int]:
    """An organisation's platform record of orders."""
    found = street.cso[number]("projects.get_organisation_record", organisation_id=street.orgs[number])
    return found["orders"], found["order_minutes"]


def stars(street: Street, number: int) -> dict[str, Any]:
    found: dict[str, Any] = street.staff("projects.get_order_ratings", organisation_id=street.orgs[number])
    return found


def again(street: Street, order_id: str, number: int, minutes: int) -> None:
    """Somebody else does it, from the offer to the confirmation."""
    street.staff("projects.offer_order", order_id=order_id, organisation_ids=[street.orgs[number]])
    doer = street.cso[number]
    doer("projects.accept_order", order_id=order_id)
    street.schedule(order_id, doer)
    doer("projects.check_in_order", order_id=order_id, **HERE)
    doer("projects.deliver_order", order_id=order_id, minutes=minutes, evidence=EVIDENCE)
    street.resident("projects.confirm_order", order_id=order_id)


@pytest.mark.parametrize("hours_void", [True, False])
def test_what_is_done_again_counts_for_who_did_it_and_never_for_the_other(street: Street, hours_void: bool) -> None:
    order_id = street.delivered()
    street.resident("projects.confirm_order", order_id=order_id)
    assert record(street, 0) == (1, 80)
    street.resident("projects.dispute_order", order_id=order_id, reason="没有做完")
    assert record(street, 0) == (0, 0), "what is disputed does not count"
    given = {"order_id": order_id, "outcome": "upheld", "reason": "核实"}
    street.staff("projects.resolve_order", redo=True, hours_void=hours_void, **given)
    asked = street.staff("projects.offer_order", order_id=order_id, organisation_ids=[street.orgs[2]])
    blank = ("delivered_minutes", "confirmed_by", "stars", "summary", "within_radius")
    assert ([asked[name] for name in blank], asked["evidence"], asked["hours_void"]) == ([None] * 5, [], False)
    street.cso[2]("projects.decline_order", order_id=order_id, reason="没空")
    again(street, order_id, 1, 40)
    street.resident("projects.rate_order", order_id=order_id, stars=5)
    assert record(street, 0) == ((0, 0) if hours_void else (1, 80))
    assert (record(street, 1), record(street, 2)) == ((1, 40), (0, 0))
    assert (stars(street, 0)["ratings"], stars(street, 1)["stars_sum"]) == (0, 5)
    with street.host.executors["projects"].sessions() as session:
        kept = session.query(OrderService).order_by(OrderService.delivered_at).all()
    assert [(one.organisation_id, one.evidence) for one in kept] == [(street.orgs[n], EVIDENCE) for n in (0, 1)]


def test_a_dispute_that_was_unfounded_leaves_the_minutes_even_before_the_confirmation(street: Street) -> None:
    order_id = street.delivered()
    street.resident("projects.dispute_order", order_id=order_id, reason="不满意")
    street.staff("projects.resolve_order", order_id=order_id, outcome="rejected", reason="核实属实")
    assert record(street, 0) == (1, 80)
    street.advance(days=30)
    assert (street.order(order_id)["status"], record(street, 0)) == ("sealed", (1, 80))


def test_a_dispute_over_a_no_show_gives_nobody_minutes(street: Street) -> None:
    order_id = street.accepted()
    street.schedule(order_id)
    street.resident("projects.report_order_no_show", order_id=order_id, by="provider", reason="没来")
    street.cso[0]("projects.dispute_order", order_id=order_id, reason="来过")
    street.staff("projects.resolve_order", order_id=order_id, outcome="settled", reason="说不清")
    assert record(street, 0) == (0, 0)


def test_a_talents_orders_are_in_their_own_record_and_its_file_which_names_no_resident(street: Street) -> None:
    talent = street.caller("talent")
    order_id = street.verified(title="陪王奶奶看病（演示）")
    account_id = talent.who.account_id  # type: ignore[union-attr]
    with pytest.raises(ConflictError, match="order_account_unknown"):
        street.staff("projects.offer_order", order_id=order_id, talent_account_id=account_id)
    resident = street.account(street.caller("resident"))
    with pytest.raises(ConflictError, match="order_account_unknown"):  # a resident takes no orders
        street.staff("projects.offer_order", order_id=order_id, talent_account_id=resident)
    street.staff("projects.offer_order", order_id=order_id, talent_account_id=street.account(talent))
    order = talent("projects.accept_order", order_id=order_id)
    assert (order["talent_account_id"], order["organisation_id"]) == (account_id, None)
    street.schedule(order_id, talent)
    talent("projects.check_in_order", order_id=order_id, **HERE)
    talent("projects.deliver_order", order_id=order_id, minutes=55, evidence=EVIDENCE)
    assert talent("projects.get_platform_record")["orders"] == 0, "not before it is confirmed"
    street.resident("projects.confirm_order", order_id=order_id)
    today = clock.day_of(street.now()).isoformat()
    mine = talent("projects.get_platform_record", from_on=today, until_on=today)
    assert (mine["orders"], mine["order_minutes"], mine["minutes"]) == (1, 55, 0)
    later = talent("projects.get_platform_record", from_on=date(2099, 1, 1).isoformat())
    assert (later["orders"], later["order_minutes"]) == (0, 0)
    for form in ("xlsx", "pdf"):
        made = talent("projects.get_platform_record_file", format=form)
        content = base64.b64decode(made["content"])
        assert content.startswith({"xlsx": b"PK", "pdf": b"%PDF"}[form])
        if form == "xlsx":
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                text = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
            assert "助老服务" in text
            assert "服务订单分钟" in text
            assert "王奶奶" not in text
            assert "证明" not in text


def test_somebody_nobody_knows_asks_for_nothing(street: Street) -> None:
    unknown = ids.new_id("acc")
    base = {"kind": "elder_care", "title": "陪诊（演示）", "street_code": kit.ZHUHAI}
    with pytest.raises(ConflictError, match="order_account_unknown"):
        street.staff("projects.request_order", **base, requester_account_id=unknown)
    resident = street.caller("resident")
    account_id = street.account(resident)
    order = street.staff("projects.request_order", **base, requester_account_id=account_id)
    assert (order["requester_account_id"], order["on_behalf"]) == (account_id, True)


def close(street: Street, number: int) -> None:
    """The registry says that the organisation is no more."""
    told = {"name": "演示组织", "kind": "cso", "legal_tier": "filed", "fields": [], "street_code": kit.ZHUHAI}
    payload = {**told, "organisation_id": street.orgs[number], "hub_id": None, "status": "closed", "in_breach": False}
    envelope = Envelope(
        id=ids.new_id("evt"),
        name="organisation_changed",
        source="registry",
        subject=street.orgs[number],
        subject_version=2,
        district_code=kit.DISTRICT,
        occurred_at=clock.system_now(),
        payload={**payload, "changed": ["status"]},
    )
    street.host.executors["projects"].handle(envelope)


def test_an_organisation_that_closed_is_not_asked_and_takes_nothing(street: Street) -> None:
    order_id, other = street.offered(), street.verified()
    close(street, 1)
    with pytest.raises(InvalidError, match="order_candidates_invalid"):
        street.staff("projects.offer_order", order_id=other, organisation_ids=[street.orgs[1]])
    street.cso[0]("projects.decline_order", order_id=order_id, reason="没空")
    assert street.order(order_id)["organisation_id"] == street.orgs[2], "the closed one was next"
    street.staff("projects.open_order", order_id=other)
    with pytest.raises(ForbiddenError):
        street.cso[1]("projects.claim_order", order_id=other)
    close(street, 2)
    with pytest.raises(ForbiddenError):
        street.cso[2]("projects.accept_order", order_id=order_id)
    street.cso[0]("projects.claim_order", order_id=other)


def test_who_came_in_vain_keeps_the_order_and_staff_are_reminded(street: Street) -> None:
    order_id = street.offered()
    street.cso[0]("projects.accept_order", order_id=order_id)
    street.schedule(order_id)
    street.cso[0]("projects.report_order_no_show", order_id=order_id, by="resident", reason="家中无人")
    street.advance(hours=9)
    order = street.order(order_id)
    assert (order["status"], order["organisation_id"], order["escalated"]) == ("no_show", street.orgs[0], True)
    assert street.schedule(order_id)["status"] == "scheduled"
