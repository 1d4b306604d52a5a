"""Evidence files."""

from __future__ import annotations

import hashlib
import io
import zipfile
from base64 import b64encode

import pytest

from gateway import media_types
from tests.gateway.kit import LIMIT, Client

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def office(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


GOOD = {
    media_types.PNG: PNG,
    media_types.JPEG: b"\xff\xd8\xff\xe0" + bytes(20),
    media_types.WEBP: b"RIFF\x10\x00\x00\x00WEBPVP8 ",
    media_types.PDF: b"%PDF-1.7\n",
    media_types.TEXT: "走访记录".encode(),
    media_types.CSV: "组织名称\n".encode("gb18030"),
    media_types.DOCX: office("word/document.xml"),
    media_types.XLSX: office("xl/workbook.xml"),
}


@pytest.mark.parametrize("media_type", GOOD)
def test_what_goes_in_comes_out(bureau: Client, media_type: str) -> None:
    content = GOOD[media_type]
    sha256 = hashlib.sha256(content).hexdigest()
    made = bureau.post("/v1/files", body=content, headers={"Content-Type": media_type})
    assert made.json == {"sha256": sha256, "size": len(content), "media_type": media_type}
    assert (made.status_code, made.headers["location"]) == (201, f"/v1/files/{sha256}")
    found = bureau.get(f"/v1/files/{sha256}")
    assert (found.content, found.headers["content-type"]) == (content, media_type)
    assert found.headers["content-disposition"].startswith("attachment")
    assert bureau.get(f"/v1/files/{sha256}", headers={"If-None-Match": found.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("media_type", [kind for kind in GOOD if kind not in (media_types.TEXT, media_types.CSV)])
def test_a_file_must_be_what_it_says(bureau: Client, media_type: str) -> None:
    for content in (b"<html><script>", office("evil.exe"), b"\x00"):
        reply = bureau.post("/v1/files", body=content, headers={"Content-Type": media_type})
        assert (reply.status_code, reply.json["code"]) == (422, "file_type_mismatch")


def test_text_is_utf8_without_nul(bureau: Client) -> None:
    for content in (b"a\x00b", b"\xff\xfe", "好".encode()[:2]):
        reply = bureau.post("/v1/files", body=content, headers={"Content-Type": "text/plain"})
        assert reply.json["code"] == "file_type_mismatch"


def test_other_types_empty_and_large_files_are_refused(bureau: Client) -> None:
    def send(content: bytes, media_type: str) -> int:
        status: int = bureau.post("/v1/files", body=content, headers={"Content-Type": media_type}).status_code
        return status

    assert send(b"<svg/>", "image/svg+xml") == 415
    assert send(b"", "image/png") == 422
    assert send(PNG + bytes(LIMIT), "image/png") == 413


def test_a_digest_is_checked(bureau: Client) -> None:
    def send(digest: bytes) -> int:
        value = f"sha-512=:eA==:, sha-256=:{b64encode(digest).decode()}:"
        headers = {"Content-Type": "image/png", "Content-Digest": value}
        status: int = bureau.post("/v1/files", body=PNG, headers=headers).status_code
        return status

    assert send(hashlib.sha256(PNG).digest()) == 201
    assert send(hashlib.sha256(b"other").digest()) == 422
    assert send(b"short") == 400


def test_files_are_for_the_signed_in(client: Client) -> None:
    assert client.post("/v1/files", body=PNG, headers={"Content-Type": "image/png"}).status_code == 401
    assert client.get("/v1/files/" + "0" * 64).status_code == 401
    assert client.as_("resident").get("/v1/files/" + "0" * 64).status_code == 404
    assert client.as_("resident").get("/v1/files/../secrets").status_code == 404
    assert client.as_("resident").get("/v1/files/..%2Fsecrets").status_code in (404, 422)
    assert client.as_("resident").get("/v1/files/" + "0" * 63 + "G").status_code == 422
