"""Who knows a file's digest has not the file: it is for who uploaded it, and who may see a row that names it."""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chassis import clock, ids
from chassis.files import open_store
from gateway import api, catalogue
from gateway.file_rights import digests
from gateway.files import FileStore
from services.registry.bootstrap import seed
from services.registry.organisations.models import Organisation
from tests import kit
from tests.gateway.kit import Client, InProcessRpc, make_deps
from tests.gateway.test_files import PNG
from tests.service.registry.cast import Cast

TODAY = clock.day_of(clock.system_now()).isoformat()
ALL = ("registry", "projects", "resources", "notify")


class World:
    """A district behind a gateway, with a hub, two organisations in its care and one elsewhere."""

    def __init__(self, folder: Path) -> None:
        self.host = kit.make_host(*ALL)
        with self.host.executors["registry"].system_session("bootstrap", kit.DISTRICT) as session:
            seed(session, district_code=kit.DISTRICT)
        self.cast = Cast(self.host)
        deps = make_deps(self.host, routes=api.routes(), catalogue=catalogue.load())
        self.client = Client(replace(deps, files=FileStore(open_store(), district=kit.DISTRICT, limit=2**20)))
        self.folder = folder

    def as_(self, role: str, **kwargs: Any) -> Client:
        return self.client.as_(role, **kwargs)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> World:
    for name in ("DATA_KEY_FILE", "FILES_KEY_FILE", "NOTIFY_KEY_FILE"):
        (tmp_path / name).write_bytes(base64.b64encode(os.urandom(32)))
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("FILES_URL", (tmp_path / "files").as_uri())
    return World(tmp_path / "files")


def upload(client: Client, content: bytes) -> dict[str, Any]:
    reply = client.post("/v1/files", body=content, headers={"Content-Type": "image/png"})
    assert reply.status_code == 201, reply.text
    found: dict[str, Any] = reply.json
    return found


def visited(world: World, organisation_id: str, file: dict[str, Any], who: Client) -> None:
    """A visit to the organisation is held, with the file as its evidence."""
    planned = who.post("/v1/visits", json={"organisation_id": organisation_id, "planned_on": TODAY, "topic": "督导"})
    assert planned.status_code == 201, planned.text
    visit = planned.json["visit_id"]
    held = who.post(f"/v1/visits/{visit}/report", json={"summary": "情况良好", "evidence": [file]})
    assert held.status_code == 200, held.text


def test_a_stranger_who_knows_the_digest_gets_nothing(world: World) -> None:
    world.cast.hub()
    hub = world.cast.made["hub"]["organisation_id"]
    mine = world.cast.organisation("甲社")["organisation_id"]
    other = world.cast.organisation("乙社")["organisation_id"]
    with world.host.executors["registry"].sessions.begin() as session:
        session.info["scenery"] = True
        session.get_one(Organisation, mine).hub_id = hub
    staff = world.as_("street_staff", streets=[kit.ZHUHAI])
    file = upload(staff, PNG)
    address = f"/v1/files/{file['sha256']}"
    own = world.as_("cso", streets=[kit.ZHUHAI], organisation_id=mine)
    assert staff.get(address).content == PNG
    assert own.get(address).status_code == 404  # nothing names it yet
    visited(world, mine, file, staff)
    stored = (world.folder / kit.DISTRICT / file["sha256"]).read_bytes()
    assert PNG not in stored  # ciphertext at rest
    assert own.get(address).content == PNG
    assert world.as_("hub", streets=[kit.ZHUHAI], organisation_id=hub).get(address).status_code == 200
    for role in ("bureau", "specialist", "steward", "auditor"):
        assert world.as_(role).get(address).status_code == 200, role
    assert world.as_("street_staff", streets=[kit.ZHUHAI]).get(address).status_code == 200
    strangers = [
        world.as_("cso", streets=[kit.ZHUHAI], organisation_id=other),
        world.as_("hub", streets=[kit.ZHUHAI], organisation_id=other),
        world.as_("cso", streets=[kit.ZHUHAI]),
        world.as_("street_staff", streets=[kit.CHANGJIANG]),
        *(world.as_(role) for role in ("resident", "talent", "judge", "administrator", "security", "operator")),
        world.as_("provider", organisation_id=ids.new_id("org")),
    ]
    for stranger in strangers:
        reply = stranger.get(address, headers={"If-None-Match": f'"{file["sha256"]}"'})
        assert (reply.status_code, reply.json["code"]) == (404, "file_not_found")
    assert world.client.get(address).status_code == 401


def test_citing_a_digest_gives_no_right_to_it(world: World) -> None:
    staff = world.as_("street_staff", streets=[kit.ZHUHAI])
    elsewhere = world.as_("street_staff", streets=[kit.CHANGJIANG])
    file = upload(staff, PNG)
    theirs = world.cast.organisation("丙社", kit.CHANGJIANG)["organisation_id"]
    planned = elsewhere.post("/v1/visits", json={"organisation_id": theirs, "planned_on": TODAY, "topic": "督导"})
    held = elsewhere.post(
        f"/v1/visits/{planned.json['visit_id']}/report", json={"summary": "情况良好", "evidence": [file]}
    )
    assert (held.status_code, held.json["code"]) == (422, "file_not_found")
    sheet = {"file": {**file, "media_type": "text/csv"}, "mode": "dry_run"}
    assert elsewhere.post("/v1/organisation-imports", json=sheet).json["code"] == "file_not_found"
    unknown = {**file, "sha256": hashlib.sha256(b"never stored").hexdigest()}
    held = staff.post(f"/v1/visits/{planned.json['visit_id']}/report", json={"summary": "良好", "evidence": [unknown]})
    assert held.json["code"] == "file_not_found"
    upload(elsewhere, PNG)  # who has the bytes has the file
    assert elsewhere.get(f"/v1/files/{file['sha256']}").content == PNG


def test_while_a_service_is_away_nobody_is_told_no(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    file = upload(world.as_("bureau"), PNG)
    assert isinstance(world.client.deps.rpc, InProcessRpc)
    monkeypatch.delitem(world.host.executors, "resources")
    assert world.as_("cso", organisation_id=ids.new_id("org")).get(f"/v1/files/{file['sha256']}").status_code == 503


def test_every_form_of_a_reference_is_found() -> None:
    one, two, three = ("a" * 64, "b" * 64, "c" * 64)
    body = {
        "file": {"sha256": one, "size": 1},
        "rows": [{"receipts": [{"sha256": two}]}],
        "evidence": [three, "not a digest"],
        "note": "d" * 64,
        "sha256": 5,
    }
    assert sorted(digests(body)) == [one, two, three]
