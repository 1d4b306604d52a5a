"""One gift of boxes over HTTP: to pieces in two deliveries, a part back, receipts for each step, the card on paper."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.pilot.client import ApiError, Session
from deploy.pilot.names import ZHUHAI, credit_code
from deploy.pilot.stage import Stage


class Cast:
    """People of this test alone: who gives, who takes, who watches, and a provider that has nothing to do with it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.bureau = stage.open_account("gift-bureau", "bureau")
        self.specialist = stage.open_account("gift-specialist", "specialist")
        self.giver = self._provider("gift-giver", "海角日化")
        self.stranger = self._provider("gift-stranger", "湾畔食品")
        self.taker = self._taker("gift-taker")
        stage.settle()

    def _provider(self, key: str, name: str) -> Session:
        made = self.bureau.post(
            "/v1/organisations",
            name=f"{name}（演示 {self.stage.run}）",
            kind="enterprise",
            legal_tier="registered",
            uscc=credit_code(self.stage.random, "91"),
            responsible_person="演示负责人",
        )
        return self.stage.open_account(key, "provider", organisation_id=made["organisation_id"])

    def _taker(self, key: str) -> Session:
        made = self.bureau.post(
            "/v1/organisations",
            name=f"冬日关怀队（演示 {self.stage.run}）",
            kind="cso",
            legal_tier="filed",
            filing_number=f"演示备案-{self.stage.run}-关怀",
            responsible_person="演示负责人",
            street_code=ZHUHAI,
        )
        own = {"street_codes": [ZHUHAI], "organisation_id": made["organisation_id"]}
        return self.stage.open_account(key, "cso", **own)

    def opened(self, path: str, owner: Session, **body: Any) -> dict[str, Any]:
        made = owner.post(path, body)
        row = f"{path}/{made.get('offer_id') or made['need_id']}"
        self.specialist.post(f"{row}/verification")
        opened: dict[str, Any] = owner.post(f"{row}/opening")
        return opened


def test_a_gift_of_boxes_is_followed_from_its_offer_to_its_last_use(stage: Stage) -> None:
    cast = Cast(stage)
    giver, recipient = cast.giver, cast.taker
    batches = [
        {"label": "B2", "quantity": 2, "expires_on": stage.day(90)},
        {"label": "A1", "quantity": 3, "expires_on": stage.day(40)},
    ]
    boxes = {"kind": "materials", "title": "护手霜（演示）", "quantity": 5, "unit": "箱", "tags": ["护手霜"]}
    pack = {"pack_size": 24, "pack_unit": "支", "batches": batches, "street_code": ZHUHAI}
    offer = cast.opened("/v1/offers", giver, **boxes, **pack)
    pieces = {"kind": "materials", "title": "需要护手霜（演示）", "quantity": 90, "unit": "支", "tags": ["护手霜"]}
    need = cast.opened("/v1/needs", recipient, **pieces, due_on=stage.day(30), street_code=ZHUHAI)
    assert (offer["quantity"], offer["unit"]) == (120, "支")
    asked = {"offer_id": offer["offer_id"], "need_id": need["need_id"], "quantity": 90}
    row = f"/v1/allocations/{cast.specialist.post('/v1/allocations', asked)['allocation_id']}"
    cast.specialist.post(f"{row}/reservation")
    giver.post(f"{row}/confirmation")
    first = giver.post(f"{row}/handover", quantity=3, unit="箱")
    assert first["steps"][-1]["batches"] == [{"batch": "A1", "quantity": 72, "expires_on": stage.day(40)}]
    assert recipient.post(f"{row}/receipt", quantity=72, final=False)["status"] == "handed_over"
    giver.post(f"{row}/handover")
    assert recipient.post(f"{row}/receipt")["received"] == 90
    back = giver.post(f"{row}/return", quantity=10, condition="good", reason="多余退回")
    assert (back["status"], back["received"], back["returned"]) == ("received", 80, 10)
    use = {"quantity": 80, "used_on": stage.day(0), "purpose": "冬日关怀（演示）", "people_served": 60, "last": True}
    recipient.post(f"{row}/uses", use)
    stage.settle()
    _check_story(cast, offer["offer_id"])


def _check_story(cast: Cast, offer_id: str) -> None:
    stage, giver = cast.stage, cast.giver
    gift = giver.get(f"/v1/gifts/{offer_id}")
    counts = ("offered", "free", "handed_over", "received", "used", "unused", "returned", "people_served")
    assert [gift[name] for name in counts] == [120, 40, 80, 80, 80, 0, 10, 60]
    [part] = giver.get(f"/v1/gifts/{offer_id}/parts")["items"]
    told = [*part["steps"], *part["uses"]]
    for one in told:
        for party in (giver, cast.taker):
            receipt = _receipt(party, one["receipt_url"])
            assert receipt["entry"]["id"] == one["event_id"]
            assert stage.verify(receipt) == []
        with pytest.raises(ApiError, match="trail_entry_not_found"):
            _receipt(cast.stranger, one["receipt_url"])
    steps = list(giver.every("/v1/trail/timeline", subject=part["allocation_id"]))
    assert {one["event_id"] for one in told} <= {one["event_id"] for one in steps}
    assert all(one["verified"] for one in steps)
    assert list(cast.stranger.every("/v1/trail/timeline", subject=part["allocation_id"])) == []
    kinds = [row["kind"] for row in giver.every(f"/v1/offers/{offer_id}/stock-movements")]
    assert kinds == ["returned", "handed_over", "handed_over", "reserved", "taken_in"]
    for form, media_type in (("pdf", "application/pdf"), ("xlsx", "application/vnd.openxmlformats")):
        url, headers = f"{giver.url}/v1/offers/{offer_id}/stock-card", {"Authorization": f"Bearer {giver.bearer()}"}
        shown = stage.http.get(url, params={"format": form}, headers=headers)
        assert shown.status_code == 200
        assert shown.headers["content-type"].startswith(media_type)


def _receipt(reader: Session, url: str) -> dict[str, Any]:
    path, _, query = url.partition("?")
    found: dict[str, Any] = reader.get(path, **dict([query.split("=")]))
    return found
