"""A community project that holds two orders in one session, and an order that recurs by a rule."""

from __future__ import annotations

from typing import Any

from deploy.pilot.chapter_orders import PNG
from deploy.pilot.client import Session
from deploy.pilot.names import ZHUHAI
from deploy.pilot.stage import Stage

WEEKS = 3


def community_life(stage: Stage) -> None:
    """Zhuhai Street puts a project of its own online; a resident asks for help once a week."""
    with stage.chapter("社区项目与周期点单 · a community project, and an order that recurs"):
        closed = _project(stage)
        made = _series(stage)
    stage.made["community_project_id"] = closed["community_project_id"]
    progress = closed["progress"]
    stage.tell("社区项目 community project", f"{progress['orders_by_status']}，支出 {closed['spent']} 元")
    stage.checks.equal("社区项目的订单全部评价 its orders were rated", progress["orders_by_status"], {"rated": 2})
    stage.checks.equal("周期点单各生成一次 each occurrence was made once", made, WEEKS)


def _project(stage: Stage) -> dict[str, Any]:
    staff, resident = stage.zhuhai("staff"), stage.zhuhai("resident-3")
    made = staff.post(
        "/v1/community-projects",
        title="邻里节（演示）",
        summary="义诊与便民服务",
        fields=["community_service"],
        street_code=ZHUHAI,
        place="社区广场",
        starts_on=stage.day(0),
        ends_on=stage.day(20),
        budget="500.00",
        lines=[{"line": "物资", "amount": "500.00"}],
    )
    project = f"/v1/community-projects/{made['community_project_id']}"
    session = staff.post(
        f"{project}/sessions",
        title="便民集市",
        place="社区广场",
        starts_at=stage.instant(days=1),
        ends_at=stage.instant(days=1, hours=3),
        needs=[{"kind": "household", "count": 2}],
        budget="500.00",
    )
    path = f"/v1/community-sessions/{session['community_session_id']}"
    staff.post(f"{project}/publication")
    resident.put(f"{project}/interest")
    staff.post(f"{project}/start")
    for title in ("磨剪子（演示）", "量血压（演示）"):
        order = staff.post(f"{path}/orders", kind="household", title=title)
        _serve(stage, staff, f"/v1/orders/{order['order_id']}")
    receipt = staff.upload(PNG + path.encode(), "image/png")
    bought: dict[str, Any] = {"line": "物资", "amount": "120.00", "spent_on": stage.day(0), "purpose": "血压计"}
    staff.post(f"{path}/spendings", **bought, receipts=[receipt])
    staff.post(f"{path}/holding", attended=40, summary="顺利举办（演示）")
    staff.post(f"{project}/completion")
    closed: dict[str, Any] = staff.post(f"{project}/closing")
    return closed


def _serve(stage: Stage, asker: Session, path: str) -> None:
    first = stage.made["cso"][1]
    doer = stage.zhuhai(first["login"])
    asker.post(f"{path}/verification", minutes=60)
    asker.post(f"{path}/offers", organisation_ids=[first["organisation_id"]])
    doer.post(f"{path}/acceptance")
    doer.post(f"{path}/appointment", starts_at=stage.instant(hours=1), ends_at=stage.instant(hours=2))
    doer.post(f"{path}/check-in", reason="活动现场")
    photo = doer.upload(PNG + path.encode(), "image/png")
    doer.post(f"{path}/delivery", minutes=40, summary="已完成", evidence=[photo])
    asker.post(f"{path}/confirmation")
    asker.post(f"{path}/rating", stars=5, comment="很好")


def _series(stage: Stage) -> int:
    """How many orders the rule made, all of them within the days that are made ahead."""
    resident, staff = stage.zhuhai("resident-4"), stage.zhuhai("staff")
    series = resident.post(
        "/v1/order-series",
        kind="household",
        title="每周代购（演示）",
        street_code=ZHUHAI,
        rule=f"FREQ=WEEKLY;COUNT={WEEKS}",
        starts_on=stage.day(1),
        starts_at="09:00",
        minutes=60,
    )
    path = f"/v1/order-series/{series['series_id']}"
    staff.post(f"{path}/start")
    stage.advance(3)
    stage.settle()
    made = [one["occurrence_on"] for one in resident.every("/v1/orders", series_id=series["series_id"])]
    staff.post(f"{path}/end", reason="演示结束")
    return len(made) if len(set(made)) == len(made) else -1
