"""Personal fields of resources: encrypted at rest, found by a keyed blind index, masked in answers (PIPL)."""

from __future__ import annotations

import hmac
import unicodedata

from chassis import secretbox
from services.resources import settings


class Sealed(secretbox.Sealed):
    """A personal column: ``mapped_column(Sealed("talent.name"))``."""

    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__(purpose, settings.RESOURCES_KEY_FILE)


def blind(text: str, purpose: str) -> str:
    """A keyed digest by which an encrypted value is found again; case, width and blanks around do not matter."""
    key = hmac.digest(secretbox.keys(settings.RESOURCES_KEY_FILE).oldest, b"footprint blind index", "sha256")
    normal = unicodedata.normalize("NFKC", text).strip().casefold()
    return hmac.new(key, f"{purpose}\0{normal}".encode(), "sha256").hexdigest()


def phone_index(phone: str, purpose: str) -> str:
    """Of a phone: blanks, hyphens and +86 do not matter either."""
    normal = unicodedata.normalize("NFKC", phone).replace(" ", "").replace("-", "")
    return blind(normal.removeprefix("+86"), purpose)


def mask_name(name: str | None) -> str | None:
    """王小明 → 王**."""
    return None if name is None else name[:1] + "*" * min(max(len(name) - 1, 1), 2)


def mask_phone(phone: str | None) -> str | None:
    """13800138000 → 138****8000; a short number shows its end only."""
    if phone is None:
        return None
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 10 else f"****{phone[-2:]}"
