"""Calls as stock Nameko consumes them, with the cures of BUS.md: ``RPC_PATH=stock``, the fast path's fallback."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import eventlet
from nameko.rpc import Rpc, RpcConsumer

from chassis import config, crash, logging
from chassis.codes import ChassisCode
from chassis.errors import InternalError, NotFoundError, UnavailableError
from chassis.runtime import wire
from chassis.runtime.answer import HandlerTimeoutError, answer
from chassis.runtime.nameko_queues import BusConsumer
from chassis.runtime.names import RPC_EXCHANGE
from chassis.runtime.outlet import Outlet

log = logging.get(__name__)


class Calls(RpcConsumer):
    """The service's RPC queue. A reply that cannot be published loses the reply, never the process (F3)."""

    queue_consumer = BusConsumer()

    @property
    def prefetch(self) -> int:
        return int(self.container.max_workers)

    def handle_message(self, message: Any) -> None:
        method = message.delivery_info["routing_key"].rpartition(".")[2]
        provider = next((one for one in self._providers if one.method_name == method), None)
        if provider is not None:
            provider.handle_message(message, self.queue_consumer)
            return
        refusal = wire.refusal_body(NotFoundError(ChassisCode.OPERATION_NOT_FOUND, operation=method))
        self.finish(message, refusal)

    def finish(self, message: Any, reply: bytes) -> None:
        """Reply, then acknowledge: at least once."""
        self._reply(message, reply)
        crash.point("call.after_reply")
        self.queue_consumer.ack(message)

    def _reply(self, message: Any, reply: bytes) -> None:
        reply_to = message.properties.get("reply_to")
        if not reply_to:
            return
        outlet: Outlet = self.container.config["replies"]
        properties: dict[str, Any] = {"content_type": wire.CONTENT_TYPE, "content_encoding": "utf-8"}
        if message.properties.get("correlation_id"):
            properties["correlation_id"] = message.properties["correlation_id"]
        try:
            outlet.publish(RPC_EXCHANGE, reply_to, reply, **properties)
        except Exception as error:
            log.error("reply_lost", error=repr(error))


class Call(Rpc):
    """One operation."""

    rpc_consumer = Calls()

    def handle_message(self, message: Any, consumer: BusConsumer) -> None:
        late = _expiry(message)
        work = partial(self._answer, message, consumer, late)
        finish = partial(self._finish, message, consumer)
        self.container.spawn_worker(self, (work,), {}, handle_result=finish)

    def _answer(self, message: Any, consumer: BusConsumer, late: float | None) -> bytes | None:
        if consumer.draining:
            return None
        if late is not None and time.monotonic() > late:
            log.warning("call_expired", operation=self.method_name)
            return b""
        limit = config.HANDLER_LIMIT.get()
        executor, method = self.container.config["executor"], self.method_name
        try:
            with eventlet.Timeout(limit, HandlerTimeoutError(f"{method} ran longer than {limit:g} s")):
                return answer(executor, method, message.headers, bytes(message.body))
        except HandlerTimeoutError:  # it fired outside the call's own try
            return wire.refusal_body(UnavailableError(ChassisCode.DEADLINE_EXCEEDED, operation=method))

    def _finish(self, message: Any, consumer: BusConsumer, context: Any, result: Any, exc_info: Any) -> Any:
        if exc_info is not None:
            result = wire.refusal_body(InternalError(ChassisCode.INTERNAL))
        if result is None:
            consumer.give_back(message)
        elif not result:
            consumer.ack(message)
        else:
            self.rpc_consumer.finish(message, result)
        return None, None


def _expiry(message: Any) -> float | None:
    """When the caller stops waiting, on this process's monotonic clock: the broker drops what expires in its queue."""
    text = str(message.properties.get("expiration") or "")
    return time.monotonic() + int(text) / 1000 if text.isdigit() else None
