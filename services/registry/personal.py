"""Personal fields: encrypted at rest (AES-256-GCM), found by a keyed blind index, masked in answers (PIPL)."""

from __future__ import annotations

import hmac
import re
import unicodedata

from chassis import secretbox
from services.registry import settings

_PHONE = re.compile(r"^[0-9-]{7,}$")


def blind(text: str, purpose: str) -> str:
    """A keyed digest by which an encrypted value is found again; case and width do not matter."""
    key = hmac.digest(secretbox.keys(settings.DATA_KEY_FILE).oldest, b"footprint blind index", "sha256")
    normal = unicodedata.normalize("NFKC", text).strip().casefold()
    return hmac.new(key, f"{purpose}\0{normal}".encode(), "sha256").hexdigest()


class Sealed(secretbox.Sealed):
    """A personal column: ``mapped_column(Sealed("account.name"))``."""

    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__(purpose, settings.DATA_KEY_FILE)


def mask_name(name: str | None) -> str | None:
    """张三丰 → 张**."""
    return None if name is None else name[:1] + "*" * min(max(len(name) - 1, 1), 2)


def mask_phone(phone: str | None) -> str | None:
    """13812345678 → 138****5678."""
    return None if phone is None else f"{phone[:3]}****{phone[-4:]}"


def mask_email(email: str | None) -> str | None:
    """zhang@example.com → z***@example.com."""
    if email is None:
        return None
    name, _, domain = email.partition("@")
    return f"{name[:1]}***@{domain}"


def mask_login(login: str) -> str:
    """A login that is a phone or an e-mail is personal too."""
    if "@" in login:
        return mask_email(login) or ""
    return (mask_phone(login) or "") if _PHONE.match(login) else login
