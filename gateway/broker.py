"""The gateway's one connection to RabbitMQ: opened in the background, opened again when it is lost."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import aio_pika
from aio_pika.abc import AbstractConnection
from yarl import URL

from chassis import logging

Setup = Callable[[AbstractConnection], Awaitable[None]]
Loss = Callable[[], None]
_log = logging.get("gateway.broker")


class Broker:
    """Calls each user's ``setup`` after every (re)connection and its ``loss`` when the connection goes.

    The client library's own reconnect is not used: an exclusive queue of the lost connection may still be locked when
    it declares the same name again, so every connection here gets queues of its own.
    """

    def __init__(self, uri: str, *, heartbeat: int = 60) -> None:
        self._url = URL(uri.replace("pyamqp://", "amqp://", 1)).update_query(heartbeat=str(heartbeat))
        self._users: list[tuple[Setup, Loss]] = []
        self._task: asyncio.Task[None] | None = None
        self.connected = False

    def use(self, setup: Setup, loss: Loss) -> None:
        """Register before :meth:`open`."""
        self._users.append((setup, loss))

    async def open(self) -> None:
        """Start connecting; does not wait for the broker."""
        self._task = asyncio.create_task(self._run(), name="broker")

    async def close(self) -> None:
        """Give up the connection."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        delay = 0.2
        while True:
            try:
                await self._session()
                delay = 0.2
            except (OSError, TimeoutError, aio_pika.exceptions.AMQPError, asyncio.InvalidStateError) as error:
                _log.warning("broker_unreachable", error=repr(error), retry_seconds=delay)
            await asyncio.sleep(delay)
            delay = min(delay * 2, 5.0)

    async def _session(self) -> None:
        connection = await aio_pika.connect(self._url, timeout=10)
        lost = asyncio.Event()
        connection.close_callbacks.add(lambda *_: lost.set())
        try:
            for setup, _ in self._users:
                await setup(connection)
            self.connected = True
            _log.info("broker_connected")
            await lost.wait()
        finally:
            self.connected = False
            for _, loss in self._users:
                loss()
            with contextlib.suppress(OSError, aio_pika.exceptions.AMQPError):
                await connection.close()
