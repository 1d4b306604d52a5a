"""Who acts: one acting role per request (CONTRACT.md, "Who calls")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SYSTEM = "system"
PUBLIC = "public"
ANYONE = "*"  # among an operation's roles: also people who have not signed in


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The caller as the service's runtime verified it.

    ``street_codes`` empty means the whole district; otherwise only rows of these streets (and district-wide ones,
    read-only) exist for this actor. ``scopes`` of an API client: the only operations (``registry.get_place``) it may
    call, on top of what its role may; ``None``: no such limit.
    """

    account_id: str | None
    role: str
    district_code: str
    street_codes: tuple[str, ...] = ()
    organisation_id: str | None = None
    on_behalf_of: str | None = None
    purpose: str | None = None
    session_id: str | None = None
    name: str | None = None
    scopes: tuple[str, ...] | None = None

    @property
    def is_system(self) -> bool:
        return self.role == SYSTEM

    def to_trace(self) -> dict[str, Any]:
        """What events and logs may say of the actor: ids and role, nothing personal."""
        return {"account_id": self.account_id or self.name, "role": self.role}


def system_actor(name: str, district_code: str) -> Actor:
    """A timer, a periodic task or an event handler."""
    return Actor(account_id=None, role=SYSTEM, district_code=district_code, name=name)


def public_actor(district_code: str, street_codes: tuple[str, ...] = ()) -> Actor:
    """Somebody who has not signed in."""
    return Actor(account_id=None, role=PUBLIC, district_code=district_code, street_codes=street_codes)
