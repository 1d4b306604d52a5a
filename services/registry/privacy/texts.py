"""The notices people agree to: data, every version ever published; a consent names the version it was given to."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

_FILE = Path(__file__).parent / "data" / "consent-texts.json"


@cache
def newest() -> dict[str, dict[str, Any]]:
    """By purpose, the version in force."""
    texts: list[dict[str, Any]] = msgspec.json.decode(_FILE.read_bytes())
    return {text["purpose"]: text for text in sorted(texts, key=lambda text: int(text["text_version"]))}
