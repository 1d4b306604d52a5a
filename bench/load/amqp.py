"""As much of AMQP 0-9-1 as a caller of RPCs needs, so that no library's cost hides in the load.

Not the product's codec on purpose: a load generator that shares code with what it measures shares its faults.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

METHOD, HEADER, BODY, END = 1, 2, 3, b"\xce"
_FRAME = struct.Struct(">BHI")
_DELIVER = struct.pack(">HH", 60, 60)
_TYPE, _ENCODING, _HEADERS, _MODE, _PRIORITY, _CORRELATION, _REPLY_TO = (1 << bit for bit in range(15, 8, -1))


class ProtocolError(Exception):
    """The broker said something else than what was waited for."""


def short(text: str) -> bytes:
    raw = text.encode()
    return bytes([len(raw)]) + raw


def long(raw: bytes) -> bytes:
    return struct.pack(">I", len(raw)) + raw


def table(fields: Mapping[str, str]) -> bytes:
    """A field table of strings."""
    return long(b"".join(short(name) + b"S" + long(value.encode()) for name, value in fields.items()))


def frame(kind: int, channel: int, payload: bytes) -> bytes:
    return _FRAME.pack(kind, channel, len(payload)) + payload + END


def method(channel: int, ids: tuple[int, int], arguments: bytes = b"") -> bytes:
    return frame(METHOD, channel, struct.pack(">HH", *ids) + arguments)


MARK = b"@@@@@@@@"


def publish(*, exchange: str, key: str, headers: Mapping[str, str], reply_to: str, body: bytes) -> bytes:
    """The bytes of a request; :func:`numbered` puts the caller's number where ``@@@@@@@@`` is, in headers too."""
    flags = _TYPE | _ENCODING | _HEADERS | _MODE | _CORRELATION | _REPLY_TO
    properties = short("application/json") + short("utf-8") + table(headers) + b"\x01"
    head = struct.pack(">HHQH", 60, 0, len(body), flags) + properties + short(MARK.decode()) + short(reply_to)
    first = method(1, (60, 40), b"\0\0" + short(exchange) + short(key) + b"\0")
    return first + frame(HEADER, 1, head) + frame(BODY, 1, body)


def numbered(request: bytes, number: int) -> bytes:
    """Eight digits for eight characters: the lengths around them stay true."""
    return request.replace(MARK, b"%08d" % number)


class Blocking:
    """A connection with one channel, up to the consumer; afterwards the socket is the caller's."""

    def __init__(self, uri: str) -> None:
        parts = urlsplit(uri)
        self.socket = socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 5672), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""
        user, password = unquote(parts.username or "guest"), unquote(parts.password or "guest")
        vhost = unquote(parts.path.removeprefix("/")) or "/"
        if vhost == "/" or not vhost.strip("/"):
            vhost = "/"
        self.socket.sendall(b"AMQP\x00\x00\x09\x01")
        self.expect((10, 10))
        plain = long(f"\0{user}\0{password}".encode())
        self.socket.sendall(method(0, (10, 11), table({}) + short("PLAIN") + plain + short("en_US")))
        channels, size, _ = struct.unpack(">HIH", self.expect((10, 30))[:8])
        self.socket.sendall(method(0, (10, 31), struct.pack(">HIH", channels, size, 0)))
        self.ask(0, (10, 40), short(vhost) + b"\0\0", (10, 41))
        self.ask(1, (20, 10), b"\0", (20, 11))

    def ask(self, channel: int, ids: tuple[int, int], arguments: bytes, answer: tuple[int, int]) -> bytes:
        self.socket.sendall(method(channel, ids, arguments))
        return self.expect(answer)

    def expect(self, ids: tuple[int, int]) -> bytes:
        """The arguments of the next method frame, which must be that method."""
        while len(self.rest) < 7 or len(self.rest) < 8 + _FRAME.unpack_from(self.rest)[2]:
            got = self.socket.recv(65536)
            if not got:
                raise ProtocolError("the broker closed the connection")
            self.rest += got
        size = _FRAME.unpack_from(self.rest)[2]
        payload, self.rest = self.rest[7 : 7 + size], self.rest[8 + size :]
        found = struct.unpack(">HH", payload[:4])
        if found != ids:
            raise ProtocolError(f"{found} instead of {ids}: {payload[4:200]!r}")
        return payload[4:]

    def reply_queue(self, exchange: str, key: str) -> None:
        """An exclusive queue bound to ``key``, consumed without acknowledgements."""
        answer = self.ask(1, (50, 10), b"\0\0" + short("") + b"\x0c" + table({}), (50, 11))
        queue = short(answer[1 : 1 + answer[0]].decode())
        self.ask(1, (50, 20), b"\0\0" + queue + short(exchange) + short(key) + b"\0" + table({}), (50, 21))
        self.ask(1, (60, 20), b"\0\0" + queue + short("") + b"\x02" + table({}), (60, 21))


class Replies:
    """Cuts a byte stream into replies: ``(correlation id, body)``."""

    def __init__(self, rest: bytes = b"") -> None:
        self._buffer = rest
        self._id, self._size, self._body = b"", 0, b""

    def feed(self, data: bytes) -> list[tuple[bytes, bytes]]:
        buffer, at, found = self._buffer + data, 0, []
        while len(buffer) - at >= 7:
            kind, _, size = _FRAME.unpack_from(buffer, at)
            if len(buffer) - at < size + 8:
                break
            start = at + 7
            if kind == BODY:
                self._body += buffer[start : start + size]
                if len(self._body) >= self._size:
                    found.append((self._id, self._body))
            elif kind == HEADER:
                self._size, self._body = int.from_bytes(buffer[start + 4 : start + 12], "big"), b""
                self._id = correlation_id(buffer, start)
            elif kind == METHOD and buffer[start : start + 4] != _DELIVER:
                raise ProtocolError(f"{buffer[start : start + 200]!r}")
            at = start + size + 1
        self._buffer = buffer[at:]
        return found


def correlation_id(buffer: bytes, start: int) -> bytes:
    """Out of a content header's properties."""
    flags = int.from_bytes(buffer[start + 12 : start + 14], "big")
    at = start + 14
    for bit in (_TYPE, _ENCODING):
        if flags & bit:
            at += 1 + buffer[at]
    if flags & _HEADERS:
        at += 4 + int.from_bytes(buffer[at : at + 4], "big")
    at += bool(flags & _MODE) + bool(flags & _PRIORITY)
    return buffer[at + 1 : at + 1 + buffer[at]] if flags & _CORRELATION else b""
