"""What an app is made of; tests make it of other things."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from chassis.tokens import Verifier
from gateway.cache import ReadCache
from gateway.catalogue import Catalogue
from gateway.files import FileStore
from gateway.hot import Reads
from gateway.limits import KeyLimits, SignInLimits
from gateway.revoked import Revoked
from gateway.route import Route
from gateway.rpc import Rpc
from gateway.stream import EventHub


@dataclass(frozen=True, kw_only=True)
class Deps:
    """``own`` holds the responders of the routes that the gateway answers by itself; ``create_app`` fills it.

    ``key_limits``: of API keys; ``None`` takes none. ``revoked``: sessions that were ended, which ``verifier`` refuses.
    ``cache``: where replies are kept; ``None`` asks the services each time. ``reads`` is ``create_app``'s, too.
    """

    rpc: Rpc
    verifier: Verifier
    files: FileStore
    hub: EventHub
    limits: SignInLimits
    routes: Sequence[Route]
    catalogue: Catalogue
    street: str = ""
    district: str = ""
    body_max: int = 256 * 1024
    settle_seconds: float = 60.0
    in_flight_max: int = 256
    cache: ReadCache | None = None
    reads: Reads | None = None
    key_limits: KeyLimits | None = None
    revoked: Revoked = field(default_factory=Revoked)
    own: Mapping[str, Callable[..., Awaitable[None]]] = field(default_factory=dict)
    opens: Sequence[Callable[[], Awaitable[None]]] = ()
    closes: Sequence[Callable[[], Awaitable[None]]] = ()
