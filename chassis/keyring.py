"""Keys of what is encrypted at rest, read from files, and the ciphers they are for. Knows nothing of databases."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chassis import config
from chassis.config import Setting

_TAG = 16
_SM4 = "sm4-gcm"
_SM4_MARK = "sm4:"


class Sm4Gcm:
    """SM4-GCM with the interface of :class:`AESGCM`; its 16-byte key is derived from the line's 32 (HKDF-SHA256)."""

    def __init__(self, key: bytes) -> None:
        self._key = HKDF(SHA256(), 16, None, b"footprint sm4-gcm").derive(key)

    def encrypt(self, nonce: bytes, data: bytes, about: bytes) -> bytes:
        made = Cipher(algorithms.SM4(self._key), modes.GCM(nonce)).encryptor()
        made.authenticate_additional_data(about)
        return made.update(data) + made.finalize() + made.tag

    def decrypt(self, nonce: bytes, data: bytes, about: bytes) -> bytes:
        """Raises ``cryptography.exceptions.InvalidTag`` when anything differs."""
        opened = Cipher(algorithms.SM4(self._key), modes.GCM(nonce, data[-_TAG:])).decryptor()
        opened.authenticate_additional_data(about)
        return opened.update(data[:-_TAG]) + opened.finalize()


@dataclass(frozen=True)
class Keys:
    """Keys by id, the one that encrypts, and the oldest one (a key that must outlive rotations derives from it)."""

    by_id: dict[str, AESGCM]
    sm4_by_id: dict[str, Sm4Gcm]
    current: str
    oldest: bytes

    @property
    def mark(self) -> str:
        """What a text sealed now begins with."""
        cipher = _SM4_MARK if config.SEAL_CIPHER.get() == _SM4 else ""
        return f"{cipher}{self.current}."

    def cipher(self, mark: str) -> AESGCM | Sm4Gcm:
        """Of what is stored under this mark; raises ``KeyError`` when the key is gone."""
        if mark.startswith(_SM4_MARK):
            return self.sm4_by_id[mark.removeprefix(_SM4_MARK)]
        return self.by_id[mark]


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
    named = {hashlib.sha256(b"key id" + key).hexdigest()[:8]: key for key in raw}
    aes = {key_id: AESGCM(key) for key_id, key in named.items()}
    sm4 = {key_id: Sm4Gcm(key) for key_id, key in named.items()}
    return Keys(aes, sm4, next(iter(named)), raw[-1])
