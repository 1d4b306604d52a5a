"""What the containers run besides the services: laying out keys, being asked for health."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from deploy import alive, share_keys


def test_a_gateways_folder_holds_public_keys_only(tmp_path: Path) -> None:
    share_keys.share(tmp_path)
    assert {file.name for file in (tmp_path / "public").iterdir()} == {
        "token.pub.pem",
        "trail.pub.pem",
        "internal.pub.pem",
    }
    assert {file.name for file in (tmp_path / "projects").iterdir()} == {"trail.pem", "payee.key", "amqp-uri"}
    assert {file.name for file in (tmp_path / "resources").iterdir()} == {"resources.key", "amqp-uri"}
    assert {file.name for file in (tmp_path / "notify").iterdir()} == {"notify.key", "amqp-uri"}
    assert [file.name for file in (tmp_path / "gateway-cloud").iterdir()] == ["amqp-uri"]


def test_the_broker_gets_hashes_and_each_reader_its_own_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROKER_HOSTS", "one:5672 two:5672")
    share_keys.share(tmp_path)
    definitions = tmp_path / "broker" / "definitions.json"
    hashes = {user["name"]: user["password_hash"] for user in json.loads(definitions.read_text())["users"]}
    assert set(hashes) == {
        *("migrate", "registry", "projects", "projects-trail", "resources", "notify"),
        *("gateway-cloud", "gateway-370211009"),
    }
    for user, known in hashes.items():
        text = (tmp_path / share_keys.FOLDERS.get(user, user) / "amqp-uri").read_text().strip()
        first, second = (urlsplit(uri) for uri in text.split(";"))
        assert (first.username, first.hostname, second.hostname) == (user, "one", "two")
        assert first.password is not None
        assert first.password not in definitions.read_text()
        salt, digest = base64.b64decode(known)[:4], base64.b64decode(known)[4:]
        assert hashlib.sha256(salt + first.password.encode()).digest() == digest
    assert oct(definitions.stat().st_mode)[-3:] == "644", "the broker is another user"
    assert oct((tmp_path / "registry" / "amqp-uri").stat().st_mode)[-3:] == "600"


def test_sharing_again_changes_nothing_and_repairs_what_is_lost(tmp_path: Path) -> None:
    share_keys.share(tmp_path)
    key = (tmp_path / "registry" / "token.pem").read_bytes()
    address = (tmp_path / "registry" / "amqp-uri").read_bytes()
    (tmp_path / "registry" / "token.pem").unlink()
    share_keys.share(tmp_path)
    assert (tmp_path / "registry" / "token.pem").read_bytes() == key
    assert (tmp_path / "registry" / "amqp-uri").read_bytes() == address


def test_a_process_without_queues_is_healthy_while_its_servers_are_reached(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setenv("AMQP_URI", f"amqp://a:b@127.0.0.1:{port}/")
        monkeypatch.setenv("DATABASE_URL", f"postgresql://a:b@127.0.0.1:{port}")
        assert alive.main([]) == 0
        address = tmp_path / "amqp-uri"
        address.write_text(f"amqp://a:b@127.0.0.1:1/;amqp://a:b@127.0.0.1:{port}/\n")
        monkeypatch.delenv("AMQP_URI")
        monkeypatch.setenv("AMQP_URI_FILE", str(address))
        assert alive.main([]) == 0, "one node of a cluster is enough"
    assert alive.main([]) == 1


def test_a_page_that_does_not_answer_is_unhealthy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert alive.main([f"http://127.0.0.1:{port}/readyz"]) == 1
