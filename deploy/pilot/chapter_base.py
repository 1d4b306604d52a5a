"""The centre park and the street's own centre are entered and opened; a room is booked and never twice."""

from __future__ import annotations

from typing import Any

from deploy.pilot.names import ZHUHAI
from deploy.pilot.stage import Stage

_OPEN = [{"from": "08:30", "until": "17:30"}]
_HOURS = {"workday": _OPEN, "restday": _OPEN}
_PARK = {"kind": "park", "name": "中心园区（演示）", "level": "district", "founded_on": "2023-01-01"}
_CENTRE = {"kind": "street", "name": "珠海街道孵化中心（演示）", "level": "street", "founded_on": "2024-05-01"}
_SERVICES = [
    {"code": "consultation", "title": "政策咨询", "channel": "both"},
    {"code": "co_working", "title": "共享工位", "channel": "offline"},
]


def open_the_base(stage: Stage) -> None:
    """A district has one park and a street one centre: another run of the pilot finds them there."""
    with stage.chapter("中心园区与街道中心、场地预约 · the park, the street's centre, a room booked"):
        _centre(stage, _PARK)
        centre = _centre(stage, {**_CENTRE, "street_code": ZHUHAI})
        stage.made["centre_id"] = centre["centre_id"]
        _book(stage, centre)


def _centre(stage: Stage, facts: dict[str, Any]) -> dict[str, Any]:
    bureau = stage.people["bureau"]
    known = bureau.get("/v1/centres", kind=facts["kind"], street_code=facts.get("street_code"), status="open")["items"]
    if known:
        return known[0]  # type: ignore[no-any-return]
    made = bureau.post("/v1/centres", **facts, address="演示路 1 号", hours=_HOURS, services=_SERVICES)
    return bureau.post(f"/v1/centres/{made['centre_id']}/opening")  # type: ignore[no-any-return]


def _book(stage: Stage, centre: dict[str, Any]) -> None:
    staff, organisation = stage.zhuhai("staff"), stage.zhuhai("cso-1")
    room = staff.post(f"/v1/centres/{centre['centre_id']}/spaces", kind="room", name=f"路演厅 {stage.run}", capacity=30)
    path, day = f"/v1/spaces/{room['space_id']}/bookings", stage.day(2)
    times: dict[str, Any] = {
        "starts_at": f"{day}T09:00:00+08:00",
        "ends_at": f"{day}T11:00:00+08:00",
        "purpose": "成长方案讨论（演示）",
    }
    booking = organisation.post(path, **times)
    stage.made["booking_id"], stage.made["space_id"] = booking["booking_id"], room["space_id"]
    stage.checks.equal("场地预约成功 the room was booked", booking["status"], "booked")
    again = {**times, "starts_at": f"{day}T10:00:00+08:00"}
    stage.checks.equal(
        "同一时段不能重复预约 nobody books it again", staff.refused("POST", path, again), "booking_taken"
    )
    stage.tell("街道中心 street centre", f"{centre['name']}，路演厅已预约一次")
