"""One signed webhook (Standard Webhooks). The webhook-id is the delivery's, so a receiver can drop a second try."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
from standardwebhooks import Webhook

from chassis.errors import InvalidError
from services.notify.deliveries.domain import Outcome, http_action
from services.notify.webhooks import domain as endpoints


@dataclass(frozen=True)
class Parcel:
    """What is posted where."""

    delivery_id: str
    url: str
    secret: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Target:
    """A checked address: the connection goes to ``address``, whatever the name resolves to a moment later."""

    url: str
    host: str
    hostname: str


def headers_of(parcel: Parcel, text: str, now: datetime) -> dict[str, str]:
    """webhook-id, webhook-timestamp and webhook-signature."""
    moment = now.astimezone(UTC)
    return {
        "webhook-id": parcel.delivery_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(parcel.secret).sign(parcel.delivery_id, moment, text),
        "content-type": "application/json",
        "user-agent": "Footprint-Webhooks/1",
    }


def resolve(url: str, *, allow_loopback: bool) -> Target:
    """Check every address the host resolves to and pin the first; raises :class:`InvalidError` or ``OSError``.

    Pinning closes the gap between check and use (DNS rebinding).
    """
    parts = endpoints.split_url(url, allow_loopback=allow_loopback)
    hostname = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(hostname, port, type=socket.SOCK_STREAM)
    addresses = [endpoints.parse_address(str(entry[4][0])) for entry in found]
    for address in addresses:
        if address is None or not endpoints.is_acceptable(address, allow_loopback=allow_loopback):
            raise endpoints.refused("address_not_public")
    first = str(addresses[0])
    literal = f"[{first}]" if ":" in first else first
    return Target(url=str(httpx.URL(url).copy_with(host=literal)), host=parts.netloc, hostname=hostname)


class Courier:
    """Posts parcels; follows no redirect, reads no body, trusts no proxy setting."""

    def __init__(self, *, timeout: float, allow_loopback: bool) -> None:
        self._allow_loopback = allow_loopback
        # A kept connection would be shared by every host on that address, though checked against one host's name.
        alone = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False, limits=alone)

    def send(self, parcel: Parcel, now: datetime) -> Outcome:
        """Post it once and say what came of it."""
        text = msgspec.json.encode(parcel.body).decode()
        try:
            target = resolve(parcel.url, allow_loopback=self._allow_loopback)
            return self._post(target, text, headers_of(parcel, text, now))
        except InvalidError as error:
            return Outcome("abandon", f"refused to post there: {error.details.get('problem', error.code)}")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            return Outcome("retry", type(error).__name__)

    def _post(self, target: Target, text: str, headers: dict[str, str]) -> Outcome:
        request = self._client.build_request(
            "POST",
            target.url,
            content=text,
            headers={**headers, "host": target.host},
            extensions={"sni_hostname": target.hostname},
        )
        response = self._client.send(request, stream=True)
        try:
            wait = response.headers.get("retry-after", "")
            return Outcome(
                http_action(response.status_code),
                f"HTTP {response.status_code}",
                float(wait) if wait.isascii() and wait.isdigit() and len(wait) < 8 else 0.0,
            )
        finally:
            response.close()

    def close(self) -> None:
        """Close idle connections."""
        self._client.close()
