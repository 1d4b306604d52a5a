"""Twenty residents' service orders: asked, offered, declined or accepted, delivered with evidence, confirmed, rated."""

from __future__ import annotations

import hashlib
from typing import Any

from deploy.pilot.client import Session
from deploy.pilot.names import ORDER_KINDS, ZHUHAI
from deploy.pilot.stage import Stage

ORDERS = 20
DECLINED = {3, 9, 15}  # declined by the first organisation, taken by the next on the list
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
PARK = (35.8762, 119.9876)


def service_orders(stage: Stage) -> None:
    """All twenty, several at a time, at Zhuhai Street's own gateway."""
    with stage.chapter("居民点单：派单、接单、送达、评价 · twenty service orders"):
        residents = [key for key in stage.accounts if key.startswith("resident-")][:ORDERS]
        orders = stage.together(lambda pair: _one_order(stage, *pair), list(enumerate(residents)))
        stage.made["orders"] = [order["order_id"] for order in orders]
    rated = [order for order in orders if order["status"] == "rated"]
    stage.tell("居民订单 service orders", f"{len(orders)}，改派 {len(DECLINED)}，评价 {len(rated)}")
    stage.checks.equal("二十张订单全部评价 every order was rated", len(rated), ORDERS)
    stage.checks.true(
        "被婉拒的订单已改派 declined orders were re-offered",
        all(len(orders[number]["offers"]) == 2 for number in DECLINED),
    )


def _one_order(stage: Stage, number: int, resident_key: str) -> dict[str, Any]:
    resident, staff = stage.zhuhai(resident_key), stage.zhuhai("staff")
    first, second = stage.made["cso"][1 + number % 3], stage.made["cso"][1 + (number + 1) % 3]
    order = resident.post(
        "/v1/orders",
        kind="household",
        title=f"{ORDER_KINDS[number % len(ORDER_KINDS)]}（演示）",
        need="演示需求：请在上午来",
        street_code=ZHUHAI,
        latitude=PARK[0],
        longitude=PARK[1],
    )
    path = f"/v1/orders/{order['order_id']}"
    staff.post(f"{path}/verification", minutes=60)
    staff.post(f"{path}/offers", organisation_ids=[first["organisation_id"], second["organisation_id"]])
    doer = stage.zhuhai(first["login"])
    if number in DECLINED:
        doer.post(f"{path}/refusal", reason="当天人手不足")
        doer = stage.zhuhai(second["login"])
    doer.post(f"{path}/acceptance")
    doer.post(f"{path}/appointment", starts_at=stage.instant(hours=1), ends_at=stage.instant(hours=2))
    _deliver(doer, path, number)
    resident.post(f"{path}/confirmation")
    rated: dict[str, Any] = resident.post(f"{path}/rating", stars=4 + number % 2, comment="很好")
    return rated


def _deliver(doer: Session, path: str, number: int) -> None:
    if number % 5 == 4:
        doer.post(f"{path}/check-in", reason="住户在邻居家，地址不同")
    else:
        doer.post(f"{path}/check-in", latitude=PARK[0], longitude=PARK[1])
    photo = PNG + f"demo {path}".encode()
    stored = doer.upload(photo, "image/png")
    if stored["sha256"] != hashlib.sha256(photo).hexdigest():
        raise AssertionError("the store answered another hash than the content's")
    doer.post(f"{path}/delivery", minutes=55, summary="已完成", evidence=[stored])
