"""Publishing from a serving process: replies, and messages on their way to retry or parking."""

from __future__ import annotations

import threading
from typing import Any

import amqp
import kombu

from chassis import config
from chassis.runtime import topology


class PublishError(Exception):
    """The broker did not take the message; nothing may be acknowledged on its account."""


class Outlet:
    """One connection, opened when first used and again after any failure; one publish at a time.

    ``confirm``: wait for the broker's confirm, and count an unroutable message as a failure.
    """

    def __init__(self, amqp_uri: str, *, confirm: bool) -> None:
        self._uri = amqp_uri
        self._confirm = confirm
        self._lock = threading.Lock()  # a green one in a serving process
        self._connection: kombu.Connection | None = None
        self._channel: Any = None

    def publish(self, exchange: str, routing_key: str, body: bytes, **properties: Any) -> None:
        """Raises :class:`PublishError`. A connection found dead is replaced once."""
        message = amqp.Message(body, **properties)
        with self._lock:
            fresh = self._channel is None
            try:
                self._send(exchange, routing_key, message)
            except Exception as error:
                self._drop()
                if fresh or isinstance(error, PublishError):
                    raise PublishError(repr(error)) from error
                self._send_again(exchange, routing_key, message)

    def close(self) -> None:
        with self._lock:
            self._drop()

    def _send_again(self, exchange: str, routing_key: str, message: amqp.Message) -> None:
        try:
            self._send(exchange, routing_key, message)
        except Exception as error:
            self._drop()
            raise PublishError(repr(error)) from error

    def _send(self, exchange: str, routing_key: str, message: amqp.Message) -> None:
        channel = self._channel or self._open()
        if not self._confirm:
            channel.basic_publish(message, exchange=exchange, routing_key=routing_key, timeout=5)
            return
        limit = config.CONFIRM_LIMIT.get()
        channel.basic_publish(
            message, exchange=exchange, routing_key=routing_key, mandatory=True, confirm_timeout=limit, timeout=limit
        )

    def _open(self) -> Any:
        options = {"confirm_publish": self._confirm}
        self._connection = topology.connection(self._uri, connect_timeout=5, transport_options=options)
        self._channel = self._connection.channel()
        if self._confirm:
            self._channel.events["basic_return"].add(_refuse)
        return self._channel

    def _drop(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            connection.collect(socket_timeout=1)


def _refuse(error: Exception, exchange: str, routing_key: str, message: Any) -> None:
    raise PublishError(f"no queue for {exchange} {routing_key}")
