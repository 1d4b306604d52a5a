"""Recurring orders: each occurrence becomes one order, whatever runs twice; and what can be changed about them."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from chassis import clock, ids
from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from services.projects.order_series import making
from services.projects.orders.models import ServiceOrder
from tests import kit
from tests.service.projects.order_story import Street


@pytest.fixture(autouse=True)
def demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_DEMO", "1")


@pytest.fixture
def street() -> Street:
    return Street()


def tomorrow(street: Street) -> date:
    return clock.day_of(street.now()) + timedelta(days=1)


def asked(street: Street, rule: str = "FREQ=DAILY;COUNT=40", **given: Any) -> dict[str, Any]:
    base = {"kind": "elder_care", "title": "每日送餐（演示）", "street_code": kit.ZHUHAI, "minutes": 60}
    start = {"rule": rule, "starts_on": tomorrow(street).isoformat(), "starts_at": "10:30"}
    made: dict[str, Any] = street.resident("projects.request_order_series", **{**base, **start, **given})
    return made


def begun(street: Street, rule: str = "FREQ=DAILY;COUNT=40", *, preferred: bool = False, **given: Any) -> str:
    series_id: str = asked(street, rule, **given)["series_id"]
    first = {"preferred_organisation_id": street.orgs[0]} if preferred else {}
    street.staff("projects.begin_order_series", series_id=series_id, **first)
    return series_id


def orders(street: Street, series_id: str) -> dict[str, dict[str, Any]]:
    rows = street.staff("projects.list_orders", series_id=series_id, limit=200)["items"]
    assert len({row["occurrence_on"] for row in rows}) == len(rows), "an occurrence was made twice"
    return {row["occurrence_on"]: row for row in rows}


def test_occurrences_are_made_two_weeks_ahead_and_day_by_day_each_once(street: Street) -> None:
    series_id = begun(street)
    made = orders(street, series_id)
    assert len(made) == 14
    first = made[tomorrow(street).isoformat()]
    assert first["wanted_from"].endswith("T10:30:00+08:00")
    assert (first["status"], first["minutes"]) == ("verified", 60)
    assert first["requester_account_id"] == street.resident.who.account_id  # type: ignore[union-attr]
    street.advance(days=3)
    assert len(orders(street, series_id)) == 17
    street.advance(days=60)
    assert street.staff("projects.get_order_series", series_id=series_id)["status"] == "ended"


def test_what_runs_twice_and_together_makes_nothing_twice(street: Street) -> None:
    series_id = begun(street)
    executor = street.host.executors["projects"]
    actor = kit.actor("bureau")

    def run() -> None:
        with executor.system_session("make", kit.DISTRICT) as session:
            later = street.now() + timedelta(days=5)
            making.make_order_occurrences(session, actor=actor, now=later, series_id=series_id)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with executor.sessions() as session:
        assert session.scalar(select(func.count()).select_from(ServiceOrder)) == 19
    assert len(orders(street, series_id)) == 19


def test_the_preferred_provider_is_asked_first_and_free_to_decline(street: Street) -> None:
    series_id = begun(street, preferred=True)
    made = orders(street, series_id)
    assert {row["organisation_id"] for row in made.values()} == {street.orgs[0]}
    one = next(iter(made.values()))
    street.cso[0]("projects.decline_order", order_id=one["order_id"], reason="当天没空")
    assert street.order(one["order_id"])["escalated"] is True


def test_one_occurrence_is_left_out_or_moved_and_what_is_accepted_stays(street: Street) -> None:
    series_id = begun(street, preferred=True)
    days = sorted(orders(street, series_id))
    change = {"series_id": series_id, "reach": "this"}
    street.resident("projects.change_order_series", occurrence_on=days[1], skip=True, **change)
    moved = {"moved_to": days[4], "starts_at": "15:00", "minutes": 90}
    street.resident("projects.change_order_series", occurrence_on=days[3], **moved, **change)
    made = orders(street, series_id)
    assert made[days[1]]["status"] == "cancelled"
    assert made[days[3]]["wanted_from"] == f"{days[4]}T15:00:00+08:00"
    street.cso[0]("projects.accept_order", order_id=made[days[5]]["order_id"])
    with pytest.raises(ConflictError, match="order_occurrence_fixed"):
        street.resident("projects.change_order_series", occurrence_on=days[5], skip=True, **change)
    with pytest.raises(NotFoundError, match="order_occurrence_not_found"):
        street.resident("projects.change_order_series", occurrence_on="2020-01-01", skip=True, **change)
    street.advance(days=1)
    assert orders(street, series_id)[days[1]]["status"] == "cancelled", "what was left out is not made again"


def test_this_and_following_goes_on_as_another_series_and_keeps_what_is_agreed(street: Street) -> None:
    series_id = begun(street, preferred=True)
    days = sorted(orders(street, series_id))
    street.cso[0]("projects.accept_order", order_id=orders(street, series_id)[days[6]]["order_id"])
    change = {"series_id": series_id, "reach": "following", "occurrence_on": days[5], "starts_at": "16:00"}
    new = street.resident("projects.change_order_series", **change)
    assert (new["follows_id"], new["status"], new["starts_at"]) == (series_id, "active", "16:00")
    assert new["rule"] == "FREQ=DAILY;COUNT=35"
    old, made = orders(street, series_id), orders(street, new["series_id"])
    assert {day for day, row in old.items() if row["status"] == "cancelled"} == set(days[5:]) - {days[6]}
    assert set(made) == set(days[5:]) - {days[6]}
    assert street.staff("projects.get_order_series", series_id=series_id)["status"] == "ended"


def test_all_of_it_changes_from_the_next_occurrence(street: Street) -> None:
    asked_for = asked(street)
    given = {"series_id": asked_for["series_id"], "reach": "all"}
    changed = street.resident("projects.change_order_series", title="每日送午餐（演示）", **given)
    assert (changed["series_id"], changed["title"]) == (asked_for["series_id"], "每日送午餐（演示）")
    street.staff("projects.begin_order_series", series_id=asked_for["series_id"])
    new = street.resident("projects.change_order_series", rule="FREQ=WEEKLY;BYDAY=SU;COUNT=4", **given)
    assert new["follows_id"] == asked_for["series_id"]
    assert all(date.fromisoformat(day).weekday() == 6 for day in orders(street, new["series_id"]))
    assert {row["status"] for row in orders(street, asked_for["series_id"]).values()} == {"cancelled"}


def test_a_pause_makes_nothing_and_the_end_calls_off_what_nobody_took(street: Street) -> None:
    series_id = begun(street)
    street.resident("projects.pause_order_series", series_id=series_id, reason="住院")
    street.advance(days=4)
    assert len(orders(street, series_id)) == 14
    with pytest.raises(ConflictError, match="order_series_state_conflict"):
        street.resident("projects.pause_order_series", series_id=series_id, reason="住院")
    street.resident("projects.resume_order_series", series_id=series_id)
    assert len(orders(street, series_id)) == 18
    street.resident("projects.end_order_series", series_id=series_id, reason="不再需要")
    today = clock.day_of(street.now()).isoformat()
    live = [day for day, row in orders(street, series_id).items() if row["status"] != "cancelled"]
    assert all(day < today for day in live)


def test_days_that_are_left_out_and_rules_that_are_not_supported(street: Street) -> None:
    out = (tomorrow(street) + timedelta(days=2)).isoformat()
    series_id = begun(street, except_on=[out])
    assert out not in orders(street, series_id)
    listed = street.resident("projects.list_order_occurrences", series_id=series_id)["items"]
    assert len(listed) == 39
    assert [row["order_id"] is not None for row in listed[:14]] == [True] * 13 + [False]
    for rule in ("FREQ=YEARLY;COUNT=2", "FREQ=DAILY;COUNT=900", "FREQ=DAILY"):
        with pytest.raises(InvalidError, match="order_series_rule_invalid"):
            asked(street, rule)


def test_others_neither_see_nor_change_it(street: Street) -> None:
    series_id = begun(street, preferred=True)
    stranger = street.caller("street_staff", street=kit.CHANGJIANG)
    other = street.caller("resident")
    for who in (stranger, other, street.cso[1]):
        with pytest.raises(NotFoundError):
            who("projects.get_order_series", series_id=series_id)
        assert who("projects.list_order_series")["items"] == []
    assert street.cso[0]("projects.get_order_series", series_id=series_id)["status"] == "active"
    with pytest.raises(ForbiddenError, match="order_series_not_yours"):
        street.cso[0]("projects.end_order_series", series_id=series_id, reason="不想做了")
    with pytest.raises(ConflictError, match="organisation_unknown"):
        street.staff(
            "projects.begin_order_series",
            series_id=asked(street)["series_id"],
            preferred_organisation_id=ids.new_id("org"),
        )
