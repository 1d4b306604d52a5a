"""AMQP 0-9-1 frames without I/O: the few that carry calls are packed and parsed here, all others by pamqp.

Source: AMQP 0-9-1 specification, §2.3 (framing) and §4.2 (formats). A connection that uses this is chassis.link.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from struct import Struct, error
from typing import Any

import msgspec
from pamqp import decode, encode, exceptions, frame

FRAME_MAX = 131072  # what we ask the broker for, and the most we take
FRAME_METHOD, FRAME_HEADER, FRAME_BODY, FRAME_HEARTBEAT = 1, 2, 3, 8
END = b"\xce"
HEARTBEAT = b"\x08\x00\x00\x00\x00\x00\x00\xce"
OVERHEAD = 8  # octets of a frame beside its payload
_BASIC, _PUBLISH, _RETURN, _DELIVER, _ACK, _NACK = 60, 40, 50, 60, 80, 120
_FRAME, _HEAD, _METHOD = Struct(">BHI"), Struct(">BHIHHQ"), Struct(">HH")
_SHORT, _LONG, _LONGLONG, _SETTLE = Struct(">H"), Struct(">I"), Struct(">Q"), Struct(">BHIHHQB")
_DELIVERED, _END = _METHOD.pack(_BASIC, _DELIVER), 0xCE
_CONTENT = {_DELIVERED: _DELIVER, _METHOD.pack(_BASIC, _RETURN): _RETURN}


class FrameError(Exception):
    """Octets that are no AMQP 0-9-1 frames: the connection is beyond repair."""


class Delivery(msgspec.Struct, gc=False):
    """A message: delivered (``tag`` > 0), or returned as unroutable (``tag`` 0, ``reason`` says why)."""

    channel: int
    tag: int
    redelivered: bool
    exchange: str
    routing_key: str
    consumer_tag: str = ""
    reason: str = ""
    properties: dict[str, Any] = {}
    body: bytes = b""


class Method(msgspec.Struct, gc=False):
    """Any other method frame, as pamqp has it."""

    channel: int
    frame: Any


Received = Delivery | Method


# sending ----------------------------------------------------------------------------------------------------------


def _short_string(text: str) -> bytes:
    raw = text.encode()
    if len(raw) > 255:
        raise ValueError("a short string holds 255 octets")
    return bytes((len(raw),)) + raw


@lru_cache(maxsize=1024)
def _header_name(name: str) -> bytes:
    return _short_string(name) + b"S"


def _table(table: Mapping[str, Any]) -> bytes:
    parts = []
    for name, value in table.items():
        if type(value) is not str:
            return encode.field_table(dict(table))
        raw = value.encode()
        parts.append(_header_name(name) + _LONG.pack(len(raw)) + raw)
    packed = b"".join(parts)
    return _LONG.pack(len(packed)) + packed


def _octet(value: int) -> bytes:
    return bytes((value,))


_PACKERS: tuple[tuple[str, int, Callable[[Any], bytes]], ...] = (
    ("content_type", 1 << 15, _short_string),
    ("content_encoding", 1 << 14, _short_string),
    ("headers", 1 << 13, _table),
    ("delivery_mode", 1 << 12, _octet),
    ("priority", 1 << 11, _octet),
    ("correlation_id", 1 << 10, _short_string),
    ("reply_to", 1 << 9, _short_string),
    ("expiration", 1 << 8, _short_string),
    ("message_id", 1 << 7, _short_string),
    ("timestamp", 1 << 6, encode.timestamp),
    ("type", 1 << 5, _short_string),
    ("user_id", 1 << 4, _short_string),
    ("app_id", 1 << 3, _short_string),
)


@lru_cache(maxsize=4096)
def _publish_method(channel: int, exchange: str, routing_key: str, mandatory: bool) -> bytes:
    arguments = b"\x00\x00" + _short_string(exchange) + _short_string(routing_key) + (b"\x01" if mandatory else b"\x00")
    payload = _METHOD.pack(_BASIC, _PUBLISH) + arguments
    return _FRAME.pack(FRAME_METHOD, channel, len(payload)) + payload + END


def publish(
    channel: int,
    exchange: str,
    routing_key: str,
    body: bytes,
    properties: Mapping[str, Any],
    *,
    mandatory: bool = False,
    frame_max: int = FRAME_MAX,
) -> bytes:
    """basic.publish with its header and body frames. ``properties`` by their AMQP names; ``headers`` is a table.

    Raises ``ValueError`` for what AMQP cannot carry.
    """
    flags, values = 0, []
    for name, flag, pack in _PACKERS:
        value = properties.get(name)
        if value is not None:
            flags |= flag
            values.append(pack(value))
    packed = b"".join(values)
    method = _publish_method(channel, exchange, routing_key, mandatory)
    head = _HEAD.pack(FRAME_HEADER, channel, 14 + len(packed), _BASIC, 0, len(body)) + _SHORT.pack(flags) + packed
    room = frame_max - OVERHEAD
    pieces = [method, head, END]
    for start in range(0, len(body), room):
        piece = body[start : start + room]
        pieces += (_FRAME.pack(FRAME_BODY, channel, len(piece)), piece, END)
    return b"".join(pieces)


def ack(channel: int, tag: int) -> bytes:
    """basic.ack of one delivery."""
    return _SETTLE.pack(FRAME_METHOD, channel, 13, _BASIC, _ACK, tag, 0) + END


def give_back(channel: int, tag: int) -> bytes:
    """basic.nack that puts one delivery back in its queue, uncounted by delivery limits (BUS.md, F20)."""
    return _SETTLE.pack(FRAME_METHOD, channel, 13, _BASIC, _NACK, tag, 2) + END


def method(channel: int, command: Any) -> bytes:
    """Any method of ``pamqp.commands``."""
    packed: bytes = frame.marshal(command, channel)
    return packed


# receiving --------------------------------------------------------------------------------------------------------


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
    consumer_tag, at = _short(data, at)
    tag = _LONGLONG.unpack_from(data, at)[0]
    redelivered = bool(data[at + 8] & 1)
    exchange, at = _short(data, at + 9)
    routing_key, at = _short(data, at)
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


_READERS: tuple[tuple[str, int, Callable[[bytes, int], tuple[Any, int]]], ...] = tuple(
    (name, flag, {_table: _read_table, _octet: _read_octet, encode.timestamp: _read_timestamp}.get(pack, _short))
    for name, flag, pack in _PACKERS
)


def properties(data: bytes, at: int) -> dict[str, Any]:
    """The properties that are set, by their AMQP names."""
    flags = _SHORT.unpack_from(data, at)[0]
    at += 2
    found: dict[str, Any] = {}
    for name, flag, read in _READERS:
        if flags & flag:
            found[name], at = read(data, at)
    return found
