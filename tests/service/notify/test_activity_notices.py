"""Seats, moved and cancelled activities, needs to confirm: whom their events reach, and in which words."""

from __future__ import annotations

from typing import Any

import pytest

from chassis import ids
from chassis.events import Event
from contracts.projects.events_activities import (
    ActivityCancelled,
    ActivityPostponed,
    ActivityRescheduled,
    SeatGiven,
)
from contracts.resources.events_stock import NeedConfirmationDue
from tests.kit import CHANGJIANG, ZHUHAI
from tests.service.notify.world import Notify

TIMES: dict[str, Any] = {"starts_at": "2026-12-01T01:00:00+00:00", "ends_at": "2026-12-01T03:00:00+00:00"}
OLD: dict[str, Any] = {"old_starts_at": "2026-11-30T01:00:00+00:00", "old_ends_at": "2026-11-30T03:00:00+00:00"}


def test_a_seat_is_told_to_who_waited_for_it_and_to_nobody_else(notify: Notify) -> None:
    waited, other = (notify.open_account("resident", streets=(ZHUHAI,)) for _ in range(2))
    about: dict[str, Any] = {"activity_id": ids.new_id("act"), "street_codes": [ZHUHAI], "title": "健康讲座（演示）"}
    notify.hear(SeatGiven(**about, sign_up_id=ids.new_id("sgu"), account_id=waited.account_id, **TIMES))
    notify.hear(SeatGiven(**about, sign_up_id=ids.new_id("sgu"), account_id=None, **TIMES))
    (message,) = notify.inbox(waited)
    assert (message["title_zh"], message["priority"]) == ("候补成功：健康讲座（演示）", "high")
    assert "2026-12-01 09:00 至 2026-12-01 11:00" in message["body_zh"]
    assert notify.inbox(other) == []


@pytest.mark.parametrize(
    ("kind", "more", "title", "when"),
    [
        (ActivityPostponed, OLD, "活动延期：", "2026-11-30 09:00"),
        (ActivityRescheduled, {**OLD, **TIMES}, "活动改期：", "2026-12-01 09:00"),
        (ActivityCancelled, {"starts_at": TIMES["starts_at"]}, "活动取消：", "2026-12-01 09:00"),
    ],
)
def test_a_change_reaches_everybody_who_signed_up_in_whatever_street_they_live(
    notify: Notify, kind: type[Event], more: dict[str, Any], title: str, when: str
) -> None:
    organisation = notify.register()
    organiser = notify.open_account("cso", organisation_id=organisation, streets=(ZHUHAI,))
    near, far, stranger = (notify.open_account("resident", streets=(one,)) for one in (ZHUHAI, CHANGJIANG, ZHUHAI))
    about: dict[str, Any] = {
        "activity_id": ids.new_id("act"),
        "project_id": ids.new_id("prj"),
        "organisation_id": organisation,
        "street_codes": [ZHUHAI],
        "title": "健康讲座（演示）",
        "account_ids": [near.account_id, far.account_id],
    }
    notify.hear(kind(**about, **more))
    for who in (near, far):
        (message,) = notify.inbox(who)
        assert message["title_zh"] == title + "健康讲座（演示）"
        assert when in message["body_zh"]
        assert when in message["body_en"]
    before = len(notify.inbox(organiser))
    assert notify.inbox(stranger) == []
    notify.hear(kind(**{**about, "account_ids": []}, **more))
    assert len(notify.inbox(organiser)) == before


def test_an_old_need_is_asked_after_at_its_organisation(notify: Notify) -> None:
    mine, other = notify.register(), notify.register("别家（演示）")
    member = notify.open_account("cso", organisation_id=mine, streets=(ZHUHAI,))
    stranger = notify.open_account("cso", organisation_id=other, streets=(ZHUHAI,))
    need_id = ids.new_id("ned")
    notify.hear(
        NeedConfirmationDue(
            need_id=need_id,
            organisation_id=mine,
            kind="materials",
            quantity=10,
            received=4,
            unit="辆",
            confirm_by="2026-12-15",
            street_codes=[ZHUHAI],
        )
    )
    (message,) = notify.inbox(member)
    assert message["title_zh"] == "请确认需求是否仍有效：10 辆"
    assert need_id in message["body_zh"]
    assert "2026-12-15" in message["body_zh"]
    assert (message["kind"], message["priority"]) == ("resources", "high")
    assert notify.inbox(stranger) == []
