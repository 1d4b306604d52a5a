"""Names on the bus, without a broker library: what contracts, tests and the gateway may know of them."""

from __future__ import annotations

from collections.abc import Iterable

from chassis.runtime.entrypoints import ANY_EVENT

PARK = "park"
RPC_EXCHANGE = "nameko-rpc"
# A reply_to of this name is a queue, bound by its name too: a service may answer straight into it.
REPLY_QUEUE = "rpc.reply-gateway-"
TIERS = ("1s", "5s", "30s", "5m", "30m")


def queue_name(service: str, event: str) -> str:
    """``notify.on_proposal_submitted``; the wildcard's is ``<service>.on_event``."""
    return f"{service}.on_event" if event == ANY_EVENT else f"{service}.on_{event}"


def rpc_name(service: str) -> str:
    return f"rpc-{service}"


def reply_exchange(reply_to: str) -> str:
    """The default exchange for a queue of ours; a stock caller's key is one of Nameko's topic exchange."""
    return "" if reply_to.startswith(REPLY_QUEUE) else RPC_EXCHANGE


def park_name(service: str) -> str:
    return f"{PARK}.{service}"


def queue_names(service: str, events: Iterable[str], *, rpc: bool = True) -> list[str]:
    """Every queue a service's process consumes."""
    queues = [rpc_name(service)] if rpc else []
    return [*queues, *sorted(queue_name(service, event) for event in events), park_name(service)]
