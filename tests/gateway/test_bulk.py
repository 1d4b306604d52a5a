"""Import and export through the front door: upload, job, report, template."""

from __future__ import annotations

import base64
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chassis.files import open_store
from gateway import api, catalogue
from gateway.files import FileStore
from services.registry.bootstrap import seed
from tests import kit
from tests.gateway.kit import Client, make_deps
from tests.service.registry.sheets import ZH, as_csv, as_xlsx, filed, rows_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.fixture
def district(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Client:
    """A gateway and the registry over one store of files."""
    (tmp_path / "data.key").write_bytes(base64.b64encode(os.urandom(32)))
    monkeypatch.setenv("DATA_KEY_FILE", str(tmp_path / "data.key"))
    monkeypatch.setenv("FILES_URL", (tmp_path / "files").as_uri())
    host = kit.make_host("registry")
    with host.executors["registry"].system_session("bootstrap", kit.DISTRICT) as session:
        seed(session, district_code=kit.DISTRICT)
    deps = make_deps(host, routes=api.routes(), catalogue=catalogue.load())
    store = FileStore(open_store(), district=kit.DISTRICT, limit=2**20)
    return Client(replace(deps, files=store))


def upload(client: Client, content: bytes, media_type: str) -> Any:
    return client.post("/v1/files", body=content, headers={"Content-Type": media_type})


def finished(client: Client, reply: Any) -> dict[str, Any]:
    """Follows a job to its end, as a client would."""
    assert reply.status_code == 202, reply.text
    address = reply.headers["location"]
    client.deps.rpc.host.settle()  # type: ignore[attr-defined]
    view: dict[str, Any] = client.get(address).json
    assert view["status"] == "done", view
    result: dict[str, Any] = view["result"]
    return result


@pytest.mark.parametrize(("form", "media_type", "make"), [("csv", CSV, as_csv), ("xlsx", XLSX, as_xlsx)])
def test_a_sheet_goes_in_and_comes_out_again(district: Client, form: str, media_type: str, make: Any) -> None:
    bureau = district.as_("bureau")
    file = upload(bureau, make([ZH, filed(1), filed(2), filed(3, phone="不是")]), media_type).json
    body = {"file": file, "mode": "dry_run"}
    dry = finished(bureau, bureau.post("/v1/organisation-imports", json=body))
    assert (dry["valid"], dry["refused"], dry["registered"]) == (2, 1, 0)
    result = finished(bureau, bureau.post("/v1/organisation-imports", json={**body, "mode": "valid_rows"}))
    assert result["registered"] == 2
    report = bureau.get(f"/v1/files/{result['report']['sha256']}")
    assert report.headers["content-type"] == media_type
    assert [row[4] for row in rows_of(report.content, form)[2:]] == ["", "", "import_value_invalid"]
    names = {filed(1)[0], filed(2)[0]}
    assert {row["name"] for row in bureau.get("/v1/organisations").json["items"]} == names
    asked = {"format": form, "kind": "cso"}
    export = finished(bureau, bureau.post("/v1/organisation-exports", json=asked))
    rows = rows_of(bureau.get(f"/v1/files/{export['file']['sha256']}").content, form)
    assert {row[1] for row in rows[1:]} == names


def test_the_same_key_is_one_import(district: Client) -> None:
    bureau = district.as_("bureau")
    file = upload(bureau, as_csv([ZH, filed(1)]), CSV).json
    headers = {"Idempotency-Key": "import-1"}
    first, again = (
        bureau.post("/v1/organisation-imports", json={"file": file}, headers=headers).json["job_id"] for _ in range(2)
    )
    assert first == again


@pytest.mark.parametrize(("form", "media_type"), [("csv", CSV), ("xlsx", XLSX)])
def test_the_template_is_a_file(district: Client, form: str, media_type: str) -> None:
    reply = district.as_("street_staff", streets=[kit.ZHUHAI]).get(f"/v1/organisation-import-template?format={form}")
    assert (reply.status_code, reply.headers["content-type"]) == (200, media_type)
    assert reply.headers["content-disposition"] == f'attachment; filename="footprint-organisations.{form}"'
    assert rows_of(reply.content, form)[1][0] == "Name"
    assert district.get("/v1/organisation-import-template").status_code == 401
    assert district.as_("resident").get("/v1/organisation-import-template").status_code == 403
    assert district.as_("bureau").get("/v1/organisation-import-template?format=pdf").status_code == 422


def test_the_store_says_why_it_refuses_a_sheet(district: Client) -> None:
    bureau = district.as_("bureau")
    locked = upload(bureau, OLE, XLSX)
    assert (locked.status_code, locked.json["code"]) == (422, "file_locked")
    for content, media_type in ((b"a\x00b", CSV), (b"\xff\xff\xff", CSV), (b"PK\x03\x04", XLSX)):
        assert upload(bureau, content, media_type).json["code"] == "file_type_mismatch"
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        assert upload(bureau, as_csv([ZH], encoding=encoding), CSV).status_code == 201


def test_a_sheet_in_a_wrong_encoding_ends_its_job_with_the_reason(district: Client) -> None:
    bureau = district.as_("bureau")
    file = upload(bureau, as_csv([ZH, filed(1)], encoding="utf-16"), CSV).json
    reply = bureau.post("/v1/organisation-imports", json={"file": file})
    district.deps.rpc.host.settle()  # type: ignore[attr-defined]
    view = bureau.get(reply.headers["location"]).json
    assert (view["status"], view["error"]["code"]) == ("failed", "import_encoding_unsupported")
    assert view["error"]["zh"].startswith("编码")


def test_the_boundaries_of_a_community_are_geojson(district: Client) -> None:
    staff = district.as_("street_staff", streets=[kit.ZHUHAI])
    community = staff.get(f"/v1/places?parent_code={kit.ZHUHAI}").json["items"][0]["code"]
    ring = [[120.0, 35.9], [120.1, 35.9], [120.1, 36.0], [120.0, 35.9]]
    cell = {
        "community_code": community,
        "code": f"{community}001",
        "name": "第一网格",
        "polygon": {"type": "Polygon", "coordinates": [ring]},
    }
    assert staff.post("/v1/grid-cells", json=cell).status_code == 201
    found = staff.get(f"/v1/places/{community}/grid-cells").json
    assert (found["type"], found["features"][0]["geometry"]["coordinates"]) == ("FeatureCollection", [ring])
    assert district.get(f"/v1/places/{community}/grid-cells").status_code == 401
