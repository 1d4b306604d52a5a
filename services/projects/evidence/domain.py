"""Photos: states, numbers of the district, and finding hashes that are near each other without comparing all. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from chassis.errors import ConflictError
from contracts.projects.codes_evidence import EvidenceCode

TRANSITIONS: dict[tuple[str, str], str] = {
    ("waiting", "read"): "read",
    ("waiting", "refuse"): "refused",
    ("waiting", "erase"): "erased",
    ("read", "erase"): "erased",
    ("refused", "read_again"): "waiting",
    ("refused", "erase"): "erased",
}
CONSENT_TRANSITIONS: dict[tuple[str, str], str] = {
    ("none", "give"): "given",
    ("given", "withdraw"): "withdrawn",
    ("withdrawn", "give"): "given",
}
DEFAULTS: dict[str, int] = {
    "shown_edge": 1600,
    "shown_quality": 85,
    "photo_megapixels": 60,
    "photo_bytes": 20_000_000,
}
PHOTO_TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})
BITS = 64
TWIN_BITS = 10  # pairs are kept up to here; from how few on a pair is flagged, the published rule says
BANDS = 4
BAND_BITS = BITS // BANDS
_BAND_MASK = (1 << BAND_BITS) - 1


def next_status(status: str, action: str) -> str:
    """The state after ``action``; a pair that is not in the table is a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(EvidenceCode.EVIDENCE_STATE, status=status, action=action) from None


def next_consent(consent: str, action: str) -> str:
    """The same for consent."""
    try:
        return CONSENT_TRANSITIONS[consent, action]
    except KeyError:
        raise ConflictError(EvidenceCode.EVIDENCE_CONSENT_STATE, status=consent, action=action) from None


def completed(given: Mapping[str, Any]) -> dict[str, int]:
    """Given numbers over those a district starts with."""
    return {**DEFAULTS, **given}


def is_photo(media_type: str) -> bool:
    """Whether there is something to read."""
    return media_type in PHOTO_TYPES


def distance(one: int, other: int) -> int:
    """In how many of 64 bits two hashes differ (Hamming)."""
    return (one ^ other).bit_count()


def bands(value: int) -> tuple[int, ...]:
    """A hash of 64 bits in four parts of sixteen."""
    return tuple(value >> BAND_BITS * number & _BAND_MASK for number in range(BANDS))


def probes(value: int, at_most: int) -> Iterator[tuple[int, list[int]]]:
    """``(band, values)``: a hash within ``at_most`` bits of ``value`` has one of the values in one of the bands.

    Multi-index hashing (Norouzi, Punjani, Fleet, CVPR 2012): with ``at_most = 4·r + a``, if none of the first a + 1
    bands were within r bits and none of the others within r − 1, the hashes would differ in more than ``at_most``.
    """
    radius, extra = divmod(at_most, BANDS)
    for number, band in enumerate(bands(value)):
        near = radius if number <= extra else radius - 1
        if near >= 0:
            yield number, sorted(_ball(band, near))


def _ball(value: int, radius: int) -> Iterator[int]:
    for size in range(radius + 1):
        for flipped in combinations(range(BAND_BITS), size):
            yield value ^ sum(1 << bit for bit in flipped)


def signed(value: int) -> int:
    """64 bits as PostgreSQL's bigint holds them."""
    return value - (1 << BITS) if value >> (BITS - 1) else value


def unsigned(value: int) -> int:
    """And back."""
    return value % (1 << BITS)
