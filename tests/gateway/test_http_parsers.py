"""The HTTP parser in C answers as the one in Python does: what one refuses the other must not let through."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from deploy.local.processes import choose_ports, wait_until
from tests.house.kit import ROOT

BIN = Path(sys.executable).parent
FAST = pytest.mark.skipif(importlib.util.find_spec("gunicorn_h1c") is None, reason="no compiler made gunicorn_h1c")
BODY = json.dumps({"title": "足迹", "street_code": "370211009"}).encode()


@dataclass(frozen=True)
class Served:
    """A gateway in a gunicorn process."""

    port: int
    token: str

    def statuses(self, octets: bytes) -> list[int]:
        """Of the answers to what is sent, until the server hangs up."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as link:
            link.sendall(octets)
            told = b"".join(iter(lambda: link.recv(65536), b""))
        return [int(line.split()[1]) for line in told.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]

    def signed(self, first: bytes, *headers: bytes, body: bytes = b"") -> bytes:
        """A request with its token, its last on the connection."""
        lines = (first, b"Host: localhost", b"Authorization: Bearer " + self.token.encode(), b"Connection: close")
        return b"\r\n".join((*lines, *headers, b"", b"")) + body


@pytest.fixture(scope="module", params=["python", pytest.param("fast", marks=FAST)])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("gateway")
    (port,) = choose_ports(None)
    token = folder / "token"
    command = [str(BIN / "gunicorn"), "-k", "asgi", "-b", f"127.0.0.1:{port}", "--control-socket", str(folder / "ctl")]
    command += ["--http-parser", request.param, "tests.gateway.notes_app:make()"]
    environment = {**os.environ, "TOKEN_FILE": str(token), "PYTHONPATH": str(ROOT), "FOOTPRINT_DEMO": "1"}
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        assert wait_until(lambda: _answers(port), seconds=30)
        yield Served(port, token.read_text())
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def test_a_body_in_chunks_is_a_body(served: Served) -> None:
    kind = b"Content-Type: application/json"
    sized = served.signed(b"POST /v1/notes HTTP/1.1", kind, b"Content-Length: %d" % len(BODY), body=BODY)
    half = len(BODY) // 2
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (BODY[:half], BODY[half:])) + b"0\r\n\r\n"
    chunked = served.signed(b"POST /v1/notes HTTP/1.1", kind, b"Transfer-Encoding: chunked", body=chunks)
    assert served.statuses(sized) == served.statuses(chunked) == [201]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param((b"Content-Length: 5", b"Transfer-Encoding: chunked"), id="length and chunks"),
        pytest.param((b"Content-Length: 5", b"Content-Length: 6"), id="two lengths"),
        pytest.param((b"Content-Length: +5",), id="a length with a sign"),
        pytest.param((b"Transfer-Encoding: chunked, identity",), id="chunks that are not last"),
        pytest.param((b"Bad Header: 1",), id="a space in a name"),
        pytest.param((b"X: a\rb",), id="a bare carriage return"),
        pytest.param((b"X: a\x00b",), id="a zero octet"),
        pytest.param((b"Folded: a", b" b"), id="a folded header"),
    ],
)
def test_what_two_servers_could_read_differently_is_refused(served: Served, headers: tuple[bytes, ...]) -> None:
    """Request smuggling (RFC 9112, 11.2): refused, and nothing after it on the connection is answered."""
    smuggled = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    told = served.statuses(served.signed(b"POST /v1/notes HTTP/1.1", *headers, body=b"0\r\n\r\n" + smuggled))
    assert len(told) <= 1
    assert all(400 <= status < 500 or status == 501 for status in told)


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", id="TLS"),
        pytest.param(b"GET /healthz\r\n\r\n", id="no version"),
        pytest.param(
            b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 20_000 + b"\r\n\r\n", id="a long header"
        ),
        pytest.param(b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", id="a long address"),
        pytest.param(
            b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + b"X: a\r\n" * 500 + b"\r\n", id="too many headers"
        ),
    ],
)
def test_what_is_no_request_of_ours_is_refused(served: Served, octets: bytes) -> None:
    told = served.statuses(octets)
    assert len(told) <= 1
    assert all(400 <= status < 500 for status in told)
