"""The files of a district for processes that work on them; the gateway stores and hands out the same ones.

``<district>/<sha256>`` holds the bytes and ``<district>/<sha256>.json`` what they are, written last (gateway/files.py).
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from chassis import config
from chassis.codes import ChassisCode
from chassis.errors import UnavailableError


def open_store() -> ObjectStore:
    """As configured: a folder, S3 or memory."""
    url = config.FILES_URL.get() or (Path(config.VAR.get()).resolve() / "files").as_uri()
    parts = urlsplit(url)
    if parts.scheme == "memory":
        return MemoryStore()
    if parts.scheme == "file":
        Path(parts.path).mkdir(parents=True, exist_ok=True)
        return LocalStore(parts.path)
    return from_url(url)


def read(store: ObjectStore, *, district: str, sha256: str, limit: int) -> bytes | None:
    """A file's bytes, at most one more than ``limit``; ``None`` where there is no such file."""
    try:
        obstore.head(store, f"{district}/{sha256}.json")
        size = obstore.head(store, f"{district}/{sha256}")["size"]
        found = obstore.get_range(store, f"{district}/{sha256}", start=0, length=min(size, limit + 1))
    except FileNotFoundError:
        return None
    except BaseError as error:
        raise UnavailableError(ChassisCode.SERVICE_UNAVAILABLE) from error
    return bytes(found)


def write(store: ObjectStore, content: bytes, *, district: str, media_type: str) -> dict[str, Any]:
    """Stores a file and returns ``{sha256, size, media_type}``; the same bytes are stored once."""
    about = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "media_type": media_type}
    key = f"{district}/{about['sha256']}"
    try:
        obstore.put(store, key, content)
        obstore.put(store, f"{key}.json", msgspec.json.encode(about))
    except BaseError as error:
        raise UnavailableError(ChassisCode.SERVICE_UNAVAILABLE) from error
    return about
