"""Personal fields: encrypted at rest (chassis.secretbox), found by a keyed blind index, masked in answers (PIPL)."""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from marshmallow import Schema

from chassis import secretbox
from contracts.registry.personal import declared
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


def mask_address(address: str | None) -> str | None:
    """青岛市黄岛区珠海街道某路 1 号 → 青岛市黄岛区***."""
    return None if address is None else f"{address[:6]}***"


def mask_login(login: str | None) -> str | None:
    """A login that is a phone or an e-mail is personal too."""
    if login is None:
        return None
    if "@" in login:
        return mask_email(login)
    return mask_phone(login) if _PHONE.match(login) else login


MASKS: dict[str, Callable[[str | None], str | None]] = {
    "name": mask_name,
    "phone": mask_phone,
    "email": mask_email,
    "address": mask_address,
    "login": mask_login,
    "hidden": lambda _: None,
    "own": lambda _: None,
}


def masked(schema: type[Schema], values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` with every field that ``schema`` declares personal masked as it says; for the eyes of others."""
    return {**values, **{name: MASKS[mask](values[name]) for name, _, mask in _personal(schema) if name in values}}


@cache
def _personal(schema: type[Schema]) -> tuple[tuple[str, str, str], ...]:
    return tuple(row for row in declared(schema) if row[0] in schema().fields)
