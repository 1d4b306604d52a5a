"""Octets in, AMQP messages and methods out: the other half of chassis.frames."""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct, error
from typing import Any

from pamqp import decode, exceptions, frame

from chassis.frames import (
    FRAME_BODY,
    FRAME_HEADER,
    FRAME_HEARTBEAT,
    FRAME_MAX,
    FRAME_METHOD,
    OVERHEAD,
    PROPERTIES,
    Delivery,
    FrameError,
    Method,
    Received,
)

_FRAME, _METHOD = Struct(">BHI"), Struct(">HH")
_SHORT, _LONG, _LONGLONG = Struct(">H"), Struct(">I"), Struct(">Q")
_BASIC, _RETURN, _DELIVER, _END = 60, 50, 60, 0xCE
_CONTENT = {_METHOD.pack(_BASIC, _DELIVER): _DELIVER, _METHOD.pack(_BASIC, _RETURN): _RETURN}


class Parser:
    """Octets in, messages and methods out. Keeps what is not complete yet; one per connection."""

    def __init__(self, *, body_max: int = 64 * 1024 * 1024) -> None:
        self._rest = b""
        self._open: dict[int, tuple[Delivery, int, list[bytes]]] = {}
        self._body_max = body_max

    def feed(self, data: bytes) -> list[Received]:
        """Everything that is complete now; heartbeats are dropped. Raises :class:`FrameError`."""
        if self._rest:
            data = self._rest + data
        found: list[Received] = []
        at, end = 0, len(data)
        try:
            while end - at >= OVERHEAD:
                kind, channel, size = _FRAME.unpack_from(data, at)
                if size > FRAME_MAX:
                    raise FrameError(f"a frame of {size} octets")
                stop = at + 7 + size
                if stop >= end:
                    break
                if data[stop] != _END:
                    raise FrameError("no frame end")
                self._frame(kind, channel, data, at + 7, stop, found)
                at = stop + 1
        except (error, IndexError, ValueError, exceptions.PAMQPException) as broken:
            raise FrameError(repr(broken)) from broken
        self._rest = data[at:]
        return found

    def _frame(self, kind: int, channel: int, data: bytes, at: int, stop: int, found: list[Received]) -> None:
        if kind == FRAME_METHOD:
            content = _CONTENT.get(data[at : at + 4])
            if content is None:
                _, _, command = frame.unmarshal(data[at - 7 : stop + 1])
                found.append(Method(channel, command))
            else:
                opened = _delivered(channel, data, at + 4) if content == _DELIVER else _returned(channel, data, at + 4)
                self._open[channel] = (opened, -1, [])
        elif kind == FRAME_HEADER:
            if channel not in self._open:
                raise FrameError("a header without a method")
            delivery, _, _ = self._open[channel]
            size = _LONGLONG.unpack_from(data, at + 4)[0]
            if size > self._body_max:
                raise FrameError(f"a body of {size} octets")
            delivery.properties = properties(data, at + 12)
            if size:
                self._open[channel] = (delivery, size, [])
            else:
                del self._open[channel]
                found.append(delivery)
        elif kind == FRAME_BODY:
            self._body(channel, data[at:stop], found)
        elif kind != FRAME_HEARTBEAT:
            raise FrameError(f"a frame of type {kind}")

    def _body(self, channel: int, piece: bytes, found: list[Received]) -> None:
        if channel not in self._open:
            raise FrameError("a body without a header")
        delivery, left, pieces = self._open[channel]
        left -= len(piece)
        if left > 0:
            pieces.append(piece)
            self._open[channel] = (delivery, left, pieces)
            return
        if left < 0:
            raise FrameError("a body longer than its header says")
        del self._open[channel]
        delivery.body = b"".join((*pieces, piece)) if pieces else piece
        found.append(delivery)


def _short(data: bytes, at: int) -> tuple[str, int]:
    stop = at + 1 + data[at]
    return data[at + 1 : stop].decode(), stop


def _delivered(channel: int, data: bytes, at: int) -> Delivery:
    # written out: each call of a function would cost as much as what it does
    stop = at + 1 + data[at]
    consumer_tag = data[at + 1 : stop].decode()
    tag = _LONGLONG.unpack_from(data, stop)[0]
    redelivered = data[stop + 8] & 1 == 1
    at = stop + 10
    stop = at + data[at - 1]
    exchange = data[at:stop].decode()
    routing_key = data[stop + 1 : stop + 1 + data[stop]].decode()
    return Delivery(channel, tag, redelivered, exchange, routing_key, consumer_tag)


def _returned(channel: int, data: bytes, at: int) -> Delivery:
    reason, at = _short(data, at + 2)
    exchange, at = _short(data, at)
    routing_key, at = _short(data, at)
    return Delivery(channel, 0, False, exchange, routing_key, "", reason)


def _read_table(data: bytes, at: int) -> tuple[dict[str, Any], int]:
    stop = at + 4 + _LONG.unpack_from(data, at)[0]
    at += 4
    found: dict[str, Any] = {}
    while at < stop:
        name, at = _short(data, at)
        if data[at] == 83:  # "S", a long string
            begin = at + 5
            at = begin + _LONG.unpack_from(data, at + 1)[0]
            raw = data[begin:at]
            try:
                found[name] = raw.decode()
            except UnicodeDecodeError:
                found[name] = raw
        else:
            used, found[name] = decode.embedded_value(data[at:stop])
            at += used
    return found, at


def _read_octet(data: bytes, at: int) -> tuple[int, int]:
    return data[at], at + 1


def _read_timestamp(data: bytes, at: int) -> tuple[Any, int]:
    return decode.timestamp(data[at : at + 8])[1], at + 8


_BY_KIND: dict[str, Callable[[bytes, int], tuple[Any, int]]] = {
    "text": _short,
    "table": _read_table,
    "octet": _read_octet,
    "timestamp": _read_timestamp,
}
_READERS = tuple((name, flag, _BY_KIND[kind]) for name, flag, kind in PROPERTIES)


def properties(data: bytes, at: int) -> dict[str, Any]:
    """The properties that are set, by their AMQP names."""
    flags = _SHORT.unpack_from(data, at)[0]
    at += 2
    found: dict[str, Any] = {}
    for name, flag, read in _READERS:
        if flags & flag:
            found[name], at = read(data, at)
    return found
