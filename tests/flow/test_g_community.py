"""A community project with two sessions and three orders, over HTTP and the real bus, from draft to closing."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from deploy.pilot.chapter_orders import PNG
from deploy.pilot.client import Session
from deploy.pilot.stage import Stage

ZHUHAI = "370211009"
NEIGHBOUR = "370211005"


class Street:
    """People of Zhuhai Street of this test's own, and the project they run."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.bureau = stage.open_account("community-bureau", "bureau")
        self.staff = stage.open_account("community-staff", "street_staff", street_codes=[ZHUHAI])
        self.resident = stage.open_account("community-resident", "resident", street_codes=[ZHUHAI])
        self.neighbour = stage.open_account("community-neighbour", "street_staff", street_codes=[NEIGHBOUR])
        organisation = self.bureau.post(
            "/v1/organisations",
            name=f"邻里互助队（演示 {stage.run}）",
            kind="cso",
            legal_tier="filed",
            filing_number=f"演示备案-{stage.run}-邻里",
            responsible_person="演示负责人",
            street_code=ZHUHAI,
        )
        self.organisation_id = organisation["organisation_id"]
        own = {"street_codes": [ZHUHAI], "organisation_id": self.organisation_id}
        self.doer = stage.open_account("community-doer", "cso", **own)
        stage.settle()

    def file(self, who: Session, text: str) -> dict[str, Any]:
        content = PNG + text.encode()
        stored = who.upload(content, "image/png")
        assert stored["sha256"] == hashlib.sha256(content).hexdigest()
        return stored

    def draft(self) -> str:
        made = self.staff.post(
            "/v1/community-projects",
            title="邻里节（演示）",
            summary="义诊、便民服务和文艺演出",
            fields=["community_service"],
            street_code=ZHUHAI,
            place="社区广场",
            starts_on=self.stage.day(0),
            ends_on=self.stage.day(20),
            budget="800.00",
            lines=[{"line": "物资", "amount": "500.00"}, {"line": "场地", "amount": "300.00"}],
        )
        return f"/v1/community-projects/{made['community_project_id']}"

    def session(self, project: str, title: str, budget: str, days: float) -> str:
        made = self.staff.post(
            f"{project}/sessions",
            title=title,
            place="社区广场",
            starts_at=self.stage.instant(days=days),
            ends_at=self.stage.instant(days=days, hours=3),
            needs=[{"kind": "household", "count": 2}],
            budget=budget,
        )
        return f"/v1/community-sessions/{made['community_session_id']}"

    def serve(self, order_id: str, asker: Session, stars: int) -> None:
        path = f"/v1/orders/{order_id}"
        self.staff.post(f"{path}/verification", minutes=60)
        self.staff.post(f"{path}/offers", organisation_ids=[self.organisation_id])
        self.doer.post(f"{path}/acceptance")
        self.doer.post(
            f"{path}/appointment", starts_at=self.stage.instant(hours=1), ends_at=self.stage.instant(hours=2)
        )
        self.doer.post(f"{path}/check-in", reason="活动现场")
        self.doer.post(f"{path}/delivery", minutes=40, summary="已完成", evidence=[self.file(self.doer, path)])
        asker.post(f"{path}/confirmation")
        asker.post(f"{path}/rating", stars=stars, comment="很好")


@pytest.fixture(scope="module")
def street(stage: Stage) -> Street:
    return Street(stage)


def test_a_community_project_from_draft_to_closing(street: Street) -> None:
    project = street.draft()
    first = street.session(project, "义诊", "500.00", 1)
    second = street.session(project, "便民集市", "300.00", 2)
    assert street.staff.refused("POST", f"{project}/start", {}) == "community_project_state_conflict"
    assert street.resident.refused("GET", project) == "community_project_not_found"
    street.staff.post(f"{project}/publication")
    street.resident.put(f"{project}/interest")
    street.staff.post(f"{project}/start")

    orders = [
        street.staff.post(f"{path}/orders", kind="household", title=title)["order_id"]
        for path, title in ((first, "量血压"), (first, "理发"))
    ]
    asked = street.resident.post("/v1/orders", kind="household", title="修水管（演示）", street_code=ZHUHAI)
    street.staff.put(f"{second}/orders/{asked['order_id']}")
    for order_id, stars in zip(orders, (5, 4), strict=True):
        street.serve(order_id, street.staff, stars)
    street.serve(asked["order_id"], street.resident, 5)

    receipt = {"line": "物资", "spent_on": street.stage.day(0), "purpose": "血压计"}
    paper = [street.file(street.staff, "receipt")]
    over = {**receipt, "amount": "500.01", "receipts": paper}
    assert street.staff.refused("POST", f"{first}/spendings", over) == "community_budget_exceeded"
    street.staff.post(f"{first}/spendings", {**receipt, "amount": "320.00", "receipts": paper})
    for path, attended in ((first, 60), (second, 35)):
        street.staff.post(f"{path}/holding", attended=attended, summary="顺利举办")
    done = street.staff.post(f"{project}/completion")
    closed = street.staff.post(f"{project}/closing")

    assert done["progress"]["orders_by_status"] == {"rated": 3}
    assert (done["progress"]["minutes"], done["progress"]["stars_mean"]) == (120, "4.67")
    assert (closed["status"], closed["spent"], closed["interested"], closed["sessions_held"]) == (
        "closed",
        "320.00",
        1,
        2,
    )
    street.stage.settle()
    entries = street.bureau.get("/v1/trail/entries", subject=closed["community_project_id"])["items"]
    assert {"community_project_published", "session_order_attached", "community_project_closed"} <= {
        row["event"] for row in entries
    }
    _neighbours_see_nothing(street, project, first, asked["order_id"])


def _neighbours_see_nothing(street: Street, project: str, session: str, order_id: str) -> None:
    who = street.neighbour
    assert who.get("/v1/community-projects")["items"] == []
    for path in ("", "/sessions", "/spendings"):
        assert who.refused("GET", project + path) == "community_project_not_found"
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/orders", None),
        ("POST", "/holding", {"attended": 1}),
        ("PUT", f"/orders/{order_id}", {}),
        ("DELETE", f"/orders/{order_id}", None),
    ):
        assert who.refused(method, session + path, body) == "community_session_not_found"
    cancelling = {"reason": "越权", "orders": "cancel"}
    assert who.refused("POST", f"{project}/cancellation", cancelling) == "community_project_not_found"


def test_a_project_that_is_called_off_takes_its_orders_along(street: Street) -> None:
    project = street.draft()
    session = street.session(project, "义诊", "100.00", 1)
    street.staff.post(f"{project}/publication")
    order_id = street.staff.post(f"{session}/orders", kind="household", title="量血压")["order_id"]
    off = street.staff.post(f"{project}/cancellation", reason="场地停用", orders="cancel")
    assert (off["status"], off["progress"]["orders_by_status"]) == ("cancelled", {"cancelled": 1})
    assert street.staff.get(f"/v1/orders/{order_id}")["status"] == "cancelled"
