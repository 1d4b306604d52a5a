"""A project with an activity two hours from now, and a district clock that can be moved to it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from chassis import clock, ids
from services.projects.known.models import KnownAccount
from tests import kit
from tests.service.projects.test_delivery import Story

LONG = timedelta(hours=2)


class Hall(Story):
    """One project in Zhuhai; its organisation plans an activity of two hours."""

    def __init__(self) -> None:
        super().__init__()
        self.operator = kit.Caller(self.host, kit.actor("operator"))
        self.starts_at = (self.now() + timedelta(hours=2)).replace(second=0, microsecond=0)
        self.ends_at = self.starts_at + LONG
        self.activity_id = self.plan()["activity_id"]

    def now(self) -> datetime:
        with self.host.executors["projects"].sessions() as session:
            return clock.now(session, kit.DISTRICT)

    def plan(self, **given: Any) -> dict[str, Any]:
        content = {"title": "健康讲座（演示）", "kind": "class", "place": "珠海街道活动室", "capacity": 2}
        times = {"starts_at": self.starts_at.isoformat(), "ends_at": self.ends_at.isoformat()}
        made: dict[str, Any] = self.do(self.cso, "plan_activity", **{**content, **times, **given})
        return made

    def plan_time(self) -> str:
        """The first beginning, as the edge shows it."""
        return self.starts_at.astimezone(clock.SHANGHAI).isoformat(timespec="seconds")

    def at(self, moment: datetime) -> None:
        """Move the district clock to a moment; clocks that are due ring."""
        seconds = (moment - self.now()).total_seconds()
        self.operator("projects.advance_clock", seconds=int(seconds) + 1)
        self.host.settle()

    def late_by(self, **by: float) -> None:
        """So long after the beginning."""
        self.at(self.starts_at + timedelta(**by))

    def resident(self, **kwargs: Any) -> kit.Caller:
        return self.caller("resident", **kwargs)

    def step(self, who: kit.Caller, verb: str, **kwargs: Any) -> Any:
        return who(f"projects.{verb}", **{"activity_id": self.activity_id, **kwargs})

    def code(self) -> str:
        """What the organiser's screen shows now."""
        shown = self.step(self.cso, "get_activity_code")
        assert re.fullmatch(r"[0-9]{6}", shown["code"])
        assert shown["text"] == f"{self.activity_id}.{shown['code']}"
        return str(shown["code"])

    def come(self, who: kit.Caller, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.step(who, "check_in_to_activity", code=self.code(), **kwargs)
        return found

    def activity(self) -> dict[str, Any]:
        found: dict[str, Any] = self.step(self.cso, "get_activity")
        return found

    def know(self, account_id: str) -> None:
        """The registry told of an account."""
        with self.host.executors["projects"].sessions.begin() as session:
            told = {"role": "resident", "verified": True, "subject_version": 1, "opened_on": None}
            place = {"district_code": kit.DISTRICT, "street_code": kit.ZHUHAI, "community_code": None}
            session.add(KnownAccount(id=account_id, organisation_id=None, **told, **place))

    def counts(self) -> dict[str, Any]:
        found: dict[str, Any] = self.do(self.cso, "count_beneficiaries")
        return found


def account_of(who: kit.Caller) -> str:
    """The account a caller acts with."""
    assert who.who is not None
    assert who.who.account_id is not None
    return who.who.account_id


def row_id() -> str:
    """As a phone makes one."""
    return ids.new_id("row").replace("_", "-")
