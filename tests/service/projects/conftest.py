"""Fixtures of the projects service."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


@pytest.fixture(autouse=True)
def _payee_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "payee.key").write_bytes(base64.b64encode(os.urandom(32)))
    monkeypatch.setenv("PAYEE_KEY_FILE", str(tmp_path / "payee.key"))


@pytest.fixture
def trail_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ed25519PrivateKey:
    """The log's signing key, in a file of this test."""
    key = Ed25519PrivateKey.generate()
    path = tmp_path / "trail.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    monkeypatch.setenv("TRAIL_SIGNING_KEY_FILE", str(path))
    return key
