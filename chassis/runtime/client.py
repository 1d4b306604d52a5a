"""Synchronous calls to other services, for job processes: reads, before a transaction, never without a deadline."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

import amqp
import kombu
import msgspec

from chassis import config, ids, tokens
from chassis.codes import ChassisCode
from chassis.errors import InternalError, UnavailableError
from chassis.runtime import topology, wire
from chassis.runtime.names import RPC_EXCHANGE


class RpcClient:
    """``RpcClient(uri, acting_as="notify").call("registry", "get_addresses", {…})``; one call at a time.

    ``acting_as`` signs each call as that service (decision 0005), unless the headers bring a token.
    """

    def __init__(self, amqp_uri: str | None = None, *, acting_as: str | None = None) -> None:
        self._uri = amqp_uri or config.AMQP_URI.get()
        self._service = acting_as
        self._lock = threading.Lock()
        self._connection: kombu.Connection | None = None
        self._channel: Any = None
        self._reply_to = ""
        self._replies: dict[str, Any] = {}

    def call(
        self,
        service: str,
        method: str,
        kwargs: Mapping[str, Any] | None = None,
        headers: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,
    ) -> Any:
        """The reply, or the callee's own error; :class:`UnavailableError` where nobody answers in time (F7)."""
        seconds = timeout or config.RPC_DEADLINE.get()
        limit = time.monotonic() + seconds
        if not self._lock.acquire(timeout=seconds):
            raise UnavailableError(ChassisCode.DEADLINE_EXCEEDED, operation=f"{service}.{method}")
        try:
            body = self._exchange(f"{service}.{method}", dict(kwargs or {}), dict(headers or {}), limit)
        except TimeoutError as error:
            self._drop()
            raise UnavailableError(ChassisCode.DEADLINE_EXCEEDED, operation=f"{service}.{method}") from error
        except (OSError, amqp.AMQPError) as error:
            self._drop()
            raise UnavailableError(ChassisCode.SERVICE_UNAVAILABLE, service=service) from error
        finally:
            self._lock.release()
        try:
            return wire.result_of(body)
        except msgspec.DecodeError as error:
            raise InternalError(ChassisCode.INTERNAL) from error

    def close(self) -> None:
        with self._lock:
            self._drop()

    def _exchange(self, operation: str, kwargs: dict[str, Any], headers: dict[str, Any], limit: float) -> bytes:
        if self._service and "authorization" not in headers:
            headers["authorization"] = tokens.service_token(self._service)
        key = str(ids.new_uuid())
        body = msgspec.json.encode({"args": [], "kwargs": kwargs})
        for attempt in (1, 2):
            try:
                self._publish(operation, body, headers, key, limit)
                break
            except (OSError, amqp.AMQPError):
                if attempt == 2 or time.monotonic() >= limit:
                    raise
                self._drop()  # an idle connection that died meanwhile
        while key not in self._replies:
            left = limit - time.monotonic()
            if left <= 0:
                raise TimeoutError(operation)
            assert self._connection is not None
            self._connection.drain_events(timeout=left)
        found = self._replies.pop(key)
        self._replies.clear()
        if isinstance(found, Exception):
            raise found
        return bytes(found)

    def _publish(self, operation: str, body: bytes, headers: dict[str, Any], key: str, limit: float) -> None:
        channel = self._channel or self._open()
        message = amqp.Message(
            body,
            content_type=wire.CONTENT_TYPE,
            content_encoding="utf-8",
            correlation_id=key,
            reply_to=self._reply_to,
            expiration=str(max(1, int((limit - time.monotonic()) * 1000))),
            delivery_mode=1,
            application_headers=wire.message_headers(headers),
        )
        channel.basic_publish(message, exchange=RPC_EXCHANGE, routing_key=operation, mandatory=True, timeout=5)

    def _open(self) -> Any:
        self._connection = topology.connection(self._uri, connect_timeout=5)
        channel = self._connection.channel()
        channel.auto_decode = False
        self._reply_to = str(ids.new_uuid())
        queue = f"rpc.reply-client-{self._reply_to}"
        channel.queue_declare(queue, exclusive=True, auto_delete=True)
        channel.queue_bind(queue, RPC_EXCHANGE, routing_key=self._reply_to)
        channel.basic_consume(queue, no_ack=True, callback=self._on_reply)
        channel.events["basic_return"].add(self._on_return)
        self._channel = channel
        return channel

    def _on_reply(self, message: Any) -> None:
        self._replies[message.properties.get("correlation_id", "")] = message.body

    def _on_return(self, error: Exception, exchange: str, routing_key: str, message: Any) -> None:
        """Nobody has a queue for it: say so at once."""
        service = routing_key.partition(".")[0]
        refusal = UnavailableError(ChassisCode.SERVICE_UNAVAILABLE, service=service)
        self._replies[message.properties.get("correlation_id", "")] = refusal

    def _drop(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        self._replies.clear()
        if connection is not None:
            connection.collect(socket_timeout=1)
