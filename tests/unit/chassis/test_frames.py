"""The frames we pack and parse ourselves agree with pamqp's, octet for octet, however the socket cuts them."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pamqp import body, commands, frame, header

from chassis import frames
from chassis.frame_parser import Parser
from chassis.frames import Delivery, FrameError, Method

SHORT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)
NAMES = st.text("abcdefghijklmnopqrstuvwxyz.-", min_size=1, max_size=40)
VALUES = st.one_of(SHORT, st.integers(0, 2**31 - 1), st.booleans(), st.none())
TABLES = st.dictionaries(NAMES, VALUES, max_size=6)
PROPERTIES = st.fixed_dictionaries(
    {},
    optional={
        "content_type": SHORT,
        "content_encoding": SHORT,
        "headers": TABLES,
        "delivery_mode": st.sampled_from([1, 2]),
        "priority": st.integers(0, 9),
        "correlation_id": SHORT,
        "reply_to": SHORT,
        "expiration": SHORT,
        "message_id": SHORT,
        "timestamp": st.just(datetime(2026, 11, 25, tzinfo=UTC)),
        "type": SHORT,
        "user_id": SHORT,
        "app_id": SHORT,
    },
)


def theirs(channel: int, method: Any, properties: dict[str, Any], content: bytes, *, room: int) -> bytes:
    """The same message as pamqp frames it."""
    named = {("message_type" if name == "type" else name): value for name, value in properties.items()}
    packed = [
        frame.marshal(method, channel),
        frame.marshal(
            header.ContentHeader(body_size=len(content), properties=commands.Basic.Properties(**named)), channel
        ),
    ]
    pieces = [content[start : start + room] for start in range(0, len(content), room)]
    return b"".join([*packed, *(frame.marshal(body.ContentBody(piece), channel) for piece in pieces)])


def fed(data: bytes, cuts: list[int]) -> list[Any]:
    parser, found, last = Parser(), [], 0
    for cut in [*sorted({cut % (len(data) + 1) for cut in cuts}), len(data)]:
        found += parser.feed(data[last:cut])
        last = cut
    return found


@given(st.integers(1, 100), SHORT, SHORT, PROPERTIES, st.binary(max_size=300), st.booleans())
def test_a_published_message_is_read_alike_by_pamqp(
    channel: int, exchange: str, key: str, properties: dict[str, Any], content: bytes, mandatory: bool
) -> None:
    packed = frames.publish(channel, exchange, key, content, properties, mandatory=mandatory, frame_max=108)
    at, seen = 0, []
    while at < len(packed):
        used, on, one = frame.unmarshal(packed[at:])
        assert on == channel
        seen.append(one)
        at += used
    published, head, *pieces = seen
    assert (published.exchange, published.routing_key, published.mandatory) == (exchange, key, mandatory)
    assert b"".join(piece.value for piece in pieces) == content
    assert head.body_size == len(content)
    for name, value in properties.items():
        assert getattr(head.properties, "message_type" if name == "type" else name) == value or value in ("", {})


@settings(deadline=None)
@given(NAMES, SHORT, PROPERTIES, st.binary(max_size=300), st.lists(st.integers(0, 10_000), max_size=8), st.booleans())
def test_a_delivery_is_the_same_wherever_the_socket_cuts_it(
    exchange: str, key: str, properties: dict[str, Any], content: bytes, cuts: list[int], redelivered: bool
) -> None:
    method = commands.Basic.Deliver("tag", 2**40, redelivered, exchange, key)
    data = theirs(3, method, properties, content, room=100) + frames.HEARTBEAT
    data += frame.marshal(commands.Basic.CancelOk("tag"), 3)
    delivery, after = fed(data, cuts)
    assert isinstance(delivery, Delivery)
    assert isinstance(after, Method)
    assert (delivery.channel, delivery.tag, delivery.redelivered) == (3, 2**40, redelivered)
    assert (delivery.exchange, delivery.routing_key, delivery.consumer_tag) == (exchange, key, "tag")
    assert delivery.body == content
    assert {name: value for name, value in delivery.properties.items() if value not in ("", {})} == {
        name: value for name, value in properties.items() if value not in ("", {})
    }


def test_a_returned_message_says_why() -> None:
    data = theirs(1, commands.Basic.Return(312, "NO_ROUTE", "nameko-rpc", "nobody.x"), {}, b"{}", room=100)
    (returned,) = Parser().feed(data)
    assert isinstance(returned, Delivery)
    assert (returned.tag, returned.reason, returned.routing_key) == (0, "NO_ROUTE", "nobody.x")


def test_messages_of_two_channels_may_interleave() -> None:
    def parts(channel: int) -> list[bytes]:
        whole = theirs(channel, commands.Basic.Deliver("t", channel, False, "", "k"), {}, b"x" * 4, room=2)
        cut, at = [], 0
        while at < len(whole):
            used, _, _ = frame.unmarshal(whole[at:])
            cut.append(whole[at : at + used])
            at += used
        return cut

    mixed = b"".join(piece for pair in zip(parts(1), parts(2), strict=True) for piece in pair)
    assert [(one.channel, one.body) for one in Parser().feed(mixed) if isinstance(one, Delivery)] == [
        (1, b"xxxx"),
        (2, b"xxxx"),
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"\x01\x00\x01\x00\x00\x00\x04\x00\x3c\x00\x3c\x00",  # no frame end
        b"\x07\x00\x01\x00\x00\x00\x01\x00\xce",  # an unknown type
        b"\x03\x00\x01\x00\x00\x00\x01\x00\xce",  # a body without a header
        b"\x02\x00\x01\x00\x00\x00\x01\x00\xce",  # a header without a method
        b"\x01\x00\x01\x00\x00\x00\x06\x00\x3c\x00\x3c\x09\x61\xce",  # a string longer than its frame
        b"\x01\x00\x01\x00\x00\x00\x04\x00\x63\x00\x63\xce",  # no such method
    ],
)
def test_what_is_no_frame_is_an_error(data: bytes) -> None:
    with pytest.raises(FrameError):
        Parser().feed(data + frames.HEARTBEAT)


@given(st.binary(max_size=200))
def test_rubbish_is_refused_or_waited_for_but_never_breaks_otherwise(data: bytes) -> None:
    with contextlib.suppress(FrameError):
        Parser().feed(data)


@given(st.binary(max_size=300), SHORT, st.sampled_from([64, 108, 131072]))
def test_a_reply_is_the_same_as_its_publish(content: bytes, correlation_id: str, frame_max: int) -> None:
    known = {"content_type": "application/json", "content_encoding": "utf-8", "correlation_id": correlation_id}
    packed = frames.reply(1, "nameko-rpc", "key", content, correlation_id, frame_max=frame_max)
    assert packed == frames.publish(1, "nameko-rpc", "key", content, known, frame_max=frame_max)


def test_settling_is_what_pamqp_would_say() -> None:
    assert frames.ack(1, 5, up_to=True) == frame.marshal(commands.Basic.Ack(5, True), 1)
    assert frames.ack(1, 2**33) == frame.marshal(commands.Basic.Ack(2**33, False), 1)
    assert frames.give_back(1, 7) == frame.marshal(commands.Basic.Nack(7, False, True), 1)


def test_a_name_that_amqp_cannot_carry_is_refused() -> None:
    with pytest.raises(ValueError, match="255"):
        frames.publish(1, "", "k" * 256, b"", {})
