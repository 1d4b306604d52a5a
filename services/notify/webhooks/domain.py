"""Rules of webhook endpoints: states, whose they are, which addresses are acceptable."""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts.notify.codes import NotifyCode

TRANSITIONS: dict[tuple[str, str], str] = {
    ("active", "disable"): "disabled",
    ("active", "remove"): "removed",
    ("disabled", "resume"): "active",
    ("disabled", "remove"): "removed",
}
# Addresses that carry an IPv4 address inside IPv6: judged by what they carry, or refused (NAT64, RFC 6052).
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def next_status(status: str, action: str) -> str:
    """The endpoint's next status; raises :class:`ConflictError` where the table has none."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(NotifyCode.WEBHOOK_ENDPOINT_STATUS, status=status, action=action) from None


def split_url(url: str, *, allow_loopback: bool) -> SplitResult:
    """The parts of an acceptable address; raises :class:`InvalidError`.

    https only (http too where loopback is allowed), no user name, no fragment; a literal address must be public.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise refused("malformed") from None
    schemes = {"https", "http"} if allow_loopback else {"https"}
    if parts.scheme not in schemes:
        raise refused("scheme")
    if not parts.hostname or port == 0 or any(ord(char) <= 32 or ord(char) > 126 for char in url):
        raise refused("malformed")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise refused("credentials_or_fragment")
    literal = parse_address(parts.hostname)
    if literal is not None and not is_acceptable(literal, allow_loopback=allow_loopback):
        raise refused("address_not_public")
    if literal is None and not allow_loopback and "." not in parts.hostname.rstrip("."):
        raise refused("address_not_public")
    return parts


def parse_address(host: str) -> Address | None:
    """The IP address a host name spells literally."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def is_acceptable(address: Address, *, allow_loopback: bool) -> bool:
    """Whether a webhook may be posted to this address: only the public internet, so nobody probes our network.

    Source: OWASP SSRF prevention; IANA special-purpose registries as Python's ``is_global`` knows them.
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return is_acceptable(inner, allow_loopback=allow_loopback)
        if address in _NAT64 or address.teredo is not None:
            return False
    if address.is_loopback:
        return allow_loopback
    return address.is_global and not address.is_multicast and not address.is_reserved


def check_owner(role: str, organisation_id: str | None, bound_roles: Collection[str]) -> None:
    """Roles of an organisation own endpoints only for it."""
    if role in bound_roles and organisation_id is None:
        raise ForbiddenError(NotifyCode.WEBHOOK_OWNER_REQUIRED, role=role)


def check_events(event_names: Collection[str], known: Collection[str]) -> None:
    """Only events that notify hears can be subscribed to."""
    unknown = sorted(set(event_names) - set(known))
    if unknown:
        raise InvalidError(NotifyCode.WEBHOOK_EVENT_UNKNOWN, event_names=unknown)


def check_count(count: int, most: int) -> None:
    """An owner may have only so many."""
    if count >= most:
        raise ConflictError(NotifyCode.WEBHOOK_LIMIT_REACHED, most=most)


def new_secret(random: bytes) -> str:
    """``whsec_`` + base64 of 24 to 64 random bytes (Standard Webhooks, "Signature scheme")."""
    return "whsec_" + base64.b64encode(random).decode()


def wants(
    *, event_names: Collection[str], endpoint_streets: Collection[str], event_name: str, event_streets: Collection[str]
) -> bool:
    """Whether an endpoint takes an event: an empty filter takes all, a district-wide event meets any street."""
    if event_names and event_name not in event_names:
        return False
    return not endpoint_streets or not event_streets or bool(set(endpoint_streets) & set(event_streets))


def refused(problem: str) -> InvalidError:
    """The refusal of an address."""
    return InvalidError(NotifyCode.WEBHOOK_URL_REFUSED, problem=problem)
