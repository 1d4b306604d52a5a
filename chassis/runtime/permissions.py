"""What each account of the broker may do: pure data from the names on the bus (CONTRACT.md, "Who calls").

A permission is a regular expression over names: ``configure`` declares and deletes, ``write`` publishes to an exchange
or binds a queue, ``read`` consumes a queue or binds to an exchange. A topic permission narrows ``write`` and ``read``
of one topic exchange to routing and binding keys. Passive declares, which health asks by, need none of them.
Source: rabbitmq.com/docs/access-control.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chassis.runtime.names import PARK, REPLY_QUEUE, RPC_EXCHANGE, TIERS, park_name, rpc_name

NOTHING = "^$"
# What the broker calls the exchange "" in a permission. Replay publishes to it, by the name of the failing queue.
DEFAULT_EXCHANGE = "amq\\.default"
_UUID = "[0-9a-f-]{36}"
_EVENT = "[a-z0-9_]+"
# What a reply queue may be bound by: one word or its own name, so neither a call's key nor a wildcard that would
# hear every call.
_REPLY_KEY = f"^([0-9A-Za-z_-]+|{re.escape(REPLY_QUEUE)}{_UUID})$"


@dataclass(frozen=True, kw_only=True)
class TopicRight:
    """Keys of one topic exchange: those the user may publish with, and those it may bind."""

    exchange: str
    write: str = NOTHING
    read: str = NOTHING


@dataclass(frozen=True, kw_only=True)
class BrokerUser:
    """One account of the broker and its rights in a virtual host."""

    name: str
    configure: str = NOTHING
    write: str = NOTHING
    read: str = NOTHING
    topics: tuple[TopicRight, ...] = ()


def one_of(parts: Iterable[str]) -> str:
    """An anchored pattern of alternatives: an unanchored one would match within longer names."""
    return f"^({'|'.join(parts)})$"


def _names(names: Iterable[str]) -> list[str]:
    return [re.escape(name) for name in names]


def _events(owner: str) -> str:
    return re.escape(f"{owner}.events")


def _handlers(service: str) -> str:
    return f"{re.escape(service)}\\.on_{_EVENT}"


def migrate_user(services: Iterable[str], *, beside: Iterable[str] = ()) -> BrokerUser:
    """Declares the whole topology. Binding and dead-lettering ask for ``write`` and ``read`` on the same names.

    ``beside``: processes that consume events but own no exchange and answer no call (the trail).
    """
    owners, consumers = list(services), [*services, *beside]
    shared = _names([PARK, RPC_EXCHANGE, *(f"retry.{tier}" for tier in TIERS)])
    own = [_events(owner) for owner in owners] + _names(rpc_name(owner) for owner in owners)
    consumed = [_handlers(name) for name in consumers] + _names(park_name(name) for name in consumers)
    ours = [*shared, *own, *consumed]
    everything = one_of([*ours, DEFAULT_EXCHANGE])  # the dead-letter exchange of the retry queues is ""
    return BrokerUser(name="migrate", configure=one_of(ours), write=everything, read=everything)


def service_user(name: str, *, calls: Iterable[str] = ()) -> BrokerUser:
    """``serve``, ``relay`` and ``jobs`` of one service; ``calls``: those its jobs ask by RPC, if any."""
    replies = [f"rpc\\.reply-client-{_UUID}"] if calls else []
    written = [_events(name), *_names([PARK, RPC_EXCHANGE]), *_tiers(), DEFAULT_EXCHANGE, *replies]
    heard = [_handlers(name), *_names([rpc_name(name), park_name(name)]), *replies]
    # Replies go to whatever key the caller named: a refusal would close the connection that answers everybody, and be
    # repeated with each redelivery. A call forged this way carries no token and is refused by its callee.
    rpc = [TopicRight(exchange=RPC_EXCHANGE, write=".*", read=_REPLY_KEY)] if calls else []
    return BrokerUser(
        name=name,
        configure=one_of(replies) if replies else NOTHING,
        write=one_of(written),
        read=one_of([*heard, *(_names([RPC_EXCHANGE]) if calls else [])]),
        topics=(*rpc, _own_parking(name)),
    )


def listener_user(name: str) -> BrokerUser:
    """A process that only applies events (the trail): it sends on what fails, and answers and publishes nothing."""
    return BrokerUser(
        name=name,
        write=one_of([*_names([PARK]), *_tiers()]),
        read=one_of([_handlers(name), *_names([park_name(name)])]),
        topics=(_own_parking(name),),
    )


def gateway_user(name: str, *, services: Iterable[str], district: str) -> BrokerUser:
    """Calls every service; hears the events of its district; publishes none."""
    called = list(services)
    own = [f"rpc\\.reply-gateway-{_UUID}", f"gateway\\.events-{_UUID}"]
    calls = one_of(f"{re.escape(service)}\\.{_EVENT}" for service in called)
    here = f"^{re.escape(district)}\\."
    return BrokerUser(
        name=name,
        configure=one_of(own),
        write=one_of([*_names([RPC_EXCHANGE]), *own]),
        read=one_of([*_names([RPC_EXCHANGE]), *(_events(service) for service in called), *own]),
        topics=(
            TopicRight(exchange=RPC_EXCHANGE, write=calls, read=_REPLY_KEY),
            *(TopicRight(exchange=f"{service}.events", read=here) for service in called),
        ),
    )


def _tiers() -> list[str]:
    return _names(f"retry.{tier}" for tier in TIERS)


def _own_parking(name: str) -> TopicRight:
    """Nobody parks in another's name."""
    return TopicRight(exchange=PARK, write=f"^{_handlers(name)}$")


def rights(users: Iterable[BrokerUser], *, vhost: str = "/") -> dict[str, list[dict[str, Any]]]:
    """``permissions`` and ``topic_permissions`` of a RabbitMQ definitions file."""
    listed = list(users)
    return {
        "permissions": [
            {"user": one.name, "vhost": vhost, "configure": one.configure, "write": one.write, "read": one.read}
            for one in listed
        ],
        "topic_permissions": [
            {"user": one.name, "vhost": vhost, "exchange": topic.exchange, "write": topic.write, "read": topic.read}
            for one in listed
            for topic in one.topics
        ],
    }
