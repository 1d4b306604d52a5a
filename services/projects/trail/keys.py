"""The log's signing key: a file outside the database, so that whoever owns the database cannot sign another history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from chassis import config
from chassis.errors import UnavailableError
from contracts.projects.codes_delivery import DeliveryCode
from services.projects.trail import leaf

TRAIL_SIGNING_KEY_FILE = config.setting(
    "TRAIL_SIGNING_KEY_FILE",
    "",
    "PEM file: Ed25519 private key that signs tree heads; projects and projects-trail only.",
)


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """The raw public key, 32 bytes."""
    return key.public_key().public_bytes_raw()


def signing_key() -> Ed25519PrivateKey:
    """The key of this process; raises :class:`UnavailableError` where none is configured."""
    path = TRAIL_SIGNING_KEY_FILE.get()
    if not path:
        raise UnavailableError(DeliveryCode.TRAIL_KEY_MISSING)
    try:
        return _load(path, Path(path).stat().st_mtime_ns)
    except (OSError, ValueError, TypeError) as error:
        raise UnavailableError(DeliveryCode.TRAIL_KEY_MISSING) from error


def is_configured() -> bool:
    """Whether this process can sign at present: who only appends must not stop where it cannot."""
    try:
        signing_key()
    except UnavailableError:
        return False
    return True


@lru_cache(maxsize=4)
def _load(path: str, _changed: int) -> Ed25519PrivateKey:
    key = load_pem_private_key(Path(path).read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise UnavailableError(DeliveryCode.TRAIL_KEY_MISSING)
    return key


@lru_cache(maxsize=4)
def _key_id(key: Ed25519PrivateKey) -> str:
    return leaf.key_id(public_bytes(key))


def sign_head(key: Ed25519PrivateKey, *, log: str, size: int, root: bytes, now: datetime) -> Mapping[str, Any]:
    """A signed tree head: ``{size, root, time, key_id, algorithm, signature}``, bytes in hex."""
    head: dict[str, Any] = {
        "size": size,
        "root": root.hex(),
        "time": leaf.instant(now),
        "key_id": _key_id(key),
        "algorithm": leaf.ALGORITHM,
    }
    return {**head, "signature": key.sign(leaf.head_bytes(log, head)).hex()}
