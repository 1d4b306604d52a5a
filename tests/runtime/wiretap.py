"""A proxy that also listens: which AMQP methods a client sends; and that can fall silent without hanging up."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

from tests.runtime.proxy import Proxy

NACK = (60, 120)
REJECT = (60, 90)
_METHOD_FRAME = 1
_GREETING = 8  # "AMQP" 0 0 9 1, before the first frame


class Wiretap(Proxy):
    """``heard`` holds (class id, method id) of every method frame the clients sent."""

    def __init__(self, host: str, port: int) -> None:
        self.heard: list[tuple[int, int]] = []
        self._mute: set[socket.socket] = set()
        super().__init__(host, port)

    def silence(self) -> None:
        """Connections there are get no answer any more and are not closed; new ones are served."""
        self._mute.update(self._open)

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        from_client = source.getsockname()[1] == self.port
        methods = frames()
        next(methods)
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if from_client:
                    self.heard += methods.send(data)
                if source not in self._mute:
                    sink.sendall(data)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def frames() -> Iterator[list[tuple[int, int]]]:
    """Send it the bytes of one direction as they come; it answers with the methods that are complete."""
    held = bytearray()
    skip = _GREETING
    found: list[tuple[int, int]] = []
    while True:
        held += yield found
        found = []
        del held[: (gone := min(skip, len(held)))]
        skip -= gone
        while len(held) >= 7 and len(held) >= (length := 8 + int.from_bytes(held[3:7], "big")):
            if held[0] == _METHOD_FRAME:
                found.append((int.from_bytes(held[7:9], "big"), int.from_bytes(held[9:11], "big")))
            del held[:length]
