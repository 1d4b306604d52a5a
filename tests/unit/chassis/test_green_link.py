"""The connection of a serving process outlives whatever its socket says."""

from __future__ import annotations

import socket
from typing import Any

import pytest

pytestmark = pytest.mark.filterwarnings("ignore:[^A-Za-z]*Eventlet is deprecated")


def test_a_broker_that_hangs_up_at_once_is_called_again(monkeypatch: pytest.MonkeyPatch) -> None:
    import eventlet
    from eventlet.green import socket as green_socket

    from chassis.runtime.green_link import GreenLink

    made: list[Any] = []

    def connect(login: Any) -> Any:
        ours, theirs = socket.socketpair()
        theirs.close()
        made.append(green_socket.socket(fileno=ours.detach()))
        return made[-1]

    bus = GreenLink("pyamqp://a:b@127.0.0.1:1//", (), on_delivery=lambda *_: None, heartbeat=5)
    monkeypatch.setattr(bus, "_connect", connect)
    running = eventlet.spawn(bus.run)
    with eventlet.Timeout(10):
        while len(made) < 2:
            eventlet.sleep(0.05)
    bus.close()
    with eventlet.Timeout(10):
        running.wait()


def test_a_backlog_that_comes_with_the_last_answer_finds_the_link_up() -> None:
    """Else its replies and acknowledgements would have nowhere to go, and its places in the prefetch be lost."""
    from pamqp import commands, frame

    from chassis import frames, link
    from chassis.runtime.green_link import GreenLink

    seen: list[bool] = []
    steps = link.consume(1, "rpc-x", "tag")
    bus = GreenLink(
        "pyamqp://a:b@127.0.0.1:1//", steps, on_delivery=lambda _, on: seen.append(bus.link is on), heartbeat=5
    )
    bus._current = link.Link(bus._logins[0], steps, heartbeat=5)
    for answer in (commands.Connection.Start(), commands.Connection.Tune(1, 4096, 5), commands.Connection.OpenOk()):
        bus._on_data(frame.marshal(answer, 0))
    packed = frames.publish(1, "", "k", b"{}", {})
    content = packed[7 + int.from_bytes(packed[3:7], "big") + 1 :]
    deliver = frame.marshal(commands.Basic.Deliver("tag", 1, False, "", "k"), 1) + content
    bus._on_data(frame.marshal(commands.Basic.ConsumeOk("tag"), 1) + deliver)
    assert seen == [True]


def test_what_is_added_to_the_last_write_leaves_before_the_goodbye(monkeypatch: pytest.MonkeyPatch) -> None:
    """An acknowledgement behind it would go unread, and the call be carried out again by somebody else."""
    from types import SimpleNamespace

    from pamqp import commands

    from chassis import frames, link
    from chassis.runtime import green_link

    monkeypatch.setattr(green_link, "GOODBYE_SECONDS", 0.0, raising=False)
    acks = [frames.ack(1, 7)]
    bus = green_link.GreenLink(
        "pyamqp://a:b@127.0.0.1:1//",
        (),
        on_delivery=lambda *_: None,
        heartbeat=5,
        before_write=lambda on: on.send(acks.pop() if acks else b""),
    )
    written: list[bytes] = []
    bus.link = bus._current = link.Link(bus._logins[0], (), heartbeat=5)
    bus._socket = SimpleNamespace(write=written.append, fail=lambda error: None, idle=True)  # type: ignore[assignment]
    bus.close()
    goodbye = frames.method(0, commands.Connection.Close(200, "", 0, 0))
    assert b"".join(written).endswith(frames.ack(1, 7) + goodbye)


def test_what_the_socket_does_not_take_leaves_when_it_does() -> None:
    import eventlet
    from eventlet.green import socket as green_socket

    from chassis.runtime.hub_socket import HubSocket

    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    heard: list[bytes] = []
    link = HubSocket(green_socket.socket(fileno=ours.detach()), None, heard.append)
    data = bytes(range(256)) * 40_000
    link.write(data[:5_000_000])
    assert not link.idle
    link.write(data[5_000_000:])
    got = bytearray()
    with eventlet.Timeout(10):
        while len(got) < len(data):
            eventlet.sleep(0)
            try:
                got += theirs.recv(1 << 20)
            except BlockingIOError:
                continue
    assert bytes(got) == data
    assert link.idle
    theirs.send(b"hello")
    theirs.close()
    with eventlet.Timeout(10):
        assert "hung up" in str(link.lost.wait())
    assert heard == [b"hello"]
    link.close()
