"""The connection of a serving process outlives whatever its socket says."""

from __future__ import annotations

import pytest


class Closed:
    """A socket that another greenlet has closed under its reader."""

    def recv(self, size: int) -> bytes:
        raise EOFError

    def sendall(self, data: bytes) -> None:
        return None

    def shutdown(self, how: int) -> None:
        raise OSError("closed")

    def close(self) -> None:
        return None


@pytest.mark.filterwarnings("ignore:[^A-Za-z]*Eventlet is deprecated")
def test_a_socket_closed_under_its_reader_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    import eventlet

    from chassis.runtime.green_link import GreenLink

    made: list[Closed] = []
    bus = GreenLink("pyamqp://a:b@127.0.0.1:1//", (), on_delivery=lambda *_: None, heartbeat=5)
    monkeypatch.setattr(bus, "_connect", lambda login: made.append(Closed()) or made[-1])
    running = eventlet.spawn(bus.run)
    with eventlet.Timeout(10):
        while len(made) < 2:
            eventlet.sleep(0.05)
    bus.close()
    with eventlet.Timeout(10):
        running.wait()
