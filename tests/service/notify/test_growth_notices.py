"""Assessment, training and bookings: whom their events reach, and in which words."""

from __future__ import annotations

from typing import Any

import pytest

from chassis import ids
from contracts.registry.events_assess import AssessmentAppealed, AssessmentAppealSettled, AssessmentPublished
from contracts.registry.events_base import BookingAdvanced, BookingMade
from contracts.registry.events_training import TrainingCancelled, TrainingMoved
from tests.kit import CHANGJIANG, ZHUHAI
from tests.service.notify.world import Notify

TIMES: dict[str, Any] = {"starts_at": "2026-12-01T01:00:00+00:00", "ends_at": "2026-12-01T03:00:00+00:00"}


def test_a_result_reaches_the_organisation_and_an_appeal_those_who_settle_it(notify: Notify) -> None:
    mine, other = notify.register(), notify.register("别家（演示）")
    member = notify.open_account("cso", organisation_id=mine, streets=(ZHUHAI,))
    stranger = notify.open_account("cso", organisation_id=other, streets=(ZHUHAI,))
    bureau = notify.open_account("bureau")
    about: dict[str, Any] = {"assessment_id": ids.new_id("asm"), "organisation_id": mine}
    until = "2026-12-08T16:00:00+00:00"
    notify.hear(AssessmentPublished(**about, score_hundredths=8650, grade="star_4", appeal_until=until))
    (message,) = notify.inbox(member)
    assert (message["kind"], message["priority"]) == ("notices", "high")
    assert "等级 4★，得分 86.50" in message["body_zh"]
    assert "2026-12-09 00:00" in message["body_zh"]
    notify.hear(AssessmentAppealed(**about, appeal_id=ids.new_id("apl")))
    assert [one["title_zh"] for one in notify.inbox(bureau)] == ["收到评估申诉"]
    for outcome, word in (("upheld", "成立，结果将相应更正"), ("dismissed", "不成立，维持原结果")):
        notify.hear(AssessmentAppealSettled(**about, appeal_id=ids.new_id("apl"), outcome=outcome))
        assert word in notify.inbox(member)[0]["body_zh"]
    assert len(notify.inbox(bureau)) == 1
    assert notify.inbox(stranger) == []


@pytest.mark.parametrize("cancelled", [True, False])
def test_a_change_reaches_who_enrolled_and_the_organisation_of_who_has_no_account(
    notify: Notify, cancelled: bool
) -> None:
    mine, other = notify.register(), notify.register("别家（演示）")
    enrolled, colleague = (notify.open_account("cso", organisation_id=mine, streets=(ZHUHAI,)) for _ in range(2))
    contact = notify.open_account("cso", organisation_id=other, streets=(ZHUHAI,))
    about: dict[str, Any] = {
        "training_id": ids.new_id("trs"),
        "topic": "项目书怎么写",
        "account_ids": [enrolled.account_id],
        "organisation_ids": [other],
    }
    if cancelled:
        notify.hear(TrainingCancelled(**about, hub_id=None, starts_at=TIMES["starts_at"]))
    else:
        notify.hear(TrainingMoved(**about, **TIMES, venue="二楼", changed=["venue"]))
    for who in (enrolled, contact):
        (message,) = notify.inbox(who)
        assert "项目书怎么写" in message["title_zh"]
        assert "2026-12-01 09:00" in message["body_zh"]
        assert message["kind"] == "training"
    assert notify.inbox(colleague) == []


def booking(organisation_id: str, account_id: str | None) -> dict[str, Any]:
    return {
        "booking_id": ids.new_id("bkg"),
        "space_id": ids.new_id("spc"),
        "organisation_id": organisation_id,
        "account_id": account_id,
        "space_name": "路演厅",
        "street_codes": [ZHUHAI],
        **TIMES,
    }


def test_a_booking_reaches_its_maker_its_organisation_and_who_must_approve_it(notify: Notify) -> None:
    mine = notify.register()
    maker = notify.open_account("specialist")
    member = notify.open_account("cso", organisation_id=mine, streets=(ZHUHAI,))
    staff = notify.open_account("street_staff", streets=(ZHUHAI,))
    neighbour = notify.open_account("street_staff", streets=(CHANGJIANG,))
    about = booking(mine, maker.account_id)
    made = {**about, "centre_id": ids.new_id("ctr")}
    notify.hear(BookingMade(**made, status="booked"))
    assert notify.inbox(staff) == []
    notify.hear(
        BookingMade(**{**made, "booking_id": ids.new_id("bkg")}, status="requested", approver_role="street_staff")
    )
    assert [one["title_zh"] for one in notify.inbox(member)] == ["场地预订待审批：路演厅", "场地预订成功：路演厅"]
    assert [one["title_zh"] for one in notify.inbox(staff)] == ["场地预订待审批：路演厅"]
    assert len(notify.inbox(maker)) == 2
    assert notify.inbox(neighbour) == []


def test_of_a_bookings_steps_only_those_are_told_that_somebody_must_know(notify: Notify) -> None:
    mine = notify.register()
    member = notify.open_account("cso", organisation_id=mine, streets=(ZHUHAI,))
    about = booking(mine, member.account_id)
    told = {"approve": "已批准", "decline": "未获批准", "cancel": "已取消", "lapse": "已失效", "miss": "未到场"}
    for action in ("check_in", "finish", *told):
        notify.hear(BookingAdvanced(**about, action=action, status="x"))
    titles = [one["title_zh"] for one in reversed(notify.inbox(member))]
    assert titles == [f"场地预订{word}：路演厅" for word in told.values()]
