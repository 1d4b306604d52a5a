"""Drives a chassis.link.Link from the event loop: connects, reads, writes what has gathered at once, connects anew."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from typing import Any

import eventlet

from chassis import link, logging
from chassis.frames import Delivery
from chassis.link import Link, LinkError, Login, Step
from chassis.runtime import hub_socket
from chassis.runtime.hub_socket import HubSocket, Tls

log = logging.get(__name__)
SETUP_SECONDS = 10.0
GOODBYE_SECONDS = 2.0
OnDelivery = Callable[[Delivery, Link], None]


class GreenLink:
    """One connection of a serving process, kept until :meth:`close`. ``on_delivery`` runs in the loop: it never blocks.

    Frames sent in one turn of the loop leave in few writes, so that whoever is asked can begin before the turn ends.
    ``before_write`` may add to what leaves.
    """

    def __init__(
        self,
        uri: str,
        steps: Sequence[Step],
        *,
        on_delivery: OnDelivery,
        heartbeat: int,
        name: str = "",
        before_write: Callable[[Link], None] = lambda _: None,
    ) -> None:
        self.link: Link | None = None
        self._logins = link.logins(uri)
        self._steps = steps
        self._on_delivery = on_delivery
        self._heartbeat = heartbeat
        self._name = name
        self._before_write = before_write
        self._hub = eventlet.hubs.get_hub()
        self._closing = False
        self._socket: HubSocket | None = None
        self._current: Link | None = None
        self._woken = False
        self._gathered = 0

    def run(self) -> None:
        """Until :meth:`close`. Back within seconds of the broker, however long it was away."""
        wait = 0.2
        for login in itertools.cycle(self._logins):
            began = time.monotonic()
            try:
                self._session(login)
            except (OSError, EOFError, LinkError) as error:
                if self._closing:
                    return
                wait = 0.2 if time.monotonic() - began > SETUP_SECONDS else min(wait * 2, 3.0)
                log.warning("broker_away", error=repr(error), retry_seconds=wait, link=self._name)
            eventlet.sleep(wait)

    def wake(self) -> None:
        """Have what was sent on :attr:`link` leave: with some more, or once the greenlets that are ready have run."""
        self._gathered += 1
        if self._gathered >= link.BURST:
            self._flush()
        elif not self._woken:
            self._woken = True
            self._hub.schedule_call_global(0, self._end_turn)

    def close(self) -> None:
        """Flush, say goodbye, hear the broker's, and end :meth:`run`."""
        self._closing = True
        if self.link is not None:
            self._flush()  # with what before_write adds: the broker reads nothing that follows a goodbye
            self.link.say_goodbye()
            self._flush()
            limit = time.monotonic() + GOODBYE_SECONDS
            while self._socket is not None and time.monotonic() < limit:
                eventlet.sleep(0.01)
        self.drop()

    def drop(self) -> None:
        """End the connection at once; :meth:`run` makes another unless closing."""
        if self._socket is not None:
            self._socket.fail(LinkError("dropped"))

    def _session(self, login: Login) -> None:
        sock = self._connect(login)
        current = self._current = Link(login, self._steps, heartbeat=self._heartbeat, name=self._name)
        context = login.context()
        tls = Tls(context, login.host) if context else None
        self._socket = HubSocket(sock, tls, self._on_data)
        ticker = eventlet.spawn(self._tick, current)
        try:
            self._flush()
            raise self._socket.lost.wait()
        finally:
            eventlet.kill(ticker)
            self._socket.close()
            self.link = self._socket = self._current = None

    def _connect(self, login: Login) -> Any:
        return hub_socket.connect(login.host, login.port, seconds=link.CONNECT_SECONDS)

    def _on_data(self, data: bytes) -> None:
        current = self._current
        if current is None:
            return
        self._woken = True  # what the deliveries answer at once leaves below
        deliveries = current.feed(data, time.monotonic())
        if self.link is None and current.ready:  # first: a backlog comes in the same octets as the last answer
            self.link = current
            log.info("broker_connected", link=self._name)
        for delivery in deliveries:
            self._on_delivery(delivery, current)
        self._end_turn()

    def _end_turn(self) -> None:
        self._woken = False
        self._flush()

    def _flush(self) -> None:
        self._gathered = 0
        if self._current is None or self._socket is None:
            return
        self._before_write(self._current)
        if self._current.waiting:
            self._socket.write(self._current.take())

    def _tick(self, current: Link) -> None:
        """Heartbeats; and an end to a broker that takes the connection and then says nothing."""
        began = time.monotonic()
        while True:
            eventlet.sleep(min(1.0, max(self._heartbeat / 4, 0.1)))
            try:
                current.tick(time.monotonic())
                if not current.ready and time.monotonic() - began > SETUP_SECONDS:
                    raise LinkError("the broker does not let us in")
            except LinkError as error:
                if self._socket is not None:
                    self._socket.fail(error)
                return
            self._flush()
