"""Columns that are ciphertext at rest, under a key file the service alone is given.

AES-256-GCM (NIST SP 800-38D), or SM4-GCM (GB/T 32907-2016, RFC 8998) by ``SEAL_CIPHER``. What is stored names its key
and, for SM4, its cipher: both stay readable after a rotation or a change, and :mod:`chassis.reseal` moves them over.
"""

from __future__ import annotations

import base64
import os

from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from chassis.config import Setting
from chassis.keyring import Keys as Keys
from chassis.keyring import Sm4Gcm as Sm4Gcm
from chassis.keyring import keys as keys

_NONCE = 12


def seal(text: str, *, purpose: str, using: Keys) -> str:
    """``<key id>.<base64 of nonce and ciphertext>``, ``sm4:`` in front where SM4 sealed it.

    ``purpose`` binds the ciphertext to its column.
    """
    nonce, mark = os.urandom(_NONCE), using.mark
    secret = using.cipher(mark[:-1]).encrypt(nonce, text.encode(), purpose.encode())
    return mark + base64.b64encode(nonce + secret).decode()


def reveal(sealed: str, *, purpose: str, using: Keys) -> str:
    """The text again; raises ``KeyError`` when the key is gone."""
    mark, _, body = sealed.partition(".")
    raw = base64.b64decode(body)
    return using.cipher(mark).decrypt(raw[:_NONCE], raw[_NONCE:], purpose.encode()).decode()


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
