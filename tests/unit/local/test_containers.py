"""What the containers run besides the services: laying out keys, being asked for health."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from deploy import alive, share_keys


def test_a_gateways_folder_holds_public_keys_only(tmp_path: Path) -> None:
    share_keys.share(tmp_path)
    assert {file.name for file in (tmp_path / "public").iterdir()} == {
        "token.pub.pem",
        "trail.pub.pem",
        "internal.pub.pem",
    }
    assert [file.name for file in (tmp_path / "projects").iterdir()] == ["trail.pem"]
    assert [file.name for file in (tmp_path / "notify").iterdir()] == ["notify.key"]


def test_sharing_again_changes_nothing_and_repairs_what_is_lost(tmp_path: Path) -> None:
    share_keys.share(tmp_path)
    key = (tmp_path / "registry" / "token.pem").read_bytes()
    (tmp_path / "registry" / "token.pem").unlink()
    share_keys.share(tmp_path)
    assert (tmp_path / "registry" / "token.pem").read_bytes() == key


def test_a_process_without_queues_is_healthy_while_its_servers_are_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setenv("AMQP_URI", f"amqp://a:b@127.0.0.1:{port}/")
        monkeypatch.setenv("DATABASE_URL", f"postgresql://a:b@127.0.0.1:{port}")
        assert alive.main([]) == 0
    assert alive.main([]) == 1


def test_a_page_that_does_not_answer_is_unhealthy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert alive.main([f"http://127.0.0.1:{port}/readyz"]) == 1
