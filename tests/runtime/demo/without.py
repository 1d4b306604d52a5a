"""Takes a cure of the chassis out again: the process then behaves as stock Nameko does (BUS.md, the F table).

``DEMO_WITHOUT=F1`` in the environment of a demo process. Controls of tests/runtime/test_cures_*.py: the scenario that
passes with the cure must show the failure without it. Each names the seam it replaces; a renamed seam fails here.
"""

from __future__ import annotations

import json
import logging.config
import threading
from collections.abc import Callable, Mapping
from typing import Any

import nameko.exceptions
from kombu.mixins import ConsumerMixin
from nameko.containers import ServiceContainer
from nameko.extensions import DependencyProvider
from nameko.messaging import QueueConsumer
from nameko.rpc import Responder, get_rpc_exchange
from sqlalchemy.orm import Session

from chassis import context, inbox
from chassis import logging as chassis_logging
from chassis.actor import system_actor
from chassis.context import Context
from chassis.errors import FootprintError
from chassis.events import Envelope
from chassis.runtime import nameko_entrypoints, nameko_host, nameko_queues, stock_calls, wire
from chassis.runtime.execute import Executor
from tests.runtime.demo import service


def acked_whatever_happened() -> None:
    """F1: the result of a handler does not matter to stock Nameko, it acknowledges."""

    def finish(self: Any, message: Any, verdict: Any) -> None:
        self.queue_consumer.ack(message)

    _replace(nameko_entrypoints.EventQueue, "finish", finish)


def decoded_by_kombu() -> None:
    """F2: kombu decodes; what it cannot decode is logged and acknowledged."""

    def get_consumers(self: Any, consumer_cls: Any, channel: Any) -> Any:
        for provider in self._providers:
            self._consumers[provider] = consumer_cls(
                queues=[provider.queue],
                callbacks=[lambda body, message, provider=provider: self.handle_message(provider, message)],
                auto_declare=False,
                accept=self.accept,
            )
        return list(self._consumers.values())

    _replace(nameko_queues.BusConsumer, "get_consumers", get_consumers)
    _replace(nameko_queues.BusConsumer, "on_decode_error", ConsumerMixin.on_decode_error)


def replied_by_nameko() -> None:
    """F3: a reply that cannot be published raises out of the worker."""

    def reply(self: Any, message: Any, body: bytes) -> None:
        settings = self.container.config
        result = json.loads(body)["result"]
        Responder(settings["AMQP_URI"], get_rpc_exchange(settings), "json", message).send_response(result, None)

    _replace(stock_calls.Calls, "_reply", reply)


def acked_by_nameko() -> None:
    """F4: ``ack_message`` knows amqp's ConnectionError only."""

    def ack(self: Any, message: Any) -> None:
        self._unsettled.discard(message)
        self.ack_message(message)

    _replace(nameko_queues.BusConsumer, "ack", ack)


def worked_on_the_loop() -> None:
    """F5: CPU work beside the heartbeats' greenlet instead of beside the loop."""
    _replace(service, "offload", lambda work, *args: work(*args))


def stopped_without_draining() -> None:
    """F6: the consumer's connection goes as soon as its consumers are cancelled."""
    _replace(nameko_queues.BusConsumer, "on_iteration", QueueConsumer.on_iteration)


def called_without_an_id() -> None:
    """F8: a redelivered request is one more request."""
    known = wire.call_headers

    def call_headers(headers: Mapping[str, Any]) -> dict[str, str]:
        return {name: value for name, value in known(headers).items() if name != "command_id"}

    _replace(wire, "call_headers", call_headers)


_open = threading.local()  # a green one in a serving process


def committed_by_worker_result() -> None:
    """F9: as nameko-sqlalchemy's ``DatabaseSession``: the transaction ends in ``worker_result``, after the ack."""

    def handle(self: Executor, envelope: Envelope, *, event: str | None = None, retried: bool = False) -> bool:
        handler = self.service.queue_of(envelope.name)
        session: Session = self.sessions()
        actor = system_actor(handler, envelope.district_code)
        context.bind(session, Context(service=self.service.name, actor=actor, trace_id=envelope.trace_id))
        _open.session = session
        if not inbox.accept(session, handler=handler, event_id=envelope.id):
            return False
        getattr(self.service.cls(), self.service.handlers()[envelope.name])(session, envelope.decode(), envelope)
        return True

    def worker_result(self: Any, worker_ctx: Any, result: Any = None, exc_info: Any = None) -> None:
        session, _open.session = getattr(_open, "session", None), None
        if session is not None:
            session.commit()

    _replace(Executor, "handle", handle)
    _replace(ServiceContainer, "_worker_result", worker_result)


class SessionPerWorker(DependencyProvider):
    """What examples of Nameko inject: a session with its connection, made before the worker runs."""

    def get_dependency(self, worker_ctx: Any) -> Any:
        session = self.container.config["executor"].sessions()
        session.connection()
        return session

    def worker_teardown(self, worker_ctx: Any) -> None:
        worker_ctx.service.session.close()


def injected_a_session() -> None:
    """F10: an error in ``get_dependency`` kills the container."""
    made = nameko_host.nameko_class

    def nameko_class(one: Any) -> type:
        return type(one.cls.__name__, (made(one),), {"session": SessionPerWorker()})

    _replace(nameko_host, "nameko_class", nameko_class)


def passed_every_header_on() -> None:
    """F11: whatever a caller sends is context data, downstream too."""

    def call_headers(headers: Mapping[str, Any]) -> dict[str, Any]:
        return {name.removeprefix(wire.PREFIX): value for name, value in headers.items()}

    _replace(wire, "call_headers", call_headers)


def hid_older_loggers() -> None:
    """F14: dictConfig's default disables every logger made before, Nameko's critical line with it."""

    def configure() -> None:
        handlers = {"plain": {"class": "logging.StreamHandler"}}
        logging.config.dictConfig({"version": 1, "handlers": handlers, "root": {"handlers": ["plain"]}})

    _replace(chassis_logging, "configure", configure)


def serialized_by_nameko() -> None:
    """F17: an error crosses as a module path and texts."""

    def refusal(error: FootprintError) -> dict[str, Any]:
        return {"result": None, "error": nameko.exceptions.serialize(error)}

    _replace(wire, "refusal", refusal)


def requeued_by_nameko() -> None:
    """F20: kombu's ``requeue`` is a reject."""

    def give_back(self: Any, message: Any) -> None:
        self._unsettled.discard(message)
        self.requeue_message(message)

    _replace(nameko_queues.BusConsumer, "give_back", give_back)


def _replace(owner: Any, name: str, stock: Any) -> None:
    if not hasattr(owner, name):
        raise AttributeError(f"{owner!r} has no {name}: a control would pass without controlling anything")
    setattr(owner, name, stock)


CURES: dict[str, Callable[[], None]] = {
    "F1": acked_whatever_happened,
    "F2": decoded_by_kombu,
    "F3": replied_by_nameko,
    "F4": acked_by_nameko,
    "F5": worked_on_the_loop,
    "F6": stopped_without_draining,
    "F8": called_without_an_id,
    "F9": committed_by_worker_result,
    "F10": injected_a_session,
    "F11": passed_every_header_on,
    "F14": hid_older_loggers,
    "F17": serialized_by_nameko,
    "F20": requeued_by_nameko,
}


def take_out(names: str) -> None:
    """``"F4 F14"``: those of this process."""
    for name in names.split():
        CURES[name]()
