"""Drives a chassis.link.Link from greenlets: connects, reads, writes what has gathered in one go, connects anew."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from typing import Any

import eventlet
from eventlet.green import socket as green_socket
from eventlet.greenthread import GreenThread

from chassis import link, logging
from chassis.frames import Delivery
from chassis.link import Link, LinkError, Login, Step

log = logging.get(__name__)
CHUNK = 256 * 1024
SETUP_SECONDS = 10.0
OnDelivery = Callable[[Delivery, Link], None]


class GreenLink:
    """One connection of a serving process, kept until :meth:`close`. ``on_delivery`` must not block.

    A write costs no switch of its own: frames gather until the running greenlets pause, then leave together.
    """

    def __init__(
        self, uri: str, steps: Sequence[Step], *, on_delivery: OnDelivery, heartbeat: int, name: str = ""
    ) -> None:
        self.link: Link | None = None
        self._logins = link.logins(uri)
        self._steps = steps
        self._on_delivery = on_delivery
        self._heartbeat = heartbeat
        self._name = name
        self._hub = eventlet.hubs.get_hub()
        self._closing = False
        self._socket: Any = None
        self._writer: GreenThread | None = None
        self._parked = False

    def run(self) -> None:
        """Until :meth:`close`. Back within seconds of the broker, however long it was away."""
        wait = 0.2
        for login in itertools.cycle(self._logins):
            began = time.monotonic()
            try:
                self._session(login)
            except (OSError, EOFError, LinkError) as error:  # EOFError: eventlet's word for a socket closed meanwhile
                if self._closing:
                    return
                wait = 0.2 if time.monotonic() - began > SETUP_SECONDS else min(wait * 2, 3.0)
                log.warning("broker_away", error=repr(error), retry_seconds=wait, link=self._name)
            eventlet.sleep(wait)

    def send(self, data: bytes) -> None:
        """Packed frames on the connection that is up; without one they are dropped."""
        if self.link is not None:
            self.link.send(data)
            self.wake()

    def wake(self) -> None:
        """Have the writer run once the greenlets that are ready now have run."""
        if self._parked:
            self._parked = False
            self._hub.schedule_call_global(0, self._writer.switch)  # type: ignore[union-attr]

    def close(self) -> None:
        """Flush, say goodbye, and end :meth:`run`."""
        self._closing = True
        if self.link is not None:
            self.link.say_goodbye()
            self.wake()
            limit = time.monotonic() + 2
            while self.link is not None and (self.link.waiting or not self._parked) and time.monotonic() < limit:
                eventlet.sleep(0.01)
        self.drop()

    def drop(self) -> None:
        """End the connection at once; :meth:`run` makes another unless closing."""
        if self._socket is not None:
            try:
                self._socket.shutdown(green_socket.SHUT_RDWR)
            except OSError:
                self._socket.close()

    def _session(self, login: Login) -> None:
        sock = self._socket = self._connect(login)
        current = Link(login, self._steps, heartbeat=self._heartbeat, name=self._name)
        self._parked = False
        self._writer = eventlet.spawn(self._write, sock, current)
        ticker = eventlet.spawn(self._tick, current)
        try:
            self._read(sock, current)
        finally:
            self.link, self._socket, self._parked = None, None, False
            for helper in (self._writer, ticker):
                eventlet.kill(helper)
            sock.close()

    def _connect(self, login: Login) -> Any:
        sock = green_socket.create_connection((login.host, login.port), timeout=link.CONNECT_SECONDS)
        sock.settimeout(None)
        sock.setsockopt(green_socket.IPPROTO_TCP, green_socket.TCP_NODELAY, 1)
        context = login.context()
        if context is None:
            return sock
        from eventlet.green import ssl as green_ssl

        return green_ssl.GreenSSLContext.wrap_socket(context, sock, server_hostname=login.host)

    def _read(self, sock: Any, current: Link) -> None:
        while True:
            data = sock.recv(CHUNK)
            if not data:
                raise LinkError("the broker hung up")
            for delivery in current.feed(data, time.monotonic()):
                self._on_delivery(delivery, current)
            if self.link is None and current.ready:
                self.link = current
                log.info("broker_connected", link=self._name)
            if current.waiting:
                self.wake()

    def _write(self, sock: Any, current: Link) -> None:
        try:
            while True:
                data = current.take()
                if data:
                    sock.sendall(data)
                else:
                    self._parked = True
                    self._hub.switch()
        except OSError:
            self.drop()  # the reader finds out and says so

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
                log.warning("link_dropped", error=str(error), link=self._name)
                self.drop()
                return
            if current.waiting:
                self.wake()
