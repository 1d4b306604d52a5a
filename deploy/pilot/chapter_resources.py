"""Offers and needs meet: a matching round, then each allocation reserved, confirmed, handed over, received."""

from __future__ import annotations

import time
from typing import Any

from deploy.pilot.names import BUILDING, ELDER, SERVICE, ZHUHAI
from deploy.pilot.stage import Stage


def match_resources(stage: Stage) -> None:
    """From what providers give to what winners use."""
    with stage.chapter("供需对接：资源、需求、对接批次、移交、签收 · offers meet needs"):
        offers = _offer(stage)
        needs = _need(stage)
        round_id = _solve(stage)
        allocations = _carry_out(stage, round_id)
        borrowed = _lend_to_a_resident(stage)
        _clear(stage, offers, needs, round_id)
    stage.made["offers"] += [offer["offer_id"] for offer in offers]
    stage.made["needs"] = [need["need_id"] for need in needs]
    stage.made["allocations"] = [allocation["allocation_id"] for allocation in allocations]
    stage.tell("资源 / 需求 / 对接 offers, needs, allocations", f"{len(offers)} / {len(needs)} / {len(allocations)}")
    stage.checks.equal(
        "居民需求由本人签收 a resident received what they asked for", borrowed["received_by"], "resident"
    )
    stage.checks.true("对接结果非空 the matching found something", len(allocations) >= 3, len(allocations))
    stage.checks.true(
        "全部对接均已签收反馈 every allocation was received and reported",
        all(allocation["status"] in {"reported", "closed"} for allocation in allocations),
    )


def _open(stage: Stage, path: str, owner: str, body: dict[str, Any]) -> dict[str, Any]:
    made = stage.people[owner].post(path, body)
    row = f"{path}/{made['offer_id' if 'offer_id' in made else 'need_id']}"
    stage.people["specialist"].post(f"{row}/verification")
    opened: dict[str, Any] = stage.people[owner].post(f"{row}/opening")
    return opened


def _offer(stage: Stage) -> list[dict[str, Any]]:
    windows = [
        {"starts_at": stage.instant(days=day, hours=1), "ends_at": stage.instant(days=day, hours=4)}
        for day in (5, 6, 7)
    ]
    bodies: list[tuple[str, dict[str, Any]]] = [
        (
            "enterprise",
            {"kind": "materials", "title": "米面油爱心包（演示）", "quantity": 60, "unit": "份", "tags": ["食品"]},
        ),
        ("enterprise", {"kind": "venue", "title": "社区活动室（演示）", "windows": windows, "tags": ["活动室"]}),
        (
            "foundation",
            {"kind": "volunteers", "title": "助老志愿者（演示）", "hours": 80, "skills": ["陪伴"], "tags": ["陪伴"]},
        ),
        (
            "foundation",
            {
                "kind": "funds",
                "title": "助老专项（演示）",
                "amount": "5000.00",
                "earmark": {"fields_of_work": [ELDER], "street_codes": []},
            },
        ),
    ]
    return [_open(stage, "/v1/offers", owner, {**body, "street_code": ZHUHAI}) for owner, body in bodies]


def _need(stage: Stage) -> list[dict[str, Any]]:
    due, winners = stage.day(60), stage.made["winners"]
    by_field = {winner["field"]: winner for winner in winners}
    elder = by_field[ELDER]
    other = by_field.get(BUILDING) or by_field.get(SERVICE) or elder
    bodies: list[tuple[dict[str, Any], dict[str, Any]]] = [
        (
            elder,
            {"kind": "materials", "title": "独居老人爱心包（演示）", "quantity": 40, "unit": "份", "tags": ["食品"]},
        ),
        (
            other,
            {"kind": "materials", "title": "邻里共享爱心包（演示）", "quantity": 30, "unit": "份", "tags": ["食品"]},
        ),
        (other, {"kind": "venue", "title": "共建议事场地（演示）", "quantity": 2, "tags": ["活动室"]}),
        (
            elder,
            {"kind": "volunteers", "title": "陪伴志愿者（演示）", "hours": 50, "skills": ["陪伴"], "tags": ["陪伴"]},
        ),
        (elder, {"kind": "funds", "title": "助老小额配套（演示）", "amount": "3000.00", "fields_of_work": [ELDER]}),
    ]
    return [
        _open(stage, "/v1/needs", winner["login"], {**body, "due_on": due, "street_code": ZHUHAI})
        for winner, body in bodies
    ]


def _solve(stage: Stage) -> str:
    specialist = stage.people["specialist"]
    made = specialist.post("/v1/matching-rounds", title=f"珠海街道供需对接（演示 {stage.run}）", street_code=ZHUHAI)
    path = f"/v1/matching-rounds/{made['matching_round_id']}"
    job = specialist.post(f"{path}/solution")
    while job["status"] in {"queued", "running"}:
        time.sleep(0.3)
        job = specialist.get(f"/v1/jobs/{job['job_id']}")
    stage.checks.equal("对接求解完成 the matching was solved", job["status"], "done")
    certificate = specialist.get(path)["certificate"]
    stage.checks.equal("对接最优性凭证 primal = dual", certificate["primal"], certificate["dual"])
    return str(made["matching_round_id"])


def _carry_out(stage: Stage, round_id: str) -> list[dict[str, Any]]:
    specialist, known = stage.people["specialist"], stage.made["login_of"]
    proposed = list(specialist.every("/v1/allocations", matching_round_id=round_id))
    done = []
    for allocation in proposed:
        path = f"/v1/allocations/{allocation['allocation_id']}"
        if not {allocation["provider_organisation_id"], allocation["recipient_organisation_id"]} <= known.keys():
            continue  # an open row of an earlier run
        provider = stage.people[known[allocation["provider_organisation_id"]]]
        recipient = stage.people[known[allocation["recipient_organisation_id"]]]
        specialist.post(f"{path}/reservation")
        provider.post(f"{path}/confirmation")
        provider.post(f"{path}/handover")
        recipient.post(f"{path}/receipt")
        recipient.post(f"{path}/report", report="演示：已用于项目服务")
        done.append(specialist.post(f"{path}/closure"))
    return done


def _lend_to_a_resident(stage: Stage) -> dict[str, Any]:
    """A resident asks, the street centre shapes, the best suggestion is taken, the resident acknowledges."""
    resident, staff = stage.zhuhai("resident-5"), stage.zhuhai("staff")
    chair: dict[str, Any] = {"kind": "materials", "quantity": 1, "unit": "辆"}
    body = {**chair, "title": "轮椅（演示）", "tags": ["轮椅"], "street_code": ZHUHAI}
    offer = _open(stage, "/v1/offers", "enterprise", body)
    said: dict[str, Any] = {
        "text": "演示需求：外出借用",
        "place": "演示楼 1 单元",
        "due_on": stage.day(30),
        "street_code": ZHUHAI,
    }
    need = resident.post("/v1/resident-needs", **chair, title="借用轮椅（演示）", **said)
    path = f"/v1/needs/{need['need_id']}"
    staff.post(f"{path}/handling")
    staff.post(f"{path}/shape", summary="借用轮椅一辆（演示）", tags=["轮椅"], place="珠海街道孵化中心")
    staff.post(f"{path}/verification")
    staff.post(f"{path}/opening")
    found = [row["offer_id"] for row in staff.get(f"{path}/suggestions")["candidates"]]
    stage.checks.true("居民需求有推荐资源 something is suggested for it", offer["offer_id"] in found, len(found))
    given = staff.post("/v1/allocations", offer_id=offer["offer_id"], need_id=need["need_id"], quantity=1)
    row = f"/v1/allocations/{given['allocation_id']}"
    staff.post(f"{row}/reservation")
    for step in ("confirmation", "handover"):
        stage.people["enterprise"].post(f"{row}/{step}")
    resident.post(f"{row}/receipt")
    resident.post(f"{row}/report", report="演示：已用上，谢谢")
    closed: dict[str, Any] = staff.post(f"{row}/closure")
    return closed


def _clear(stage: Stage, offers: list[dict[str, Any]], needs: list[dict[str, Any]], round_id: str) -> None:
    """What is left is withdrawn, so that another run of the pilot starts with a clean table."""
    specialist = stage.people["specialist"]
    specialist.post(f"/v1/matching-rounds/{round_id}/closure")
    for offer in offers:
        path = f"/v1/offers/{offer['offer_id']}"
        if specialist.get(path)["status"] in {"open", "partly_reserved"}:
            specialist.post(f"{path}/withdrawal", reason="演示结束")
    for need in needs:
        path = f"/v1/needs/{need['need_id']}"
        if specialist.get(path)["status"] in {"open", "partly_met"}:
            specialist.post(f"{path}/closure", reason="演示结束")


def check_quantities(stage: Stage) -> None:
    """Nothing over-allocated: offered = free + reserved + handed over, received ≤ needed."""
    specialist = stage.people["specialist"]
    offers = list(specialist.every("/v1/offers"))
    needs = list(specialist.every("/v1/needs"))
    stage.checks.true(
        "资源无超配 offered = free + reserved + handed over",
        all(one["quantity"] == one["free"] + one["reserved"] + one["handed_over"] for one in offers)
        and all(min(one["free"], one["reserved"], one["handed_over"]) >= 0 for one in offers),
        f"{len(offers)} offers",
    )
    stage.checks.true(
        "签收不超需求 received ≤ needed",
        all(one["received"] + one["allotted"] <= one["quantity"] for one in needs),
        f"{len(needs)} needs",
    )
