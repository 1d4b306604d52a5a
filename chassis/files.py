"""The files of a district for processes that work on them; the gateway stores and hands out the same ones.

``<district>/<sha256>`` holds the bytes and ``<district>/<sha256>.json`` what they are, written last (gateway/files.py);
``<district>/<sha256>.by/<account>`` that an account uploaded it. With ``FILES_KEY_FILE`` the bytes are ciphertext.
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

from chassis import config, sealed_files
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
        about = msgspec.json.decode(bytes(obstore.get(store, f"{district}/{sha256}.json").bytes()))
        if about.get("sealed"):
            return _read_sealed(store, district, sha256, about["size"], limit)
        size = obstore.head(store, f"{district}/{sha256}")["size"]
        found = obstore.get_range(store, f"{district}/{sha256}", start=0, length=min(size, limit + 1))
    except FileNotFoundError:
        return None
    except BaseError as error:
        raise UnavailableError(ChassisCode.SERVICE_UNAVAILABLE) from error
    return bytes(found)


def _read_sealed(store: ObjectStore, district: str, sha256: str, size: int, limit: int) -> bytes:
    using = sealed_files.keys()
    if using is None:
        raise SystemExit("FILES_KEY_FILE is not set, and the store has sealed files.")
    if size > limit:
        return bytes(limit + 1)  # too large whatever it says
    content = bytes(obstore.get(store, f"{district}/{sha256}").bytes())
    return sealed_files.open_whole(content, about=sha256, using=using)


def write(
    store: ObjectStore, content: bytes, *, district: str, media_type: str, owner: str | None = None
) -> dict[str, Any]:
    """Stores a file for an account and returns ``{sha256, size, media_type}``; the same bytes are stored once."""
    about = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "media_type": media_type}
    key = f"{district}/{about['sha256']}"
    using = sealed_files.keys()
    try:
        if using is None:
            obstore.put(store, key, content)
        else:
            obstore.put(store, key, b"".join(sealed_files.seal([content], about=str(about["sha256"]), using=using)))
        if owner is not None:
            obstore.put(store, mark_of(key, owner), b"")
        obstore.put(store, f"{key}.json", msgspec.json.encode({**about, "sealed": using is not None}))
    except BaseError as error:
        raise UnavailableError(ChassisCode.SERVICE_UNAVAILABLE) from error
    return about


def mark_of(key: str, account_id: str) -> str:
    """That an account uploaded the file, or had it made: it may see it, and cite it."""
    return f"{key}.by/{account_id}"


def owners(store: ObjectStore, *, district: str, sha256: str) -> set[str]:
    """Accounts that uploaded the file or had it made."""
    prefix = f"{district}/{sha256}.by/"
    try:
        return {row["path"].rpartition("/")[2] for batch in obstore.list(store, prefix) for row in batch}
    except BaseError as error:
        raise UnavailableError(ChassisCode.SERVICE_UNAVAILABLE) from error


def delete(store: ObjectStore, *, district: str, sha256: str) -> None:
    """The file is gone: what it is first, so that nobody finds half of it."""
    key = f"{district}/{sha256}"
    marks = [mark_of(key, one) for one in owners(store, district=district, sha256=sha256)]
    for path in (f"{key}.json", key, *marks):
        try:
            obstore.delete(store, path)
        except FileNotFoundError:
            continue
        except BaseError as error:
            raise UnavailableError(ChassisCode.SERVICE_UNAVAILABLE) from error
