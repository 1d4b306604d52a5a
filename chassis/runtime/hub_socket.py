"""A connected socket served by the event loop's own callbacks: no greenlet waits for it, and no use of it blocks.

eventlet's green sockets register with epoll anew for every wait and switch greenlets for every read and write; on the
path of calls that costs more than the calls.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any

import eventlet
from eventlet.event import Event
from eventlet.green import socket as green_socket

CHUNK = 256 * 1024


def connect(host: str, port: int, *, seconds: float) -> Any:
    """A connected, non-blocking socket; waits as a green one does."""
    green = green_socket.create_connection((host, port), timeout=seconds)
    green.setsockopt(green_socket.IPPROTO_TCP, green_socket.TCP_NODELAY, 1)
    return green


class Tls:
    """TLS between the socket and its user, in memory."""

    def __init__(self, context: ssl.SSLContext, host: str) -> None:
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._ssl = context.wrap_bio(self._in, self._out, server_hostname=host)
        self._shaken = False
        self._early: list[bytes] = []

    def received(self, data: bytes) -> bytes:
        """What the peer said; raises :class:`ssl.SSLError` for what is no TLS or a certificate nobody trusts."""
        self._in.write(data)
        if not self._shake():
            return b""
        found = []
        try:
            while piece := self._ssl.read(CHUNK):
                found.append(piece)
        except ssl.SSLWantReadError:
            pass
        return b"".join(found)

    def sent(self, data: bytes) -> bytes:
        """What is to be written for ``data``, and whatever the handshake has to say."""
        if self._shake():
            if data:
                self._ssl.write(data)
        else:
            self._early.append(data)
        return self._out.read()

    def _shake(self) -> bool:
        if not self._shaken:
            try:
                self._ssl.do_handshake()
            except ssl.SSLWantReadError:
                return False
            self._shaken = True
            for data in self._early:
                if data:
                    self._ssl.write(data)
        return True


class HubSocket:
    """``on_data`` is called with what arrives; :attr:`lost` gets the reason when the connection is over."""

    def __init__(self, green: Any, tls: Tls | None, on_data: Callable[[bytes], None]) -> None:
        self.lost: Event = Event()
        self._green = green
        self._socket = green.fd
        self._tls = tls
        self._on_data = on_data
        self._hub = eventlet.hubs.get_hub()
        self._rest = b""
        self._writing: Any = None
        self._reading: Any = self._listen(self._hub.READ, self._readable)

    @property
    def idle(self) -> bool:
        """Whether everything written has left."""
        return not self._rest

    def write(self, data: bytes) -> None:
        """Now, as far as the socket takes it; the rest when it takes more."""
        if self._tls is not None:
            data = self._tls.sent(data)
        self._rest = self._rest + data if self._rest else data
        if self._writing is None and self._rest:
            self._send()

    def fail(self, error: Exception) -> None:
        """It is over; whoever waits on :attr:`lost` closes it."""
        self._forget()
        if not self.lost.ready():
            self.lost.send(error)

    def close(self) -> None:
        self._forget()
        self._green.close()

    def _listen(self, kind: str, callback: Callable[[int], None]) -> Any:
        return self._hub.add(kind, self._socket.fileno(), callback, self._closed, self._closed)

    def _closed(self, *_: Any) -> None:
        self.fail(OSError("the socket was closed"))

    def _forget(self) -> None:
        for listener in (self._reading, self._writing):
            if listener is not None:
                self._hub.remove(listener)
        self._reading = self._writing = None

    def _readable(self, _: int) -> None:
        try:
            data = self._socket.recv(CHUNK)
            if not data:
                raise OSError("the peer hung up")
            if self._tls is not None:
                data = self._tls.received(data)
                self.write(b"")
            self._on_data(data)
        except (BlockingIOError, InterruptedError):
            return
        except Exception as error:  # an error that left a callback of the loop would take the descriptor with it
            self.fail(error)

    def _send(self) -> None:
        try:
            sent = self._socket.send(self._rest)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError as error:
            self.fail(error)
            return
        self._rest = self._rest[sent:]
        if self._rest and self._writing is None:
            self._writing = self._listen(self._hub.WRITE, self._writable)

    def _writable(self, _: int) -> None:
        self._send()
        if not self._rest and self._writing is not None:
            self._hub.remove(self._writing)
            self._writing = None
