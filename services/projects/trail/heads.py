"""Signed heads by themselves: algorithms, the printed form, what a witness signs, and when two heads contradict.

Needs the standard library and ``cryptography`` only, like the verifier.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.projects.trail import canonical, leaf, merkle

WITNESS_PREFIX = b"footprint-trail-witness-v1\n"
TITLE = "足迹留痕树头 / Footprint trail head v1"
Head = Mapping[str, Any]


class UnknownAlgorithmError(ValueError):
    """A head names an algorithm that is not known here: it is refused by name, never read as another."""

    def __init__(self, algorithm: object) -> None:
        super().__init__(f"unknown algorithm {algorithm!r}; known here: {', '.join(ALGORITHMS)}")
        self.algorithm = algorithm


def _ed25519(public_key: bytes, signature: bytes, data: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


# SM2 with SM3 would be one more row; the name in the head decides, and hashes of another kind are another version.
ALGORITHMS: dict[str, Callable[[bytes, bytes, bytes], bool]] = {leaf.ALGORITHM: _ed25519}


def is_signed(algorithm: str, *, public_key: str, signature: str, data: bytes) -> bool:
    """Whether the signature holds; raises :class:`UnknownAlgorithmError`."""
    if algorithm not in ALGORITHMS:
        raise UnknownAlgorithmError(algorithm)
    return ALGORITHMS[algorithm](bytes.fromhex(public_key), bytes.fromhex(signature), data)


def holds(head: Head, public_key: str) -> bool:
    """Whether this key signed this head of ``head["log"]``."""
    if leaf.key_id(bytes.fromhex(public_key)) != head["key_id"]:
        return False
    data = leaf.head_bytes(head["log"], head)
    return is_signed(head["algorithm"], public_key=public_key, signature=head["signature"], data=data)


def witness_bytes(head: Head, *, witness: str, seen_at: str, key_id: str, algorithm: str) -> bytes:
    """What a witness signs: that it saw this head then, and nothing that contradicts it."""
    told = {"v": leaf.FORMAT, "witness": witness, "seen_at": seen_at, "key_id": key_id, "algorithm": algorithm}
    return WITNESS_PREFIX + canonical.encode(told | {name: head[name] for name in ("log", "size", "root")}).encode()


def extends(first: Head, second: Head, proof: Sequence[str]) -> bool:
    """Whether the proof leads from one head's root to a later one's."""
    try:
        steps = [bytes.fromhex(step) for step in proof]
        roots = merkle.roots_from_consistency(first["size"], second["size"], bytes.fromhex(first["root"]), steps)
    except ValueError:
        return False
    return [root.hex() for root in roots] == [first["root"], second["root"]]


@dataclass(frozen=True)
class Fork:
    """Two histories of one log: a size with more than one root, each with who holds it."""

    log: str
    size: int
    roots: Mapping[str, Sequence[str]]


def forks(heads: Iterable[tuple[str, Head]]) -> list[Fork]:
    """What contradicts in heads that each hold; ``(source, head)``."""
    seen: dict[tuple[str, int], dict[str, list[str]]] = {}
    for source, head in heads:
        holders = seen.setdefault((head["log"], head["size"]), {}).setdefault(head["root"], [])
        if source not in holders:
            holders.append(source)
    return [Fork(log, size, roots) for (log, size), roots in sorted(seen.items()) if len(roots) > 1]


# the printed form -----------------------------------------------------------------------------------------------


def printed(head: Head) -> str:
    """A head for a newspaper, a letter or a noticeboard: eight short lines, read back by :func:`read_printed`."""
    lines = [
        TITLE,
        f"log {head['log']}",
        f"size {head['size']}",
        f"time {head['time']}",
        f"root {_spaced(head['root'])}",
        f"key {_spaced(head['key_id'])}",
        f"algorithm {head['algorithm']}",
        f"signature {_spaced(head['signature'])}",
    ]
    return "\n".join(lines) + "\n"


def read_printed(text: str) -> dict[str, Any]:
    """The head of a printed form, however its lines are broken; raises ``ValueError``."""
    words = re.split(r"\b(log|size|time|root|key|algorithm|signature)\b", text.partition(TITLE)[2])
    found = {name: "".join(value.split()) for name, value in zip(words[1::2], words[2::2], strict=True)}
    if set(found) != {"log", "size", "time", "root", "key", "algorithm", "signature"} or not found["size"].isdigit():
        raise ValueError("not a printed head")
    key_id, size = found.pop("key"), int(found.pop("size"))
    return {**found, "key_id": key_id, "size": size}


def _spaced(digits: str) -> str:
    return " ".join(digits[place : place + 8] for place in range(0, len(digits), 8))
