"""The gateway's connections to RabbitMQ: opened in the background, opened again when they are lost."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from chassis import link, logging
from chassis.frames import Delivery
from chassis.link import Link, LinkError, Login, Step

SETUP_SECONDS = 10.0
_log = logging.get("gateway.broker")


@dataclass(frozen=True, kw_only=True)
class Use:
    """A connection of its own for one purpose.

    ``steps`` are asked for anew each time: an exclusive queue of the lost connection may still be locked. ``ready``
    is called when they are done, ``lost`` when the connection has gone, ``deliver`` for each message.
    """

    name: str
    steps: Callable[[], Sequence[Step]]
    ready: Callable[[Wire], None]
    deliver: Callable[[Delivery], None]
    lost: Callable[[], None]


class Wire(asyncio.Protocol):
    """Drives a :class:`Link` from the event loop. What is sent within one turn of the loop leaves in few writes."""

    def __init__(self, link: Link, use: Use) -> None:
        self.link = link
        self.gone: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._use = use
        self._loop = asyncio.get_running_loop()
        self._transport: Any = None
        self._ready = False
        self._flushing = False
        self._paused = False
        self._gathered = 0

    def send(self, data: bytes) -> None:
        """Packed frames."""
        self.link.send(data)
        self._gathered += 1
        if self._gathered >= link.BURST and not self._paused:
            self._flush()
        else:
            self._flush_soon()

    def drop(self, reason: str) -> None:
        """End the connection."""
        if not self.gone.done():
            self.gone.set_result(reason)
        if self._transport is not None:
            self._transport.abort()

    def leave(self) -> None:
        """End it in an orderly way."""
        self.link.say_goodbye()
        self._flush()
        self._transport.close()

    def tick(self) -> None:
        """Heartbeats, about once a second."""
        try:
            self.link.tick(self._loop.time())
        except LinkError as error:
            self.drop(str(error))
        self._flush_soon()

    # asyncio's side -----------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        # The loop would keep what is written until its turn ends, unless it is more than this.
        self._transport.set_write_buffer_limits(high=0)
        self._flush()

    def data_received(self, data: bytes) -> None:
        try:
            deliveries = self.link.feed(data, self._loop.time())
        except LinkError as error:
            self.drop(str(error))
            return
        for delivery in deliveries:
            self._use.deliver(delivery)
        if not self._ready and self.link.ready:
            self._ready = True
            self._use.ready(self)
        if self.link.waiting:
            self._flush_soon()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.gone.done():
            self.gone.set_result(repr(exc) if exc else "the broker hung up")

    def pause_writing(self) -> None:
        """The broker reads slowly: frames gather here, as many as there are calls in flight."""
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        self._flush_soon()

    def _flush_soon(self) -> None:
        if not self._flushing and not self._paused:
            self._flushing = True
            self._loop.call_soon(self._end_turn)

    def _end_turn(self) -> None:
        self._flushing = False
        self._flush()

    def _flush(self) -> None:
        self._gathered = 0
        if self.link.waiting and not self._transport.is_closing():
            self._transport.write(self.link.take())


class Broker:
    """Keeps a :class:`Wire` open for each registered :class:`Use`."""

    def __init__(self, uri: str, *, heartbeat: int = 60) -> None:
        self._logins = link.logins(uri)
        self._heartbeat = heartbeat
        self._uses: list[Use] = []
        self._tasks: list[asyncio.Task[None]] = []

    def use(self, use: Use) -> None:
        """Register before :meth:`open`."""
        self._uses.append(use)

    async def open(self) -> None:
        """Start connecting; does not wait for the broker."""
        self._tasks = [asyncio.create_task(self._keep(use), name=use.name) for use in self._uses]

    async def close(self) -> None:
        """Give up the connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _keep(self, use: Use) -> None:
        delay, loop = 0.2, asyncio.get_running_loop()
        for login in itertools.cycle(self._logins):
            began = loop.time()
            try:
                await self._session(use, login)
            except (OSError, TimeoutError, LinkError) as error:
                delay = 0.2 if loop.time() - began > SETUP_SECONDS else min(delay * 2, 3.0)
                _log.warning("broker_unreachable", use=use.name, error=repr(error), retry_seconds=delay)
            await asyncio.sleep(delay)

    async def _session(self, use: Use, login: Login) -> None:
        loop = asyncio.get_running_loop()
        made = Link(login, use.steps(), heartbeat=self._heartbeat, name=f"gateway {use.name}")
        async with asyncio.timeout(link.CONNECT_SECONDS):
            _, wire = await loop.create_connection(lambda: Wire(made, use), login.host, login.port, ssl=login.context())
        began = loop.time()
        try:
            while not wire.gone.done():
                await asyncio.wait([wire.gone], timeout=1.0)
                wire.tick()
                if not made.ready and loop.time() - began > SETUP_SECONDS:
                    raise TimeoutError("the broker does not let us in")
            raise LinkError(wire.gone.result())
        except asyncio.CancelledError:
            with contextlib.suppress(OSError):
                wire.leave()
            raise
        finally:
            wire.drop("over")
            use.lost()
