"""A training that staff recognise opens a risky order to who came, over HTTP and the real bus."""

from __future__ import annotations

from datetime import timedelta

from deploy.pilot.chapter_orders import PNG
from deploy.pilot.stage import Stage

ZHUHAI = "370211009"
NEIGHBOUR = "370211005"


def test_who_came_to_a_recognised_training_may_take_a_risky_order(stage: Stage) -> None:
    staff = stage.open_account("training-staff", "street_staff", street_codes=[ZHUHAI])
    neighbour = stage.open_account("training-neighbour", "street_staff", street_codes=[NEIGHBOUR])
    talent = stage.open_account("training-talent", "talent", street_codes=[ZHUHAI])
    resident = stage.open_account("training-resident", "resident", street_codes=[ZHUHAI])
    stage.settle()
    account_id = stage.accounts["training-talent"]
    begins = stage.now() + timedelta(minutes=20)
    about = {"topic": f"照护技能（演示 {stage.run}）", "kind": "service_skill", "venue": "街道中心", "capacity": 9}
    times = {"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=1)).isoformat()}
    training = staff.post("/v1/trainings", **about, **times, street_code=ZHUHAI)
    path = f"/v1/trainings/{training['training_id']}"
    assert neighbour.refused("POST", f"{path}/qualification", {"months": 12}) == "training_not_found"
    shown = staff.post(f"{path}/qualification", months=12, service_kinds=["elder_care"])
    assert (shown["qualifies_months"], shown["qualifies_kinds"]) == (12, ["elder_care"])
    staff.post(f"{path}/publication")
    talent.post(f"{path}/enrolments")
    talent.post(f"{path}/check-ins", code=staff.get(f"{path}/code")["code"])
    stage.advance(0.1)
    staff.post(f"{path}/closing", summary="实操（演示）")
    stage.settle()
    (found,) = talent.get("/v1/credentials", requirement="trained")["items"]
    assert (found["training_id"], found["account_id"]) == (training["training_id"], account_id)
    order = resident.post("/v1/orders", kind="elder_care", title="照护（演示）", street_code=ZHUHAI)
    order_path = f"/v1/orders/{order['order_id']}"
    staff.post(f"{order_path}/verification", minutes=60, risky=True)
    staff.post(f"{order_path}/offers", talent_account_id=account_id)
    proof = staff.upload(PNG + b"insurance", "image/png")
    staff.post(
        "/v1/credentials",
        requirement="insured",
        account_id=account_id,
        street_code=ZHUHAI,
        title="意外险（演示）",
        valid_from=stage.day(-1),
        evidence=[proof],
    )
    taken = talent.post(f"{order_path}/acceptance", skilled=True, of_age=True)
    assert taken["accepted_facts"]["trained"] == found["credential_id"]
    stage.settle()
    told = [message["event_name"] for message in resident.get("/v1/messages")["items"]]
    assert "order_accepted" in told
