"""Stored files that are ciphertext at rest, sealed and opened as they stream.

Chunks of 64 KiB, each with AES-256-GCM (or SM4-GCM, as ``SEAL_CIPHER`` says) under a nonce of a random prefix, the
chunk's number and whether it is the last: chunks cannot be reordered, repeated, dropped or cut off (STREAM, of Hoang,
Reyhanitabar, Rogaway and Vizár, CRYPTO 2015). The head names the key, so files stay readable after a rotation.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chassis import config, keyring
from chassis.keyring import Keys, Sm4Gcm

MAGIC = b"FPS1"
CHUNK = 64 * 1024
_TAG = 16
_PREFIX = 7
_LAST = 1
_COUNTER = 4


class DamagedError(Exception):
    """What is stored is not what was sealed, or its key is gone."""


def keys() -> Keys | None:
    """The store's keys; ``None`` where files are stored as they are."""
    return keyring.keys(config.FILES_KEY_FILE) if config.FILES_KEY_FILE.get() else None


def seal(chunks: Iterable[bytes], *, about: str, using: Keys) -> Iterator[bytes]:
    """The file as it is stored; ``about`` (its hash) is bound to it."""
    mark = using.mark[:-1].encode()
    prefix = os.urandom(_PREFIX)
    head = MAGIC + bytes([len(mark)]) + mark + prefix
    cipher, number, held = using.cipher(mark.decode()), 0, bytearray()
    yield head
    for chunk in chunks:
        held += chunk
        while len(held) > CHUNK:
            yield cipher.encrypt(_nonce(prefix, number, last=False), bytes(held[:CHUNK]), head + about.encode())
            del held[:CHUNK]
            number += 1
    yield cipher.encrypt(_nonce(prefix, number, last=True), bytes(held), head + about.encode())


class Opener:
    """``feed`` what is stored, piece by piece; ``finish`` proves that nothing is missing."""

    def __init__(self, *, about: str, using: Keys) -> None:
        self._about, self._keys = about.encode(), using
        self._held = bytearray()
        self._head = b""
        self._cipher: AESGCM | Sm4Gcm | None = None
        self._number = 0

    def feed(self, piece: bytes) -> bytes:
        """What can be read now; the last chunk waits for :meth:`finish`."""
        self._held += piece
        if self._cipher is None and not self._begin():
            return b""
        out = bytearray()
        while len(self._held) > CHUNK + _TAG:
            out += self._open(bytes(self._held[: CHUNK + _TAG]), last=False)
            del self._held[: CHUNK + _TAG]
        return bytes(out)

    def finish(self) -> bytes:
        """The rest; raises :class:`DamagedError` for a file that was cut off."""
        if self._cipher is None:
            raise DamagedError
        return self._open(bytes(self._held), last=True)

    def _begin(self) -> bool:
        """Whether the head is there; it is taken off."""
        fixed = len(MAGIC) + 1
        if len(self._held) < fixed:
            return False
        size = fixed + self._held[len(MAGIC)] + _PREFIX
        if bytes(self._held[: len(MAGIC)]) != MAGIC:
            raise DamagedError
        if len(self._held) < size:
            return False
        self._head = bytes(self._held[:size])
        del self._held[:size]
        try:
            self._cipher = self._keys.cipher(self._head[fixed:-_PREFIX].decode())
        except (KeyError, UnicodeDecodeError) as error:
            raise DamagedError from error
        return True

    def _open(self, chunk: bytes, *, last: bool) -> bytes:
        assert self._cipher is not None
        nonce = _nonce(self._head[-_PREFIX:], self._number, last=last)
        self._number += 1
        try:
            return self._cipher.decrypt(nonce, chunk, self._head + self._about)
        except (InvalidTag, ValueError) as error:
            raise DamagedError from error


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """A file's content in chunks."""
    while chunk := file.read(CHUNK):
        yield chunk


def open_whole(content: bytes, *, about: str, using: Keys) -> bytes:
    """A small file at once."""
    opener = Opener(about=about, using=using)
    return opener.feed(content) + opener.finish()


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(_COUNTER, "big") + bytes([_LAST if last else 0])
