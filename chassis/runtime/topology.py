"""Exchanges, queues and bindings, derived from what contracts declare and services handle (BUS.md, "Topology")."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

from kombu import Connection, Exchange, Queue, binding

from chassis import config
from chassis.events import TYPES
from chassis.runtime.delivery import SECONDS as TIER_SECONDS
from chassis.runtime.entrypoints import ANY_EVENT
from chassis.runtime.names import PARK, RPC_EXCHANGE, park_name, queue_names, rpc_name
from chassis.runtime.service import Service

MAX_LENGTH = 1_000_000
DELIVERY_LIMIT = 50
# RabbitMQ 4 gives every quorum queue a limit of 20 and drops beyond it; older ones refuse -1 for "none".
NO_DELIVERY_LIMIT = 1_000_000_000


def bus_uri(uri: str) -> str:
    """``pyamqp://``: with ``amqp://`` kombu tries to import a C library on every publish. Each of several, by ``;``."""
    parts = [part.strip() for part in uri.split(";") if part.strip()]
    return ";".join("py" + part if part.startswith("amqp://") else part for part in parts)


def connection(uri: str, **options: Any) -> Connection:
    """A lazy kombu connection; ``options`` as kombu's ``Connection`` takes them."""
    return Connection(any_order(uri), **options)


def any_order(uri: str) -> str:
    """The nodes of a cluster, shuffled: connections spread over them.

    kombu tries two of them per attempt; in a fixed order each new connection would try the same two.
    """
    nodes = bus_uri(uri).split(";")
    return ";".join(random.sample(nodes, len(nodes)))


def events_exchange(owner: str) -> Exchange:
    return Exchange(f"{owner}.events", type="topic", durable=True)


def park_exchange() -> Exchange:
    return Exchange(PARK, type="topic", durable=True)


def retry_exchange(tier: str) -> Exchange:
    return Exchange(f"retry.{tier}", type="fanout", durable=True)


def _quorum(name: str, arguments: dict[str, Any], bindings: Iterable[binding] = ()) -> Queue:
    arguments = {"x-queue-type": "quorum", "x-overflow": "reject-publish", "x-max-length": MAX_LENGTH, **arguments}
    return Queue(name, durable=True, bindings=list(bindings), queue_arguments=arguments)


def event_queue(service: Service, event: str) -> Queue:
    """The queue of one handler: ``<svc>.on_<event>``, or ``<svc>.on_event`` bound to every owner's exchange."""
    name = service.queue_of(event)
    arguments: dict[str, Any] = {
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": PARK,
        "x-dead-letter-routing-key": name,
        "x-dead-letter-strategy": "at-least-once",
    }
    if service.single_consumer:
        arguments["x-single-active-consumer"] = True
    return _quorum(name, arguments, _bindings(event))


def _bindings(event: str) -> list[binding]:
    if event == ANY_EVENT:
        owners = sorted({kind.owner for kind in TYPES.values()})
        return [binding(events_exchange(owner), routing_key="#") for owner in owners]
    return [binding(events_exchange(TYPES[event].owner), routing_key=f"*.{event}")]


def park_queue(service: str) -> Queue:
    """One per service (docs/decisions/0002); the routing key tells which queue a message failed in."""
    arguments = {"x-delivery-limit": NO_DELIVERY_LIMIT}
    return _quorum(park_name(service), arguments, [binding(park_exchange(), routing_key=f"{service}.#")])


def retry_queue(tier: str) -> Queue:
    """Holds a message for the tier's time; dead-letters to the default exchange with its key: the failing queue."""
    arguments = {
        "x-message-ttl": TIER_SECONDS[tier] * 1000,
        "x-dead-letter-exchange": "",
        "x-dead-letter-strategy": "at-least-once",
    }
    return _quorum(f"retry.{tier}", arguments, [binding(retry_exchange(tier), routing_key="#")])


def rpc_queue(service: str) -> Queue:
    """Stock Nameko's: classic; its messages are transient, a call has a deadline and an idempotency key.

    In a cluster a classic queue is away with its node, so there it is a quorum queue, by setting.
    """
    exchange = Exchange(RPC_EXCHANGE, type="topic", durable=True)
    name, key = rpc_name(service), f"{service}.*"
    arguments = {"x-queue-type": "quorum", "x-delivery-limit": DELIVERY_LIMIT}
    if config.RPC_QUEUE_TYPE.get() == "classic":
        arguments = {}
    return Queue(name, exchange=exchange, routing_key=key, durable=True, queue_arguments=arguments)


def consumed_by(service: Service) -> list[str]:
    """Every queue the service's process consumes."""
    return queue_names(service.name, service.handlers(), rpc=bool(service.operations))


def exchanges_of(service: Service) -> list[Exchange]:
    """The service's own exchange, and those of others it binds to, so that the order of migrations is free."""
    own = [] if service.database else [events_exchange(service.name)]
    return [*own, park_exchange(), *(retry_exchange(tier) for tier in TIER_SECONDS)]


def queues_of(service: Service) -> list[Queue]:
    queues = [retry_queue(tier) for tier in TIER_SECONDS] + [park_queue(service.name)]
    queues += [event_queue(service, event) for event in sorted(service.handlers())]
    return [*queues, rpc_queue(service.name)] if service.operations else queues


def declare(amqp_uri: str, service: Service) -> None:
    """Declare all of it. Safe to repeat; fails loudly where the broker has a queue of that name of another kind."""
    with connection(amqp_uri, connect_timeout=10) as conn, conn.channel() as channel:
        for exchange in exchanges_of(service):
            exchange(channel).declare()
        for queue in queues_of(service):
            for bound in queue.bindings:
                bound.declare(channel)
            queue(channel).declare()
