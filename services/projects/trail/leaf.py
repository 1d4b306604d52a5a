"""What is hashed and what is signed: the byte strings of receipt format version 1 (docs/trail-receipt-v1.md)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from services.projects.trail import canonical

FORMAT = 1
ALGORITHM = "ed25519"
SALT_BYTES = 32
HEAD_PREFIX = b"footprint-trail-head-v1\n"
ENTRY_FIELDS = ("v", "log", "index", "id", "event", "source", "subject", "version", "time", "commitment")
HEAD_FIELDS = ("size", "root", "time", "key_id", "algorithm", "signature")


def log_name(district_code: str) -> str:
    """The log's name: one per district."""
    return f"footprint/{district_code}"


def instant(moment: datetime) -> str:
    """The one spelling of an instant: UTC, six decimals, ``Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def document(actor: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """The committed payload, canonical: who did it and what the event says."""
    who = {"account_id": actor.get("account_id"), "role": actor.get("role")}
    return canonical.encode({"actor": who, "facts": dict(facts)})


def commitment(salt: bytes, payload: str) -> bytes:
    """SHA-256(salt ‖ canonical payload): says nothing of the payload once that is erased."""
    return hashlib.sha256(salt + payload.encode()).digest()


def leaf_bytes(entry: Mapping[str, Any]) -> bytes:
    """The leaf's data; RFC 9162 hashes it with a 0x00 in front."""
    return canonical.encode({name: entry[name] for name in ENTRY_FIELDS}).encode()


def head_bytes(log: str, head: Mapping[str, Any]) -> bytes:
    """What the log's key signs."""
    signed = {name: head[name] for name in HEAD_FIELDS if name != "signature"}
    return HEAD_PREFIX + canonical.encode({"v": FORMAT, "log": log, **signed}).encode()


def key_id(public_key: bytes) -> str:
    """SHA-256 of the raw 32-byte public key, in hex."""
    return hashlib.sha256(public_key).hexdigest()
