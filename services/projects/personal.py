"""Personal fields of projects: encrypted at rest, found by a keyed blind index, masked in answers (PIPL).

The key file is that of payees, the service's one data key; each ciphertext is bound to its column by its purpose.
"""

from __future__ import annotations

import hmac
import unicodedata

from chassis import secretbox
from services.projects.payees import settings


def blind(text: str, purpose: str) -> str:
    """A keyed digest by which an encrypted value is found again; case and width do not matter."""
    key = hmac.digest(secretbox.keys(settings.PAYEE_KEY_FILE).oldest, b"footprint projects blind index", "sha256")
    normal = unicodedata.normalize("NFKC", text).strip().casefold()
    return hmac.new(key, f"{purpose}\0{normal}".encode(), "sha256").hexdigest()


class Sealed(secretbox.Sealed):
    """A personal or secret column: ``mapped_column(Sealed("beneficiary.name"))``."""

    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__(purpose, settings.PAYEE_KEY_FILE)


def mask_name(name: str | None) -> str | None:
    """张三丰 → 张**."""
    return None if name is None else name[:1] + "*" * min(max(len(name) - 1, 1), 2)


def mask_phone(phone: str | None) -> str | None:
    """13812345678 → 138****5678."""
    return None if phone is None else f"{phone[:3]}****{phone[-4:]}"
