"""OpenID Connect providers as data: whom people may sign in with, and what of their claims is believed.

``OIDC_PROVIDERS_FILE`` is JSON, a list of objects with the fields of :class:`Provider`. The registry reads issuer,
client id, match and rules; the gateway also the client's secret, from a file only it is given.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from chassis.config import setting

PROVIDERS_FILE = setting(
    "OIDC_PROVIDERS_FILE", "", "JSON file of OpenID Connect providers people may sign in with; empty: none."
)
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Match(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which claim names an existing account, and by what: ``login`` or ``phone``."""

    claim: str
    to: str = "login"


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who has ``value`` in ``claim`` (or among it, where it is a list) may act as ``role``.

    ``create``: an account is opened for who has none; without it nobody gets an account by signing in elsewhere.
    """

    claim: str
    value: str
    role: str
    create: bool = False
    street_codes: tuple[str, ...] = ()

    def fits(self, claims: dict[str, Any]) -> bool:
        told = claims.get(self.claim)
        return self.value in told if isinstance(told, list) else told == self.value


class Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One provider. ``rules`` empty: every role of an existing account, no new accounts."""

    name: str
    issuer: str
    client_id: str
    redirect_uris: tuple[str, ...]
    zh: str = ""
    en: str = ""
    client_secret_file: str = ""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    match: Match | None = None
    rules: tuple[Rule, ...] = ()

    @property
    def discovery_url(self) -> str:
        return f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"

    def client_secret(self) -> str | None:
        """``None`` for a public client, which PKCE alone protects."""
        return Path(self.client_secret_file).read_text().strip() if self.client_secret_file else None


def known() -> dict[str, Provider]:
    """By name; a file that cannot be read stops the process with a sentence."""
    path = PROVIDERS_FILE.get()
    return _load(path, Path(path).stat().st_mtime_ns) if path else {}


@cache
def _load(path: str, changed: int) -> dict[str, Provider]:
    try:
        rows = msgspec.json.decode(Path(path).read_bytes(), type=list[Provider])
    except msgspec.DecodeError as error:
        raise SystemExit(f"OIDC_PROVIDERS_FILE={path} is not a list of providers: {error}") from error
    for row in rows:
        check_address(row.issuer)
        if row.match is not None and row.match.to not in ("login", "phone"):
            raise SystemExit(f"OIDC_PROVIDERS_FILE: {row.name} matches accounts by login or phone only")
    return {row.name: row for row in rows}


def check_address(url: str) -> str:
    """TLS, or this machine; raises ``SystemExit`` for another address."""
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise SystemExit(f"{url} is not https: an identity provider is never asked in the clear")
    return url
