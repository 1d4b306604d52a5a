"""The public page as HTML, its QR code and its photos, over the real registry."""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path
from typing import Any

import pytest

from gateway import api, catalogue, qr
from services.registry.bootstrap import seed
from tests import kit
from tests.gateway.kit import Client, make_deps
from tests.service.registry.cast import Cast
from tests.service.registry.test_brand_pages import page
from tests.service.registry.test_trainings import session

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cast:
    (tmp_path / "data.key").write_bytes(base64.b64encode(os.urandom(32)))
    monkeypatch.setenv("DATA_KEY_FILE", str(tmp_path / "data.key"))
    host = kit.make_host("registry")
    with host.executors["registry"].system_session("bootstrap", kit.DISTRICT) as held:
        seed(held, district_code=kit.DISTRICT)
    return Cast(host)


@pytest.fixture
def client(cast: Cast) -> Client:
    return Client(make_deps(cast.host, routes=api.routes(), catalogue=catalogue.load()))


def test_everybody_reads_the_page_and_its_name_cannot_become_markup(cast: Cast, client: Client) -> None:
    organisation = cast.organisation("<script>夕阳红</script>（演示）")
    page(cast, organisation, story_en="Ten years & counting", tagline_en="Hand in hand")
    reply = client.get("/o/sunset-care")
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert "&lt;script&gt;夕阳红" in reply.text
    assert "<script" not in reply.text
    assert "Ten years &amp; counting" in reply.text
    assert re.findall(r'<html lang="([^"]+)"', reply.text) == ["zh-CN"]
    assert all('alt="' in tag for tag in re.findall(r"<img[^>]*>", reply.text))
    assert client.get("/o/sunset-care", headers={"If-None-Match": reply.headers["etag"]}).status_code == 304
    assert client.get("/o/brand.css").status_code == 200
    for secret in ("张三丰", "acc_", organisation["organisation_id"]):
        assert secret not in reply.text


@pytest.mark.parametrize("slug", ["nobody-here", "NO", "%E6%BC%94%E7%A4%BA", "a" * 100])
def test_a_page_that_is_not_there_says_so_kindly(client: Client, slug: str) -> None:
    reply = client.get(f"/o/{slug}")
    assert reply.status_code == 404
    assert "没有这个主页" in reply.text


def test_the_qr_code_is_that_of_the_pages_address(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/v1/public-brands/sunset-care/qr").status_code == 404
    page(cast, cast.organisation())
    monkeypatch.setenv("PUBLIC_URL", "https://zuji.example.org/")
    image = client.get("/v1/public-brands/sunset-care/qr")
    assert (image.status_code, image.headers["content-type"]) == (200, "image/svg+xml")
    assert image.content == qr.svg("https://zuji.example.org/o/sunset-care")
    picture = client.get("/v1/public-brands/sunset-care/qr?format=png")
    assert picture.content.startswith(b"\x89PNG")
    assert picture.content == qr.png("https://zuji.example.org/o/sunset-care")
    assert client.get("/v1/public-brands/sunset-care/qr?format=gif").status_code == 422


def test_a_photo_is_public_until_it_is_withdrawn(cast: Cast, client: Client) -> None:
    made = page(cast, cast.organisation())
    stored = client.as_("street_staff", streets=[kit.ZHUHAI]).post(
        "/v1/files", body=PNG, headers={"Content-Type": "image/png"}
    )
    path: dict[str, Any] = {"brand_id": made["brand_id"]}
    added = cast.street("registry.add_brand_photo", **path, file=stored.json, caption_zh="院子", people=0)
    photo = added["photos"][0]["photo_id"]
    address = f"/v1/public-brands/sunset-care/photos/{photo}"
    reply = client.get(address)
    assert (reply.status_code, reply.headers["content-type"], reply.content) == (200, "image/png", PNG)
    assert reply.headers["cache-control"] == "private, no-cache"
    assert client.get(address, headers={"If-None-Match": reply.headers["etag"]}).status_code == 304
    assert address in client.get("/o/sunset-care").text
    assert client.get(f"/v1/files/{stored.json['sha256']}").status_code == 401
    cast.street("registry.withdraw_brand_photo", **path, photo_id=photo, reason="本人要求")
    assert client.get(address).status_code == 404
    assert client.get(address, headers={"If-None-Match": reply.headers["etag"]}).status_code == 404
    assert address not in client.get("/o/sunset-care").text


def test_the_check_in_code_is_an_image_only_for_those_who_run_the_session(cast: Cast, client: Client) -> None:
    training = session(cast, cast.street)["training_id"]
    address = f"/v1/trainings/{training}/code.svg"
    shown = client.as_("street_staff", streets=[kit.ZHUHAI]).get(address)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/svg+xml")
    assert shown.headers["cache-control"] == "no-store"
    assert shown.content.startswith(b"<svg")
    assert client.get(address).status_code == 401
    assert client.as_("cso", streets=[kit.ZHUHAI]).get(address).status_code == 403
    assert client.as_("street_staff", streets=[kit.CHANGJIANG]).get(address).status_code == 404
