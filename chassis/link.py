"""An AMQP 0-9-1 connection without I/O: octets in, messages out, octets to send. Whoever drives it owns the socket.

The services' fast path drives it from greenlets, the gateway from asyncio, so both speak, keep alive and fail alike.
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pamqp import commands

from chassis import frames
from chassis.frame_parser import Parser
from chassis.frames import FRAME_MAX, Delivery, Method

PROTOCOL = b"AMQP\x00\x00\x09\x01"
# Frames sets (requests, replies) that gather before they are written. All of a turn of the loop in one write would cost
# the fewest system calls, and have caller, broker and service wait for each other in convoy.
BURST = 4
CONNECT_SECONDS = 5.0
_CAPABILITIES = {"connection.blocked": True, "basic.nack": True, "consumer_cancel_notify": True}
_PORTS = {"amqp": 5672, "amqps": 5671}


class LinkError(Exception):
    """The connection is over: closed by the broker, silent for two heartbeats, or speaking no AMQP."""


@dataclass(frozen=True, kw_only=True)
class Login:
    """Where and as whom."""

    host: str
    port: int
    user: str
    password: str
    vhost: str
    cafile: str | None = None
    tls: bool = False

    def context(self) -> ssl.SSLContext | None:
        """For ``amqps://``; ``?cafile=`` names the authority where it is not the system's."""
        return ssl.create_default_context(cafile=self.cafile) if self.tls else None


def logins(uri: str) -> list[Login]:
    """The brokers of ``amqp[s]://user:password@host:port/vhost``, several separated by ``;``, tried in turn."""
    return [_login(part.strip().removeprefix("py")) for part in uri.split(";") if part.strip()]


def _login(uri: str) -> Login:
    parts = urlsplit(uri)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(f"not an AMQP URI: {parts.scheme}://…")
    vhost = unquote(parts.path[1:]) or "/"
    return Login(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        user=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        vhost=vhost,
        cafile=dict(parse_qsl(parts.query)).get("cafile"),
        tls=parts.scheme == "amqps",
    )


@dataclass(frozen=True)
class Step:
    """A method sent while the connection is set up; the next one waits for its answer."""

    channel: int
    command: Any


class Link:
    """One connection. ``steps`` run after the handshake; then :attr:`ready` is true.

    Feed it what the socket gave, send what :meth:`take` gives, call :meth:`tick` about once a second.
    """

    def __init__(self, login: Login, steps: Sequence[Step], *, heartbeat: int, name: str = "") -> None:
        self.ready = False
        self.blocked = ""
        self.cancelled: list[str] = []
        self.frame_max = FRAME_MAX
        self._login = login
        self._name = name
        self._parser = Parser()
        self._steps = list(reversed(steps))
        self._waits_for: Step | None = None
        self._heartbeat = float(heartbeat)
        self._out: list[bytes] = [PROTOCOL]
        self._last_in = self._last_out = 0.0

    # sending ------------------------------------------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        """Packed frames, to be taken with whatever else waits."""
        self._out.append(data)

    def take(self) -> bytes:
        """What is to be written now."""
        out, self._out = self._out, []
        return out[0] if len(out) == 1 else b"".join(out)

    @property
    def waiting(self) -> bool:
        return bool(self._out)

    def cancel(self, channel: int, consumer_tag: str) -> None:
        """Stop consuming; :attr:`cancelled` names the consumer once no delivery can follow."""
        self.send(frames.method(channel, commands.Basic.Cancel(consumer_tag=consumer_tag)))

    def say_goodbye(self) -> None:
        """The last frame of an orderly end; the broker's answer, when it has dealt with all before, ends the link."""
        self.send(frames.method(0, commands.Connection.Close(200, "", 0, 0)))

    # receiving ----------------------------------------------------------------------------------------------------

    def feed(self, data: bytes, now: float) -> list[Delivery]:
        """Messages in ``data``. Raises :class:`LinkError` when the connection is over."""
        self._last_in = now
        try:
            received = self._parser.feed(data)
        except frames.FrameError as error:
            raise LinkError(str(error)) from error
        found: list[Delivery] = []
        for one in received:
            if type(one) is Delivery:
                found.append(one)
            elif isinstance(one, Method):
                self._on_method(one.channel, one.frame)
        return found

    def tick(self, now: float) -> None:
        """Heartbeats both ways (AMQP 0-9-1 §4.2.7). Raises :class:`LinkError` after two silent periods."""
        if not self._heartbeat:
            return
        self._last_in = self._last_in or now
        if now - self._last_in > 2 * self._heartbeat:
            raise LinkError(f"nothing heard for {now - self._last_in:.0f} s")
        if self._out:
            self._last_out = now
        elif now - self._last_out >= self._heartbeat / 2:
            self._out.append(frames.HEARTBEAT)
            self._last_out = now

    def _on_method(self, channel: int, command: Any) -> None:
        name = command.name
        if self._waits_for is not None and name in self._waits_for.command.valid_responses:
            self._next_step()
        elif name == "Connection.Start":
            self._start()
        elif name == "Connection.Tune":
            self._tune(command)
        elif name == "Connection.CloseOk":
            raise LinkError("goodbye")
        elif name in ("Connection.Close", "Channel.Close"):
            raise LinkError(f"{command.reply_code} {command.reply_text}")
        elif name == "Basic.Cancel":
            raise LinkError(f"the queue of {command.consumer_tag} is gone")
        elif name == "Basic.CancelOk":
            self.cancelled.append(command.consumer_tag)
        elif name == "Connection.Blocked":
            self.blocked = command.reason or "blocked"
        elif name == "Connection.Unblocked":
            self.blocked = ""

    def _start(self) -> None:
        known: dict[str, Any] = {"product": "footprint", "connection_name": self._name, "capabilities": _CAPABILITIES}
        response = f"\0{self._login.user}\0{self._login.password}"
        self.send(frames.method(0, commands.Connection.StartOk(known, "PLAIN", response)))

    def _tune(self, told: Any) -> None:
        """The smaller of both sides' wishes; the broker's zero means "no limit"."""
        self.frame_max = min(told.frame_max or FRAME_MAX, FRAME_MAX)
        self._heartbeat = min(self._heartbeat, told.heartbeat or self._heartbeat)
        tuned = commands.Connection.TuneOk(told.channel_max, self.frame_max, int(self._heartbeat))
        self.send(frames.method(0, tuned))
        self._steps.append(Step(0, commands.Connection.Open(self._login.vhost)))
        self._next_step()

    def _next_step(self) -> None:
        if not self._steps:
            self._waits_for, self.ready = None, True
            return
        self._waits_for = self._steps.pop()
        self.send(frames.method(self._waits_for.channel, self._waits_for.command))


def open_channel(channel: int, *, prefetch: int = 0) -> list[Step]:
    """Open a channel; ``prefetch`` limits each consumer that starts on it afterwards."""
    steps = [Step(channel, commands.Channel.Open())]
    return [*steps, Step(channel, commands.Basic.Qos(prefetch_count=prefetch))] if prefetch else steps


def consume(channel: int, queue: str, consumer_tag: str, *, no_ack: bool = False) -> list[Step]:
    """Consume an existing queue."""
    return [Step(channel, commands.Basic.Consume(queue=queue, consumer_tag=consumer_tag, no_ack=no_ack))]


def own_queue(channel: int, queue: str) -> list[Step]:
    """A queue that lives as long as this connection."""
    return [Step(channel, commands.Queue.Declare(queue=queue, exclusive=True, auto_delete=True))]


def bind(channel: int, queue: str, exchange: str, routing_key: str) -> list[Step]:
    """Have the exchange send what matches the key to the queue."""
    return [Step(channel, commands.Queue.Bind(queue=queue, exchange=exchange, routing_key=routing_key))]
