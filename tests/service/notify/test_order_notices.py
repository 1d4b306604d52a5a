"""The way of a service order: whom each step reaches, and in which words."""

from __future__ import annotations

from typing import Any

import pytest

from chassis import ids
from chassis.events import Event
from contracts.projects import events_delivery as steps
from contracts.projects import events_orders as more
from tests.kit import CHANGJIANG, ZHUHAI
from tests.service.notify.world import Notify

TIMES = {"starts_at": "2026-12-01T01:00:00+00:00", "ends_at": "2026-12-01T03:00:00+00:00"}
ASKER, DOER, STAFF, OTHER = "asker", "doer", "staff", "other"
OPEN = {"rank": 1, "expires_at": "2026-12-01T01:00:00+00:00"}


@pytest.mark.parametrize(
    ("kind", "facts", "reached", "words"),
    [
        (steps.OrderOpened, OPEN, {DOER, OTHER}, "先接先得"),
        (steps.OrderAccepted, {"claimed": False}, {ASKER}, "已有人接单"),
        (steps.OrderScheduled, TIMES, {ASKER, DOER}, "2026-12-01 09:00 至 2026-12-01 11:00"),
        (steps.OrderScheduled, {**TIMES, "moved": True}, set(), ""),
        (more.OrderMoveAgreed, {"starts_at": TIMES["starts_at"]}, {DOER}, "2026-12-01 09:00"),
        (more.OrderGivenBack, {}, {ASKER}, "来不了"),
        (steps.OrderEscalated, {}, {STAFF}, "没有接单"),
        (steps.OrderCancelled, {}, {ASKER, DOER}, "不必再上门"),
        (steps.OrderNoShowReported, {"by": "resident"}, {ASKER, DOER, STAFF}, "求助人不在"),
        (steps.OrderNoShowReported, {"by": "unknown"}, {ASKER, DOER, STAFF}, "到时无人签到"),
        (steps.OrderDisputed, {}, {ASKER, DOER, STAFF}, "核实处理"),
        (
            steps.OrderResolved,
            {"outcome": "settled", "minutes": 80, "redo": True},
            {ASKER, DOER},
            "80 分钟；将重新安排",
        ),
    ],
)
def test_each_step_reaches_whom_it_concerns(
    notify: Notify, kind: type[Event], facts: dict[str, Any], reached: set[str], words: str
) -> None:
    mine, others = notify.register(), notify.register("别家（演示）")
    people = {
        ASKER: notify.open_account("resident", streets=(ZHUHAI,)),
        DOER: notify.open_account("cso", organisation_id=mine, streets=(ZHUHAI,)),
        STAFF: notify.open_account("street_staff", streets=(ZHUHAI,)),
        OTHER: notify.open_account("cso", organisation_id=others, streets=(ZHUHAI,)),
        "neighbour": notify.open_account("street_staff", streets=(CHANGJIANG,)),
        "resident": notify.open_account("resident", streets=(ZHUHAI,)),
    }
    about: dict[str, Any] = {"order_id": ids.new_id("ord"), "street_codes": [ZHUHAI], **facts}
    if "asker_account_ids" in kind.__struct_fields__:
        about["asker_account_ids"] = [people[ASKER].account_id]
    if "organisation_id" in kind.__struct_fields__:
        about |= {"organisation_id": mine, "account_id": None}
    notify.hear(kind(**about))
    found = {name: notify.inbox(who) for name, who in people.items()}
    assert {name for name, messages in found.items() if messages} == reached
    assert all(len(messages) == 1 and words in messages[0]["body_zh"] for messages in found.values() if messages)


def test_who_may_confirm_for_somebody_is_told(notify: Notify) -> None:
    daughter = notify.open_account("resident", streets=(ZHUHAI,))
    named = {"account_id": daughter.account_id, "relation": "family", "street_codes": [ZHUHAI]}
    notify.hear(more.OrderProxyNamed(order_id=ids.new_id("ord"), **named))
    (message,) = notify.inbox(daughter)
    assert "代为确认" in message["body_zh"]
