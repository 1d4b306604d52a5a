"""A photo over HTTP: uploaded with its place, attached, shown without it, and flagged where it is used again."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from PIL import ExifTags, Image

from deploy.pilot.client import Session
from deploy.pilot.stage import Stage
from tests import pictures

ZHUHAI = "370211009"
PLACE = pictures.HUANGDAO


@dataclass
class Cast:
    """People of this test alone."""

    bureau: Session
    staff: Session
    doer: Session
    resident: Session
    stranger: Session
    organisation_id: str


@pytest.fixture(scope="module")
def cast(stage: Stage) -> Cast:
    bureau = stage.open_account("evidence-bureau", "bureau")
    made = [_organisation(stage, bureau, name) for name in ("a", "b")]
    stage.settle()
    own = {"street_codes": [ZHUHAI]}
    return Cast(
        bureau=bureau,
        staff=stage.open_account("evidence-staff", "street_staff", **own),
        doer=stage.open_account("evidence-doer", "cso", organisation_id=made[0], **own),
        resident=stage.open_account("evidence-resident", "resident", **own),
        stranger=stage.open_account("evidence-stranger", "cso", organisation_id=made[1], **own),
        organisation_id=made[0],
    )


def _organisation(stage: Stage, bureau: Session, name: str) -> str:
    group = {"name": f"佐证小队 {name}（演示 {stage.run}）", "kind": "cso", "legal_tier": "filed"}
    filed = {"filing_number": f"演示佐证-{stage.run}-{name}", "responsible_person": "演示", "street_code": ZHUHAI}
    made = bureau.post("/v1/organisations", {**group, **filed, "fields": ["elder_care"]})
    return str(made["organisation_id"])


def _delivered(stage: Stage, cast: Cast, photo: bytes) -> str:
    """An order from the request to its delivery with a photo."""
    here = {"latitude": PLACE[0], "longitude": PLACE[1]}
    asked = {"kind": "household", "title": "陪诊（演示）", "need": "演示需求", "street_code": ZHUHAI}
    order_id = str(cast.resident.post("/v1/orders", {**asked, **here})["order_id"])
    path = f"/v1/orders/{order_id}"
    cast.staff.post(f"{path}/verification", minutes=60)
    cast.staff.post(f"{path}/offers", organisation_ids=[cast.organisation_id])
    cast.doer.post(f"{path}/acceptance")
    cast.doer.post(f"{path}/appointment", starts_at=stage.instant(hours=1), ends_at=stage.instant(hours=2))
    cast.doer.post(f"{path}/check-in", **here)
    stored = cast.doer.upload(photo, "image/jpeg")
    cast.doer.post(f"{path}/delivery", minutes=55, summary="已完成", evidence=[stored])
    return order_id


def _soon(look: Callable[[], Any]) -> Any:
    limit = time.monotonic() + 120
    while not (found := look()):
        assert time.monotonic() < limit, "nothing came of it"
        time.sleep(0.3)
    return found


def test_the_shown_copy_carries_no_place_and_a_second_use_is_flagged(stage: Stage, cast: Cast) -> None:
    taken = stage.now().strftime("%Y:%m:%d %H:%M:%S")
    photo = pictures.jpeg(pictures.scene(41), exif=pictures.exif(taken=taken, place=PLACE))
    assert Image.open(io.BytesIO(photo)).getexif().get_ifd(ExifTags.IFD.GPSInfo)
    first = _delivered(stage, cast, photo)
    row = _soon(lambda: cast.staff.get("/v1/evidence", order_id=first, status="read")["items"])[0]
    assert (row["latitude"], row["longitude"]) == PLACE
    address = f"{stage.cloud}/v1/evidence/{row['evidence_id']}/image"

    assert stage.http.get(address).status_code == 404
    denied = {"Authorization": f"Bearer {cast.stranger.bearer()}"}
    assert stage.http.get(address, headers=denied).status_code == 404
    assert cast.stranger.refused("GET", f"/v1/files/{row['sha256']}") == "file_not_found"

    cast.doer.post(f"/v1/evidence/{row['evidence_id']}/consent", reference="同意书-演示")
    shown = stage.http.get(address)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    picture = Image.open(io.BytesIO(shown.content))
    assert dict(picture.getexif()) == {}
    assert picture.size == (1200, 900)
    cast.staff.post(f"/v1/evidence/{row['evidence_id']}/consent-withdrawal")
    assert stage.http.get(address).status_code == 404

    second = _delivered(stage, cast, photo)
    flag = _soon(lambda: cast.doer.get("/v1/flags", order_id=second, rule="photo_reused")["items"])[0]
    assert (flag["status"], flag["severity"]) == ("open", "serious")
    assert "完全相同" in flag["reason_zh"]
    assert cast.doer.get("/v1/flags", order_id=first, rule="photo_reused")["items"] == []
    explained = cast.doer.post(f"/v1/flags/{flag['flag_id']}/explanation", explanation="上传时选错了照片")
    assert explained["status"] == "explained"
    assert cast.staff.post(f"/v1/flags/{flag['flag_id']}/upholding", note="请重新拍摄")["status"] == "upheld"
    assert cast.stranger.refused("GET", f"/v1/flags/{flag['flag_id']}") == "flag_not_found"
    rules = stage.http.get(f"{stage.cloud}/v1/flag-rules").json()
    assert "photo_reused" in {rule["key"] for rule in rules["rules"]}
