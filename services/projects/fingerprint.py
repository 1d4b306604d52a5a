"""One way to hash a value: SHA-256 over canonical JSON, so that anybody can recompute it."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces; dates and instants as ISO text."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_iso)
    return text.encode()


def of(value: Any) -> str:
    """The hash, 64 hex digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def plain(value: Any) -> Any:
    """The value as JSON holds it: dates as text, tuples as lists."""
    return json.loads(canonical(value))


def _iso(value: Any) -> str:
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    raise TypeError(f"not plain: {type(value).__name__}")
