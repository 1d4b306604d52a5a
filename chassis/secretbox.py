"""Columns that are ciphertext at rest: AES-256-GCM under a key file the service alone is given."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from chassis.config import Setting

_NONCE = 12


@dataclass(frozen=True)
class Keys:
    """Keys by id, the one that encrypts, and the oldest one (a key that must outlive rotations derives from it)."""

    by_id: dict[str, AESGCM]
    current: str
    oldest: bytes


def keys(key_file: Setting[str]) -> Keys:
    """The keys of a setting that names a file: base64 of 32 bytes a line, newest first."""
    path = key_file.get()
    if not path:
        raise SystemExit(f"{key_file.name} is not set. {key_file.doc}")
    return _load(key_file.name, path)


@cache
def _load(name: str, path: str) -> Keys:
    try:
        raw = [base64.b64decode(line, validate=True) for line in Path(path).read_text().split()]
    except binascii.Error as error:
        raise SystemExit(f"{name}={path} is not base64.") from error
    if not raw or any(len(key) != 32 for key in raw):
        raise SystemExit(f"{name}={path} must hold keys of 32 bytes in base64, one a line.")
    by_id = {hashlib.sha256(b"key id" + key).hexdigest()[:8]: AESGCM(key) for key in raw}
    return Keys(by_id, next(iter(by_id)), raw[-1])


def seal(text: str, *, purpose: str, using: Keys) -> str:
    """``<key id>.<base64 of nonce and ciphertext>``; ``purpose`` binds the ciphertext to its column."""
    nonce = os.urandom(_NONCE)
    secret = using.by_id[using.current].encrypt(nonce, text.encode(), purpose.encode())
    return f"{using.current}.{base64.b64encode(nonce + secret).decode()}"


def reveal(sealed: str, *, purpose: str, using: Keys) -> str:
    """The text again; raises ``KeyError`` when the key is gone."""
    key_id, _, body = sealed.partition(".")
    raw = base64.b64decode(body)
    return using.by_id[key_id].decrypt(raw[:_NONCE], raw[_NONCE:], purpose.encode()).decode()


class Sealed(TypeDecorator[str]):
    """A text column that is ciphertext in the database: ``mapped_column(Sealed("account.name", KEY_FILE))``."""

    impl = Text
    cache_ok = True

    def __init__(self, purpose: str, key_file: Setting[str]) -> None:
        super().__init__()
        self.purpose = purpose
        self.key_file = key_file

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else seal(value, purpose=self.purpose, using=keys(self.key_file))

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else reveal(value, purpose=self.purpose, using=keys(self.key_file))
