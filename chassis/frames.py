"""AMQP 0-9-1 frames without I/O: the few that carry calls are packed here (and parsed next door), all others by pamqp.

Source: AMQP 0-9-1 specification, §2.3 (framing) and §4.2 (formats). A connection that uses this is chassis.link.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from struct import Struct
from typing import Any

import msgspec
from pamqp import encode, frame

FRAME_MAX = 131072  # what we ask the broker for, and the most we take
FRAME_METHOD, FRAME_HEADER, FRAME_BODY, FRAME_HEARTBEAT = 1, 2, 3, 8
END = b"\xce"
HEARTBEAT = b"\x08\x00\x00\x00\x00\x00\x00\xce"
OVERHEAD = 8  # octets of a frame beside its payload
_BASIC, _PUBLISH, _ACK, _NACK = 60, 40, 80, 120
_FRAME, _HEAD, _METHOD = Struct(">BHI"), Struct(">BHIHHQ"), Struct(">HH")
_SHORT, _LONG, _INTEGER, _SETTLE = Struct(">H"), Struct(">I"), Struct(">q"), Struct(">BHIHHQB")


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
        if type(value) is str:
            raw = value.encode()
            parts.append(_header_name(name) + _LONG.pack(len(raw)) + raw)
        elif type(value) is int and -(2**63) <= value < 2**63:
            parts.append(_short_string(name) + b"l" + _INTEGER.pack(value))
        else:
            return encode.field_table(dict(table))
    packed = b"".join(parts)
    return _LONG.pack(len(packed)) + packed


def _octet(value: int) -> bytes:
    return bytes((value,))


PROPERTIES: tuple[tuple[str, int, str], ...] = (
    ("content_type", 1 << 15, "text"),
    ("content_encoding", 1 << 14, "text"),
    ("headers", 1 << 13, "table"),
    ("delivery_mode", 1 << 12, "octet"),
    ("priority", 1 << 11, "octet"),
    ("correlation_id", 1 << 10, "text"),
    ("reply_to", 1 << 9, "text"),
    ("expiration", 1 << 8, "text"),
    ("message_id", 1 << 7, "text"),
    ("timestamp", 1 << 6, "timestamp"),
    ("type", 1 << 5, "text"),
    ("user_id", 1 << 4, "text"),
    ("app_id", 1 << 3, "text"),
)
_BY_KIND: dict[str, Callable[[Any], bytes]] = {
    "text": _short_string,
    "table": _table,
    "octet": _octet,
    "timestamp": encode.timestamp,
}
_PACKERS = tuple((name, flag, _BY_KIND[kind]) for name, flag, kind in PROPERTIES)


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


_JSON_REPLY = _short_string("application/json") + _short_string("utf-8")


def reply(channel: int, exchange: str, routing_key: str, body: bytes, correlation_id: str, *, frame_max: int) -> bytes:
    """:func:`publish` of JSON text in UTF-8 that answers ``correlation_id``."""
    raw = correlation_id.encode()
    room = frame_max - OVERHEAD
    if len(raw) > 255 or not 0 < len(body) <= room:
        known = {"content_type": "application/json", "content_encoding": "utf-8", "correlation_id": correlation_id}
        return publish(channel, exchange, routing_key, body, known, frame_max=frame_max)
    return b"".join(
        (
            _publish_method(channel, exchange, routing_key, False),
            _HEAD.pack(FRAME_HEADER, channel, 38 + len(raw), _BASIC, 0, len(body)),
            b"\xc4\x00",
            _JSON_REPLY,
            bytes((len(raw),)),
            raw,
            END,
            _FRAME.pack(FRAME_BODY, channel, len(body)),
            body,
            END,
        )
    )


def ack(channel: int, tag: int, *, up_to: bool = False) -> bytes:
    """basic.ack of one delivery; ``up_to``: and of every one before it."""
    return _SETTLE.pack(FRAME_METHOD, channel, 13, _BASIC, _ACK, tag, up_to) + END


def give_back(channel: int, tag: int) -> bytes:
    """basic.nack that puts one delivery back in its queue, uncounted by delivery limits (BUS.md, F20)."""
    return _SETTLE.pack(FRAME_METHOD, channel, 13, _BASIC, _NACK, tag, 2) + END


def method(channel: int, command: Any) -> bytes:
    """Any method of ``pamqp.commands``."""
    packed: bytes = frame.marshal(command, channel)
    return packed
