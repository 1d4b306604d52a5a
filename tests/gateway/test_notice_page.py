"""``/trail/notice``: a signed head on paper, over the real log of projects."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway import api, catalogue
from services.projects.trail import heads, signing, verify
from tests import kit
from tests.gateway.kit import Client, make_deps
from tests.service.projects.trail_log import NOW, Log, envelope


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Log:
    pem = tmp_path / "trail.pem"
    key = Ed25519PrivateKey.generate()
    pem.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    monkeypatch.setenv("TRAIL_SIGNING_KEY_FILE", str(pem))
    return Log()


@pytest.fixture
def client(log: Log) -> Client:
    return Client(make_deps(log.host, routes=api.routes(), catalogue=catalogue.load()))


def test_what_is_on_the_page_is_a_clipping_that_the_verifier_reads(
    log: Log, client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for size in (1, 2):
        log.hear(envelope("cas_a", size))
        with log.trail.system_session("sign", kit.DISTRICT) as session:
            signing.sign_current_head(session, district_code=kit.DISTRICT, now=NOW)
    page = client.get("/trail/notice")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "style-src 'self'" in page.headers["content-security-policy"]
    assert "370211 的留痕日志共有 <b>2</b> 条" in page.text
    assert page.text.count("<svg") == 1
    assert not re.search(r"<script| style=| onclick=", page.text)
    lines = re.search(r"<pre>(.*?)</pre>", page.text, re.DOTALL)
    public = re.search(r"<code>([0-9a-f ]{71})</code>", page.text)
    assert lines
    assert public
    head = heads.read_printed(unescape(lines[1]))
    assert head["size"] == 2
    assert heads.holds(head, public[1].replace(" ", ""))
    (tmp_path / "clipping.txt").write_text(unescape(lines[1]), encoding="utf-8")
    assert verify.main(["--heads", str(tmp_path / "clipping.txt")]) == 1, (
        "whose key it is, a clipping alone does not say"
    )
    assert "--key" in capsys.readouterr().out
    assert client.get("/trail/notice", headers={"If-None-Match": page.headers["etag"]}).status_code == 304
    assert "<b>1</b> 条" in client.get("/trail/notice?size=1").text
    assert client.get("/trail/notice.css").status_code == 200


@pytest.mark.parametrize("query", ["", "?size=7", "?size=0", "?size=-1", "?size=%3Cb%3E", "?size=" + "9" * 40])
def test_a_head_that_is_not_kept_is_said_kindly(client: Client, query: str) -> None:
    reply = client.get(f"/trail/notice{query}")
    assert reply.status_code == 404
    assert "没有这样的树头" in reply.text
