"""Offers and needs as sheets through the front door: template, upload, job, report, export."""

from __future__ import annotations

import base64
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chassis import clock, ids
from chassis.events import Envelope, type_of
from chassis.files import open_store
from contracts.registry.events import OrganisationRegistered
from gateway import api, catalogue
from gateway.files import FileStore
from tests import kit
from tests.gateway.kit import Client, make_deps
from tests.gateway.test_bulk import CSV, XLSX, finished, upload
from tests.service.registry.sheets import as_csv, as_xlsx, rows_of

GIVER = ids.new_id("org")


@pytest.fixture
def district(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Client:
    """A gateway and resources over one store of files; registry told of one enterprise."""
    (tmp_path / "resources.key").write_bytes(base64.b64encode(os.urandom(32)))
    monkeypatch.setenv("RESOURCES_KEY_FILE", str(tmp_path / "resources.key"))
    monkeypatch.setenv("FILES_URL", (tmp_path / "files").as_uri())
    host = kit.make_host("resources")
    told = OrganisationRegistered(
        **{"organisation_id": GIVER, "name": "演示企业", "kind": "enterprise", "legal_tier": "registered"},
        **{"fields": [], "street_code": None, "hub_id": None, "status": "active", "in_breach": False},
    )
    kind = type_of(type(told))
    envelope = Envelope(
        **{"id": ids.new_id("evt"), "name": kind.name, "source": kind.owner, "subject": GIVER, "subject_version": 1},
        **{"district_code": kit.DISTRICT, "occurred_at": clock.system_now(), "payload": msgspec.to_builtins(told)},
    )
    host.executors["resources"].handle(envelope)
    deps = make_deps(host, routes=api.routes(), catalogue=catalogue.load())
    return Client(replace(deps, files=FileStore(open_store(), district=kit.DISTRICT, limit=2**20)))


@pytest.mark.parametrize(("form", "media_type", "make"), [("csv", CSV, as_csv), ("xlsx", XLSX, as_xlsx)])
def test_a_provider_fills_in_the_template_and_its_offers_come_out_again(
    district: Client, form: str, media_type: str, make: Any
) -> None:
    giver = district.as_("provider", organisation_id=GIVER)
    template = giver.get(f"/v1/offer-import-template?format={form}")
    assert (template.status_code, template.headers["content-type"]) == (200, media_type)
    assert template.headers["content-disposition"] == f'attachment; filename="footprint-offers.{form}"'
    headings = rows_of(template.content, form)
    facts = {"Kind": "物资", "Title": "轮椅（演示）", "Quantity": "40", "Unit": "辆", "Tags": "轮椅"}
    rows = [[{**facts, **more}.get(name, "") for name in headings[1]] for more in ({}, {"Quantity": "几辆"})]
    file = upload(giver, make([*headings, *rows]), media_type).json
    dry = finished(giver, giver.post("/v1/offer-imports", json={"file": file}))
    assert (dry["valid"], dry["refused"], dry["drafted"]) == (1, 1, 0)
    made = finished(giver, giver.post("/v1/offer-imports", json={"file": file, "mode": "valid_rows"}))
    assert (made["drafted"], made["refused"]) == (1, 1)
    report = giver.get(f"/v1/files/{made['report']['sha256']}")
    assert [cells[4] for cells in rows_of(report.content, form)[2:]] == ["", "import_value_invalid"]
    (offer,) = giver.get("/v1/offers").json["items"]
    assert (offer["title"], offer["provider_organisation_id"], offer["status"]) == ("轮椅（演示）", GIVER, "draft")
    export = finished(giver, giver.post("/v1/offer-exports", json={"format": form}))
    (cells,) = rows_of(giver.get(f"/v1/files/{export['file']['sha256']}").content, form)[1:]
    assert cells[:4] == [offer["offer_id"], "演示企业", "物资", "轮椅（演示）"]


def test_needs_have_their_own_door_and_roles(district: Client) -> None:
    staff, giver = district.as_("street_staff", streets=[kit.ZHUHAI]), district.as_("provider", organisation_id=GIVER)
    for path, status in (("/v1/need-import-template", 403), ("/v1/offer-import-template", 200)):
        assert giver.get(path).status_code == status
        assert staff.get(path).status_code == 200
        assert district.get(path).status_code == 401
    assert staff.get("/v1/need-import-template?format=pdf").status_code == 422
    sheet = as_csv(
        [["需求方", "类别", "名称", "金额（元）", "截止日期"], [GIVER, "资金", "助餐（演示）", "800", "2099-12-31"]]
    )
    file = upload(staff, sheet, CSV).json
    made = finished(staff, staff.post("/v1/need-imports", json={"file": file, "mode": "all_or_nothing"}))
    assert (made["drafted"], made["refused"]) == (1, 0)
    (need,) = staff.get("/v1/needs").json["items"]
    assert (need["amount"], need["street_code"]) == ("800.00", kit.ZHUHAI)
    out = finished(staff, staff.post("/v1/need-exports", json={"format": "csv"}))
    assert out["rows"] == 1
    assert giver.post("/v1/need-imports", json={"file": file}).status_code == 403
