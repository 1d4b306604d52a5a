"""A resident's need over HTTP and the real bus: asked, shaped, suggested, given, acknowledged, seen by nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.pilot.client import Session
from deploy.pilot.names import ZHUHAI, credit_code
from deploy.pilot.stage import Stage

NEIGHBOUR = "370211005"
WORDS = "演示：腿脚不便，想借轮椅"


class Cast:
    """People of this test alone."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        here, there = {"street_codes": [ZHUHAI]}, {"street_codes": [NEIGHBOUR]}
        self.bureau = stage.open_account("needs-bureau", "bureau")
        self.staff = stage.open_account("needs-staff", "street_staff", **here)
        self.resident = stage.open_account("needs-resident", "resident", **here)
        self.other = stage.open_account("needs-other", "resident", **here)
        self.neighbour = stage.open_account("needs-neighbour", "street_staff", **there)
        self.giver = self._provider()
        stage.settle()

    def _provider(self) -> Session:
        made = self.bureau.post(
            "/v1/organisations",
            name=f"海湾康复器材（演示 {self.stage.run}）",
            kind="enterprise",
            legal_tier="registered",
            uscc=credit_code(self.stage.random, "91"),
            responsible_person="演示负责人",
        )
        return self.stage.open_account("needs-giver", "provider", organisation_id=made["organisation_id"])

    def offered(self) -> str:
        body = {"kind": "materials", "title": "轮椅（演示）", "quantity": 3, "unit": "辆", "tags": ["轮椅"]}
        made = self.giver.post("/v1/offers", **body, street_code=ZHUHAI)
        self.bureau.post(f"/v1/offers/{made['offer_id']}/verification")
        self.giver.post(f"/v1/offers/{made['offer_id']}/opening")
        return str(made["offer_id"])

    def asked(self) -> str:
        body = {"kind": "materials", "title": "借用轮椅（演示）", "quantity": 1, "unit": "辆", "text": WORDS}
        need = self.resident.post(
            "/v1/resident-needs", **body, place="演示楼 501", due_on=self.stage.day(30), street_code=ZHUHAI
        )
        assert (need["text"], need["needer"], need["status"]) == (WORDS, "resident", "draft")
        return f"/v1/needs/{need['need_id']}"


def test_a_resident_asks_the_street_shapes_and_the_resident_acknowledges(stage: Stage) -> None:
    cast = Cast(stage)
    offer_id, path = cast.offered(), cast.asked()
    staff, resident, giver = cast.staff, cast.resident, cast.giver
    assert path.rpartition("/")[2] in {row["need_id"] for row in staff.every("/v1/needs", waiting="true")}
    staff.post(f"{path}/handling")
    staff.post(f"{path}/shape", summary="借用轮椅一辆", tags=["轮椅"], place="珠海街道服务站")
    staff.post(f"{path}/verification")
    assert staff.post(f"{path}/opening")["status"] == "open"
    [best] = [row for row in staff.get(f"{path}/suggestions")["candidates"] if row["offer_id"] == offer_id]
    given = staff.post("/v1/allocations", offer_id=offer_id, need_id=path.rpartition("/")[2], quantity=best["quantity"])
    row = f"/v1/allocations/{given['allocation_id']}"
    staff.post(f"{row}/reservation")
    giver.post(f"{row}/confirmation")
    door = giver.post(f"{path}/disclosures", reason="送货上门")
    assert {one["field"]: one["value"] for one in door["items"]} == {"text": WORDS, "place": "演示楼 501"}
    giver.post(f"{row}/handover")
    stage.settle()
    titles = [message["title_zh"] for message in resident.get("/v1/messages")["items"]]
    assert "资源已交付：1 辆" in titles
    got = resident.post(f"{row}/receipt")
    assert (got["status"], got["received_by"]) == ("received", "resident")
    assert resident.get(path)["status"] == "met"
    _check_strangers(cast, path, row)
    _check_trail(cast, given["allocation_id"], path)


def _check_strangers(cast: Cast, path: str, row: str) -> None:
    for stranger in (cast.other, cast.neighbour):
        assert stranger.refused("GET", path) == "need_not_found"
        assert stranger.refused("GET", row) == "allocation_not_found"
        assert list(stranger.every("/v1/needs", needer="resident")) == []
    shown = cast.giver.get(path)
    assert (shown["requester_account_id"], shown["text"], shown["resident_place"]) == (None, None, None)
    assert cast.other.refused("POST", f"{path}/cancellation") == "need_not_found"


def _check_trail(cast: Cast, allocation_id: str, path: str) -> None:
    """Who gives reads each step of the gift; what the person said is in none of them."""
    cast.stage.settle()
    steps = list(cast.giver.every("/v1/trail/timeline", subject=allocation_id))
    assert len(steps) == 5
    assert all(step["verified"] for step in steps)
    told: list[dict[str, Any]] = cast.bureau.get("/v1/trail/entries", subject=path.rpartition("/")[2])["items"]
    assert {"need_requested", "need_taken_on", "need_shaped", "need_requester_disclosed"} <= {
        entry["event"] for entry in told
    }
    assert WORDS not in str(told)


@pytest.mark.parametrize("step", ["handling", "shape", "requester-link", "disclosures"])
def test_a_resident_does_not_handle(stage: Stage, step: str) -> None:
    someone = stage.people["needs-other"]
    assert "forbidden" in someone.refused("POST", f"/v1/needs/ned_{0:026}/{step}")
