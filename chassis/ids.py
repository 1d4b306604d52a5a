"""Identifiers: UUID version 7 in the database, ``prefix_`` + 26 base32 characters (TypeID 0.3) everywhere else."""

from __future__ import annotations

import os
import random
import re
import time
import uuid

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [high + low for high in _ALPHABET for low in _ALPHABET]
_TAIL = re.compile(r"[0-7][0-9a-hjkmnp-tv-z]{25}")
_DIGITS = str.maketrans(_ALPHABET, "0123456789abcdefghijklmnopqrstuv")  # as int(…, 32) reads them


def new_uuid() -> uuid.UUID:
    """A UUID version 7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, 12 of what is left of the clock (§6.2, method 3),
    then randomness. So rows that are made one after the other are listed in that order, also within a millisecond."""
    stamp, rest = divmod(time.time_ns(), 1_000_000)
    value = (stamp & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= (rest << 12) // 1_000_000 << 64
    value |= 0b10 << 62
    value |= int.from_bytes(os.urandom(8), "big") >> 2
    return uuid.UUID(int=value)


def encode(prefix: str, value: uuid.UUID) -> str:
    """``prefix_`` followed by the 128 bits in Crockford base32, most significant first."""
    number = value.int
    return prefix + "_" + "".join([_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])


def decode(prefix: str, text: str) -> uuid.UUID:
    """The UUID inside ``text``; raises ``ValueError`` where prefix, length or alphabet is wrong."""
    head, _, tail = text.rpartition("_")
    if head != prefix or _TAIL.fullmatch(tail) is None:
        raise ValueError(f"not a {prefix} id")
    return uuid.UUID(int=int(tail.translate(_DIGITS), 32))


def new_id(prefix: str) -> str:
    """A fresh id, e.g. ``prp_01j…``."""
    return encode(prefix, new_uuid())


def is_id(prefix: str, text: object) -> bool:
    """Whether ``text`` is a well-formed id with this prefix."""
    if not isinstance(text, str):
        return False
    try:
        decode(prefix, text)
    except ValueError:
        return False
    return True


def new_trace_id() -> str:
    """32 hex digits (W3C Trace Context); unique, no secret: drawn without asking the kernel each time."""
    return f"{random.getrandbits(128):032x}"


def new_span_id() -> str:
    """16 hex digits, likewise."""
    return f"{random.getrandbits(64):016x}"
