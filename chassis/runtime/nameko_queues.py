"""Consuming, on Nameko: its QueueConsumer with the cures of BUS.md (F1 to F6, F20)."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import eventlet
from amqp import spec
from amqp.exceptions import AMQPError, RecoverableConnectionError
from kombu import Consumer
from nameko.messaging import QueueConsumer

from chassis import config, logging

log = logging.get(__name__)


class LimitedConsumer(Consumer):
    """Sets its own prefetch just before it consumes: the channel keeps one value, for whoever consumes next."""

    limit = 1

    def consume(self, no_ack: bool | None = None) -> None:
        self.qos(prefetch_count=self.limit)
        super().consume(no_ack=no_ack)


class BusConsumer(QueueConsumer):
    """Hands each provider the raw message, knows what is not yet settled, and leaves only when nothing is.

    A provider has ``queue``, ``prefetch`` and ``handle_message(message)``, which must settle the message by
    :meth:`ack` or :meth:`give_back`, in whatever greenlet.
    """

    def __init__(self) -> None:
        super().__init__()
        self.draining = False
        self._consumers: dict[Any, Any] = {}
        self._pending_remove_providers: dict[Any, Any] = {}
        self._unsettled: set[Any] = set()
        self._writing = threading.Lock()

    # the connection ---------------------------------------------------------------------------------------------

    @contextmanager
    def establish_connection(self) -> Iterator[Any]:
        """Back within seconds of the broker, however long it was away; gives up only when asked to stop."""
        with self.create_connection() as conn:
            wait = 0.2
            while not conn.connected:
                try:
                    conn.connect()
                except conn.connection_errors as error:
                    self.on_connection_error(error, wait)
                    eventlet.sleep(wait)
                    wait = min(wait * 2, 3.0)
            self._unsettled = set()  # the broker has taken back what the old connection held
            yield conn

    def on_connection_error(self, exc: BaseException, interval: float) -> None:
        log.warning("broker_away", error=repr(exc), retry_seconds=interval)
        if self._pending_remove_providers:  # asked to stop meanwhile: there is nothing to cancel
            self._consumers = {}
            self._release()
            raise RecoverableConnectionError("stopping while the broker is away")

    def _release(self) -> None:
        waiting, self._pending_remove_providers = self._pending_remove_providers, {}
        self.draining = self.should_stop = True
        for removed in waiting.values():
            removed.send()

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        channel.auto_decode = False  # bodies stay bytes
        self._consumers = {}
        for provider in self._providers:
            # the migrate step declared everything; a service's broker user need not be allowed to
            on_message = partial(self.handle_message, provider)
            consumer = LimitedConsumer(
                channel,
                queues=[provider.queue],
                on_message=on_message,
                on_decode_error=self.on_decode_error,
                auto_declare=False,
            )
            consumer.limit = provider.prefetch
            self._consumers[provider] = consumer
        return list(self._consumers.values())

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """Bodies are not decoded here; this is a broken compression header. The delivery limit parks it (F2)."""
        log.error("message_unreadable", error=repr(exc))
        self.give_back(message)

    # messages ---------------------------------------------------------------------------------------------------

    def handle_message(self, provider: Any, message: Any) -> None:
        self._unsettled.add(message)
        self.container.spawn_managed_thread(partial(provider.handle_message, message), identifier=repr(provider))

    def ack(self, message: Any) -> None:
        self._settle(message, spec.Basic.Ack, "Lb", False)

    def ack_all(self, messages: Sequence[Any]) -> None:
        """By one frame where that says nothing of anybody else's message."""
        last = max(messages, key=lambda message: message.delivery_tag)
        channels = {id(message.channel) for message in messages}
        covered = {message for message in self._unsettled if message.delivery_tag <= last.delivery_tag}
        if len(channels) > 1 or not covered <= set(messages):
            for message in messages:
                self.ack(message)
            return
        self._unsettled -= covered
        self._settle(last, spec.Basic.Ack, "Lb", True)

    def give_back(self, message: Any) -> None:
        """By nack: a reject would count against the delivery limit of newer brokers (F20)."""
        self._settle(message, spec.Basic.Nack, "Lbb", False, True)

    def _settle(self, message: Any, method: Any, signature: str, *flags: bool) -> None:
        """``flags``: multiple, requeue. Sent as a frame: py-amqp's Channel has no method for nack."""
        self._unsettled.discard(message)
        if message.channel is None or not message.channel.connection:
            return  # the broker has reclaimed it
        try:
            with self._writing:
                message.channel.send_method(method, signature, (message.delivery_tag, *flags))
        except (OSError, AMQPError) as error:
            log.warning("settle_failed", error=repr(error))

    # draining ---------------------------------------------------------------------------------------------------

    def on_iteration(self) -> None:
        """Cancel consumers when asked; go only when every message is settled (F6)."""
        self._cancel_consumers_if_requested()
        if not self._consumers:
            self.draining = True
            self.should_stop = not self._unsettled

    def unregister_provider(self, provider: Any) -> None:
        """Returns when everything is settled. The container then waits for its pool of workers, and eventlet's
        ``waitall`` sleeps for ever if the pool was empty for an instant while a message waited for a worker."""
        super().unregister_provider(provider)
        while self._unsettled:
            eventlet.sleep(0.02)

    def consume(self, limit: Any = None, timeout: Any = None, safety_interval: float = 1, **kwargs: Any) -> Any:
        """Kombu looks after its heartbeat only when nothing came for ``safety_interval``, and the broker's own come."""
        pause = min(0.5, (config.HEARTBEAT.get() or 60) / 4)
        return super().consume(limit=limit, timeout=timeout, safety_interval=pause, **kwargs)

    def kill(self) -> None:
        """Nothing is drained; the broker takes back what was not acknowledged."""
        self.should_stop = True
        if self._gt is not None and not self._gt.dead:
            eventlet.kill(self._gt)
