"""Fixtures of notify's tests."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.notify import addresses
from tests import kit
from tests.service.notify.world import Mailbox, Notify, Receiver, mail_server, webhook_receiver


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "notify.key").write_bytes(base64.b64encode(os.urandom(32)))
    monkeypatch.setenv("NOTIFY_KEY_FILE", str(tmp_path / "notify.key"))


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with mail_server() as box:
        monkeypatch.setenv("SMTP_URL", f"smtp://127.0.0.1:{box.port}")
        yield box


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("NOTIFY_ALLOW_LOOPBACK", "1")
    with webhook_receiver() as state:
        yield state


@pytest.fixture
def notify(monkeypatch: pytest.MonkeyPatch) -> Notify:
    made = Notify(kit.make_host("notify"))
    known = made.addresses
    monkeypatch.setattr(addresses, "ask_registry", lambda wanted: {one: known[one] for one in wanted if one in known})
    return made
