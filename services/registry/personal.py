"""Personal fields: encrypted at rest (AES-256-GCM), found by a keyed blind index, masked in answers (PIPL)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from services.registry import settings

_NONCE = 12
_PHONE = re.compile(r"^[0-9-]{7,}$")


@dataclass(frozen=True)
class Keys:
    """Keys by id, the one that encrypts, and the one of the blind indexes."""

    by_id: dict[str, bytes]
    current: str
    index: bytes


@cache
def _load(path: str) -> Keys:
    if not path:
        raise SystemExit("DATA_KEY_FILE is not set: personal fields could not be encrypted.")
    try:
        raw = [base64.b64decode(line, validate=True) for line in Path(path).read_text().split()]
    except binascii.Error as error:
        raise SystemExit(f"DATA_KEY_FILE={path} is not base64.") from error
    if not raw or any(len(key) != 32 for key in raw):
        raise SystemExit(f"DATA_KEY_FILE={path} must hold keys of 32 bytes in base64, one a line.")
    by_id = {hashlib.sha256(b"key id" + key).hexdigest()[:8]: key for key in raw}
    index = hmac.digest(raw[-1], b"footprint blind index", "sha256")
    return Keys(by_id, next(iter(by_id)), index)


def _keys() -> Keys:
    return _load(settings.DATA_KEY_FILE.get())


def seal(text: str, purpose: str) -> str:
    """``<key id>.<base64 of nonce and ciphertext>``; ``purpose`` binds the ciphertext to its column."""
    keys = _keys()
    nonce = os.urandom(_NONCE)
    secret = AESGCM(keys.by_id[keys.current]).encrypt(nonce, text.encode(), purpose.encode())
    return f"{keys.current}.{base64.b64encode(nonce + secret).decode()}"


def reveal(sealed: str, purpose: str) -> str:
    """The text again; raises ``KeyError`` when the key is gone."""
    key_id, _, body = sealed.partition(".")
    raw = base64.b64decode(body)
    return AESGCM(_keys().by_id[key_id]).decrypt(raw[:_NONCE], raw[_NONCE:], purpose.encode()).decode()


def blind(text: str, purpose: str) -> str:
    """A keyed digest by which an encrypted value is found again; case and width do not matter."""
    normal = unicodedata.normalize("NFKC", text).strip().casefold()
    return hmac.new(_keys().index, f"{purpose}\0{normal}".encode(), "sha256").hexdigest()


class Sealed(TypeDecorator[str]):
    """A text column that is ciphertext in the database: ``mapped_column(Sealed("account.name"))``."""

    impl = Text
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else seal(value, self.purpose)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else reveal(value, self.purpose)


def mask_name(name: str | None) -> str | None:
    """张三丰 → 张**."""
    return None if name is None else name[:1] + "*" * min(max(len(name) - 1, 1), 2)


def mask_phone(phone: str | None) -> str | None:
    """13812345678 → 138****5678."""
    return None if phone is None else f"{phone[:3]}****{phone[-4:]}"


def mask_email(email: str | None) -> str | None:
    """zhang@example.com → z***@example.com."""
    if email is None:
        return None
    name, _, domain = email.partition("@")
    return f"{name[:1]}***@{domain}"


def mask_login(login: str) -> str:
    """A login that is a phone or an e-mail is personal too."""
    if "@" in login:
        return mask_email(login) or ""
    return (mask_phone(login) or "") if _PHONE.match(login) else login
