"""The connection's own conversation, without a socket."""

from __future__ import annotations

from typing import Any

import pytest
from pamqp import commands, frame

from chassis import frames, link
from chassis.link import Link, LinkError

LOGIN = link.logins("amqp://guest:guest@127.0.0.1/")[0]


def say(connection: Link, command: Any, *, channel: int = 0, now: float = 0.0) -> list[Any]:
    """Feed one method, and return what the connection answers."""
    connection.feed(frame.marshal(command, channel), now)
    return spoken(connection.take())


def spoken(data: bytes) -> list[Any]:
    found, at = [], 0
    while at < len(data):
        used, _, one = frame.unmarshal(data[at:])
        found.append(one)
        at += used
    return found


def opened(*, heartbeat: int = 60, told: int = 60) -> Link:
    steps = [*link.open_channel(1, prefetch=8), *link.consume(1, "rpc-x", "tag")]
    connection = Link(LOGIN, steps, heartbeat=heartbeat, name="test")
    assert connection.take() == link.PROTOCOL
    (start,) = say(connection, commands.Connection.Start())
    assert start.response == "\0guest\0guest"
    tuned, wish = say(connection, commands.Connection.Tune(2047, 4096, told))
    assert (tuned.frame_max, wish.virtual_host) == (4096, "/")
    (channel,) = say(connection, commands.Connection.OpenOk())
    assert channel.name == "Channel.Open"
    (qos,) = say(connection, commands.Channel.OpenOk(), channel=1)
    assert qos.prefetch_count == 8
    (consume,) = say(connection, commands.Basic.QosOk(), channel=1)
    assert consume.queue == "rpc-x"
    assert not connection.ready
    assert say(connection, commands.Basic.ConsumeOk("tag"), channel=1) == []
    assert connection.ready
    return connection


def test_a_connection_is_ready_once_every_step_is_answered() -> None:
    assert opened().frame_max == 4096


def test_a_delivery_may_come_before_the_last_answer() -> None:
    connection = Link(LOGIN, [], heartbeat=60)
    packed = frames.publish(1, "", "k", b"{}", {})
    method_end = 7 + int.from_bytes(packed[3:7], "big") + 1
    deliver = frame.marshal(commands.Basic.Deliver("tag", 1, False, "", "k"), 1) + packed[method_end:]
    assert [one.body for one in connection.feed(deliver, 0.0)] == [b"{}"]


@pytest.mark.parametrize(
    "command",
    [
        commands.Connection.Close(320, "CONNECTION_FORCED", 0, 0),
        commands.Channel.Close(404, "NOT_FOUND", 60, 20),
        commands.Basic.Cancel("tag"),
    ],
)
def test_what_the_broker_ends_is_over(command: Any) -> None:
    with pytest.raises(LinkError):
        opened().feed(frame.marshal(command, 1), 0.0)


def test_octets_that_are_no_frames_end_the_connection() -> None:
    with pytest.raises(LinkError):
        opened().feed(b"HTTP/1.1 400 Bad Request\r\n\r\n", 0.0)


def test_heartbeats_leave_at_half_time_and_silence_is_an_end() -> None:
    connection = opened(heartbeat=10, told=60)
    connection.feed(b"", 100.0)
    connection.tick(100.0)
    assert connection.take() == frames.HEARTBEAT
    connection.tick(104.0)
    assert connection.take() == b""
    connection.tick(105.1)
    assert connection.take() == frames.HEARTBEAT
    connection.feed(frames.HEARTBEAT, 118.0)
    connection.tick(137.0)
    with pytest.raises(LinkError, match="nothing heard"):
        connection.tick(139.0)


def test_the_smaller_heartbeat_of_both_sides_holds() -> None:
    connection = opened(heartbeat=60, told=5)
    connection.feed(b"", 0.5)
    with pytest.raises(LinkError):
        connection.tick(11.0)


def test_a_blocked_broker_says_so_and_says_when_it_is_over() -> None:
    connection = opened()
    say(connection, commands.Connection.Blocked("low on memory"))
    assert connection.blocked == "low on memory"
    say(connection, commands.Connection.Unblocked())
    assert connection.blocked == ""


def test_a_cancelled_consumer_is_named_once_nothing_can_follow() -> None:
    connection = opened()
    connection.cancel(1, "tag")
    (cancel,) = spoken(connection.take())
    assert (cancel.name, connection.cancelled) == ("Basic.Cancel", [])
    say(connection, commands.Basic.CancelOk("tag"), channel=1)
    assert connection.cancelled == ["tag"]


def test_addresses_name_user_virtual_host_and_encryption() -> None:
    one, two = link.logins("pyamqp://a%40b:p%2Fw@[::1]:5673/%2Fcell;amqps://broker.example/?cafile=ca.pem")
    assert (one.user, one.password, one.host, one.port, one.vhost, one.tls) == (
        "a@b",
        "p/w",
        "::1",
        5673,
        "/cell",
        False,
    )
    assert (two.port, two.vhost, two.tls, two.cafile) == (5671, "/", True, "ca.pem")
    assert [each.vhost for each in link.logins("amqp://h//;amqp://h")] == ["/", "/"]


@pytest.mark.parametrize("uri", ["http://h/", "amqp:///x", "h:5672"])
def test_what_is_no_address_is_refused(uri: str) -> None:
    with pytest.raises(ValueError, match="AMQP URI"):
        link.logins(uri)
