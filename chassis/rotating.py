"""Codes that change with the time: a digest over a subject and the number of a time window (after RFC 4226 and 6238).

The length of a window and how many of its neighbours are accepted are arguments: policy of whoever shows the code.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

_KEPT = 0x7FFFFFFF


def window_of(at: datetime, seconds: int) -> int:
    """The number of the time window since the epoch."""
    return int(at.timestamp()) // seconds


def window_ends(window: int, seconds: int) -> datetime:
    """When the window's code gives way to the next."""
    return datetime.fromtimestamp((window + 1) * seconds, UTC)


def digest_of(secret: str, subject: str, window: int) -> bytes:
    """HMAC-SHA-256 over subject and window."""
    return hmac.digest(secret.encode(), f"{subject}\0{window}".encode(), "sha256")


def digits_of(secret: str, subject: str, window: int, *, length: int = 6) -> str:
    """The digest as decimal digits, by the dynamic truncation of RFC 4226 (section 5.3)."""
    digest = digest_of(secret, subject, window)
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & _KEPT
    return str(number % 10**length).zfill(length)


def matching(given: str, windows: Iterable[int], code_of: Callable[[int], str]) -> int | None:
    """The first of the windows whose code was given; every one is compared, each in constant time."""
    found = None
    for window in windows:
        if hmac.compare_digest(given.encode(), code_of(window).encode()) and found is None:
            found = window
    return found
