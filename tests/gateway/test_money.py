"""Money over HTTP: the bank's file and open data are handed out as files, signatures and answers arrive as JSON."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
from pathlib import Path

import pytest

from gateway import api, catalogue
from tests import kit
from tests.gateway.kit import Client, make_deps
from tests.service.projects.purse import HEAD, Purse


@pytest.fixture
def purse(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Purse:
    (tmp_path / "payee.key").write_bytes(base64.b64encode(os.urandom(32)))
    monkeypatch.setenv("PAYEE_KEY_FILE", str(tmp_path / "payee.key"))
    return Purse()


@pytest.fixture
def client(purse: Purse) -> Client:
    return Client(make_deps(purse.host, routes=api.routes(), catalogue=catalogue.load()))


def as_(client: Client, caller: kit.Caller) -> Client:
    assert caller.who is not None
    return client.with_token(kit.token(caller.who))


def test_both_sides_sign_over_http_and_what_was_not_read_is_refused(purse: Purse, client: Client) -> None:
    path = f"/v1/awards/{purse.award_ids[0]}"
    bureau, author = as_(client, purse.bureau), as_(client, purse.author())
    [version] = author.get(f"{path}/agreements").json["items"]
    refused = bureau.post(f"{path}/signature", json={"content_hash": "0" * 64})
    assert (refused.status_code, refused.json["code"]) == (409, "agreement_differs")
    assert bureau.post(f"{path}/signature", json={"content_hash": version["content_hash"]}).status_code == 200
    signed = author.post(f"{path}/signature", json={})
    assert (signed.status_code, signed.json["status"]) == (200, "agreed")
    shown = author.get(f"/v1/agreements/{version['agreement_id']}")
    assert shown.json["status"] == "in_force"
    assert shown.headers["etag"]


def test_the_banks_file_is_a_file_and_its_answer_settles_the_batch(purse: Purse, client: Client) -> None:
    purse.sign()
    purse.payee()
    batch = purse.batch(0, export=False)
    path, bureau = f"/v1/payment-batches/{batch['batch_id']}", as_(client, purse.bureau)
    assert bureau.post(f"{path}/export", json={}).status_code == 422
    file = bureau.post(f"{path}/export", json={"reason": "拨付（演示）"})
    assert file.status_code == 200
    assert file.headers["content-type"].startswith("text/csv")
    assert file.headers["content-disposition"].startswith('attachment; filename="payments-')
    assert hashlib.sha256(file.content).hexdigest() == bureau.get(path).json["file_sha256"]
    [payment] = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))[2:]
    assert payment[2] == "6222020200112200"
    assert "6222020200112200" not in bureau.get(f"{path}/payments").text
    answer = base64.b64encode(f"{HEAD}{payment[0]},成功,{payment[5]},B1,\n".encode()).decode()
    report = bureau.post(f"{path}/answers", json={"content": answer, "mode": "apply"}).json
    assert (report["paid"], report["batch_status"]) == (1, "reconciled")
    assert bureau.post(f"{path}/answers", json={"content": answer, "mode": "apply"}).json["repeated"]
    assert as_(client, purse.author()).post(f"{path}/export", json={"reason": "不行"}).status_code == 403


def test_grants_are_open_to_everybody_as_pages_and_as_a_file(purse: Purse, client: Client) -> None:
    file = client.get("/v1/grants-file")
    assert (file.status_code, file.headers["content-type"]) == (200, "application/json")
    found = json.loads(file.content)
    assert found["version"] == "1.1"
    assert client.get("/v1/grants").json["items"] == found["grants"]


def test_the_policy_is_changed_by_the_bureau_within_its_bounds(purse: Purse, client: Client) -> None:
    bureau = as_(client, purse.bureau)
    assert bureau.request("PATCH", "/v1/money-policy", json={"debarment_years": 0}).status_code == 422
    changed = bureau.request("PATCH", "/v1/money-policy", json={"debarment_years": 5})
    assert changed.json["debarment_years"] == 5
    assert as_(client, purse.staff).get("/v1/money-policy").json["debarment_years"] == 5
