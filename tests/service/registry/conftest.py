"""The registry in one process, with keys of its own and the district's places."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from chassis.runtime.inprocess import InProcessHost
from services.registry import others
from services.registry.bootstrap import seed
from tests import kit


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry alone: a copy of one's data asks nobody else."""
    monkeypatch.setattr(others, "personal_data", lambda account_id: {})


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("keys")
    (folder / "data.key").write_bytes(base64.b64encode(os.urandom(32)))
    (folder / "token.pem").write_bytes(kit.signing_key().as_pem(private=True))
    monkeypatch.setenv("DATA_KEY_FILE", str(folder / "data.key"))
    monkeypatch.setenv("TOKEN_SIGNING_KEY_FILE", str(folder / "token.pem"))
    monkeypatch.setenv("ARGON2_MEMORY_KIB", "64")
    monkeypatch.setenv("ARGON2_TIME", "1")


@pytest.fixture
def host() -> InProcessHost:
    made = kit.make_host("registry")
    with made.executors["registry"].system_session("bootstrap", kit.DISTRICT) as session:
        seed(session, district_code=kit.DISTRICT)
    return made


@pytest.fixture
def password_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    path = tmp_path / "admin-password"
    path.write_text("a long administrator's password\n")
    monkeypatch.setenv("ADMIN_PASSWORD_FILE", str(path))
    return path.read_text().strip()
