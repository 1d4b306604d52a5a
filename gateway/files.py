"""The evidence store: content-addressed, shared by all gateways of a district (CONTRACT.md, "Files")."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import AsyncIterator
from typing import IO, Any, Protocol

import msgspec
import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore

from chassis import config, sealed_files
from chassis.codes import ChassisCode
from chassis.errors import InvalidError, NotFoundError, UnavailableError
from chassis.files import mark_of, open_store
from gateway import media_types, settings
from gateway.codes import GatewayCode
from gateway.problems import HttpError

_IN_MEMORY = 1024 * 1024
_CHUNK = 256 * 1024


class Source(Protocol):
    """A request's body."""

    async def read(self, size: int | None = None) -> bytes: ...


class FileStore:
    """``<district>/<sha256>`` holds the bytes and ``<district>/<sha256>.json`` what they are.

    The description is written last: a file whose upload broke off has none and does not exist.
    """

    def __init__(self, store: ObjectStore, *, district: str, limit: int) -> None:
        self._store = store
        self._district = district
        self._keys = sealed_files.keys()
        self.limit = limit

    def apart(self, folder: str, *, limit: int | None = None) -> FileStore:
        """A folder of the district's own: what lies there is no evidence. ``limit``: where it is another's."""
        return FileStore(self._store, district=f"{self._district}/{folder}", limit=limit or self.limit)

    async def put(
        self, source: Source, *, media_type: str, owner: str | None = None, digest: bytes | None = None
    ) -> dict[str, Any]:
        """Store a body as it streams in; returns ``{sha256, size, media_type}``. The same bytes are stored once.

        ``owner``: the account that uploads it, which may see and cite it from then on.
        """
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
            found, size = await self._spool(source, file)
            if digest is not None and digest != found:
                raise InvalidError(GatewayCode.FILE_DIGEST_MISMATCH)
            if media_types.is_locked(media_type, file):
                raise InvalidError(GatewayCode.FILE_LOCKED, media_type=media_type)
            if not await asyncio.to_thread(media_types.is_of, media_type, file):
                raise InvalidError(GatewayCode.FILE_TYPE_MISMATCH, media_type=media_type)
            about = {"sha256": found.hex(), "size": size, "media_type": media_type}
            return await self._keep(about, file, owner)

    async def _spool(self, source: Source, file: IO[bytes]) -> tuple[bytes, int]:
        digest, size = hashlib.sha256(), 0
        while chunk := await source.read(_CHUNK):
            size += len(chunk)
            if size > self.limit:
                raise HttpError(413, GatewayCode.FILE_TOO_LARGE, limit=self.limit)
            digest.update(chunk)
            file.write(chunk)
        if not size:
            raise InvalidError(GatewayCode.FILE_EMPTY)
        return digest.digest(), size

    async def _keep(self, about: dict[str, Any], file: IO[bytes], owner: str | None) -> dict[str, Any]:
        key = self._key(about["sha256"])
        known = await self.about(about["sha256"])
        try:
            if known is None:
                await self._store_bytes(key, about["sha256"], file)
            if owner is not None:
                await obstore.put_async(self._store, mark_of(key, owner), b"")
            if known is None:
                told = {**about, "sealed": self._keys is not None}
                await obstore.put_async(self._store, f"{key}.json", msgspec.json.encode(told))
        except BaseError as error:
            raise UnavailableError(ChassisCode.SERVICE_UNAVAILABLE) from error
        return about if known is None else {name: known[name] for name in about}

    async def _store_bytes(self, key: str, sha256: str, file: IO[bytes]) -> None:
        if self._keys is None:
            await obstore.put_async(self._store, key, file)
            return
        file.seek(0)
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as made:
            chunks = sealed_files.seal(sealed_files.pieces(file), about=sha256, using=self._keys)
            await asyncio.to_thread(made.writelines, chunks)
            made.seek(0)
            await obstore.put_async(self._store, key, made)

    async def is_owner(self, sha256: str, account_id: str) -> bool:
        """Whether the account uploaded the file or had it made."""
        try:
            await obstore.head_async(self._store, mark_of(self._key(sha256), account_id))
        except FileNotFoundError:
            return False
        except BaseError as error:
            raise UnavailableError(ChassisCode.SERVICE_UNAVAILABLE) from error
        return True

    async def about(self, sha256: str) -> dict[str, Any] | None:
        """What is stored under the hash."""
        try:
            reply = await obstore.get_async(self._store, f"{self._key(sha256)}.json")
            known: dict[str, Any] = msgspec.json.decode(bytes(await reply.bytes_async()))
        except FileNotFoundError:
            return None
        except BaseError as error:
            raise UnavailableError(ChassisCode.SERVICE_UNAVAILABLE) from error
        return known

    async def open(self, sha256: str, *, sealed: bool) -> AsyncIterator[bytes]:
        """The bytes; ``sealed`` as :meth:`about` says."""
        try:
            reply = await obstore.get_async(self._store, self._key(sha256))
        except FileNotFoundError as error:
            raise NotFoundError(GatewayCode.FILE_NOT_FOUND) from error
        except BaseError as error:
            raise UnavailableError(ChassisCode.SERVICE_UNAVAILABLE) from error
        if not sealed:
            return _chunks(reply)
        if self._keys is None:
            raise UnavailableError(ChassisCode.SERVICE_UNAVAILABLE)
        return _opened(_chunks(reply), sealed_files.Opener(about=sha256, using=self._keys))

    def _key(self, sha256: str) -> str:
        return f"{self._district}/{sha256}"


async def _chunks(reply: Any) -> AsyncIterator[bytes]:
    async for chunk in reply.stream(min_chunk_size=_CHUNK):
        yield bytes(chunk)


async def _opened(stored: AsyncIterator[bytes], opener: sealed_files.Opener) -> AsyncIterator[bytes]:
    async for chunk in stored:
        if found := opener.feed(chunk):
            yield found
    yield opener.finish()


def digest_of(header: str | None) -> bytes | None:
    """The SHA-256 of ``Content-Digest: sha-256=:…:`` (RFC 9530); other algorithms are not checked."""
    for part in (header or "").split(","):
        name, _, value = part.strip().partition("=")
        if name.lower() != "sha-256":
            continue
        try:
            digest = b64decode(value.strip(":"), validate=True)
        except (Base64Error, ValueError) as error:
            raise HttpError(400, GatewayCode.HEADER_INVALID, header="Content-Digest") from error
        if len(digest) != hashlib.sha256().digest_size:
            raise HttpError(400, GatewayCode.HEADER_INVALID, header="Content-Digest")
        return digest
    return None


def digest_header(sha256: str) -> str:
    """``Repr-Digest`` of a stored file."""
    return f"sha-256=:{b64encode(bytes.fromhex(sha256)).decode()}:"


def from_settings() -> FileStore:
    """As configured: a folder, S3 or memory."""
    return FileStore(open_store(), district=config.DISTRICT.get(), limit=settings.FILE_MAX.get())
