"""The RPC client: Nameko's wire format over one multiplexed connection, with a deadline for every call."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

from chassis import frames, ids, link, logging
from chassis.codes import ChassisCode
from chassis.errors import KINDS, FootprintError, InternalError, InvalidError, UnavailableError, from_wire
from chassis.frames import Delivery
from chassis.link import Step
from chassis.runtime.names import REPLY_QUEUE, RPC_EXCHANGE
from gateway.broker import Broker, Use, Wire

_CHANNEL = 1
_PREFIX = "nameko."
_PASSED = ("authorization", "command_id", "street")
_log = logging.get("gateway.rpc")


class Rpc(Protocol):
    """What the gateway needs of the bus. Headers: authorization, command_id, trace_id, street."""

    @property
    def connected(self) -> bool: ...

    async def fetch(
        self, operation: str, arguments: Mapping[str, Any], headers: Mapping[str, str], *, deadline: float | None = None
    ) -> bytes:
        """The reply of ``service.method`` as JSON; raises the :class:`FootprintError` the service raised."""

    async def call(
        self, operation: str, arguments: Mapping[str, Any], headers: Mapping[str, str], *, deadline: float | None = None
    ) -> Any:
        """The same, decoded."""


class _Reply(msgspec.Struct):
    result: msgspec.Raw = msgspec.Raw(b"null")
    error: dict[str, Any] | None = None


_REPLY = msgspec.json.Decoder(_Reply)


class AmqpRpc:
    """Every call in flight shares one connection and one reply queue; a correlation id tells replies apart."""

    def __init__(self, broker: Broker, *, deadline: float) -> None:
        self._deadline = deadline
        self._pending: dict[str, asyncio.Future[bytes]] = {}
        self._wire: Wire | None = None
        self._reply_to = ""
        self._numbers = itertools.count()
        self._prefix = secrets.token_hex(8)
        broker.use(
            Use(name="calls", steps=self._steps, ready=self._on_ready, deliver=self._on_delivery, lost=self._on_lost)
        )

    @property
    def connected(self) -> bool:
        return self._wire is not None

    async def call(
        self, operation: str, arguments: Mapping[str, Any], headers: Mapping[str, str], *, deadline: float | None = None
    ) -> Any:
        return msgspec.json.decode(await self.fetch(operation, arguments, headers, deadline=deadline))

    async def fetch(
        self, operation: str, arguments: Mapping[str, Any], headers: Mapping[str, str], *, deadline: float | None = None
    ) -> bytes:
        wire = self._wire
        if wire is None:
            raise UnavailableError(ChassisCode.SERVICE_UNAVAILABLE)
        seconds = deadline or self._deadline
        key = f"{self._prefix}-{next(self._numbers)}"
        packed = self._packed(operation, arguments, headers, key, seconds, wire.link.frame_max)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bytes] = loop.create_future()
        self._pending[key] = future
        timer = loop.call_later(seconds, _settle, future, UnavailableError, ChassisCode.DEADLINE_EXCEEDED, operation)
        try:
            wire.send(packed)
            return await future
        finally:
            timer.cancel()
            del self._pending[key]

    def _packed(
        self,
        operation: str,
        arguments: Mapping[str, Any],
        headers: Mapping[str, str],
        key: str,
        seconds: float,
        frame_max: int,
    ) -> bytes:
        try:
            body = msgspec.json.encode({"args": [], "kwargs": arguments})
        except (OverflowError, msgspec.MsgspecError, UnicodeEncodeError) as error:
            raise InvalidError(ChassisCode.REQUEST_INVALID) from error
        properties = {
            "content_type": "application/json",
            "content_encoding": "utf-8",
            "headers": _headers(headers),
            "delivery_mode": 1,
            "correlation_id": key,
            "reply_to": self._reply_to,
            "expiration": str(max(1, int(seconds * 1000))),
        }
        return frames.publish(_CHANNEL, RPC_EXCHANGE, operation, body, properties, mandatory=True, frame_max=frame_max)

    # the broker's side --------------------------------------------------------------------------------------------

    def _steps(self) -> Sequence[Step]:
        queue = self._reply_to = f"{REPLY_QUEUE}{ids.new_uuid()}"
        return [
            *link.open_channel(_CHANNEL),
            *link.own_queue(_CHANNEL, queue),
            *link.bind(_CHANNEL, queue, RPC_EXCHANGE, self._reply_to),  # for services on the stock path
            *link.consume(_CHANNEL, queue, "replies", no_ack=True),
        ]

    def _on_ready(self, wire: Wire) -> None:
        self._wire = wire
        _log.info("broker_connected")

    def _on_lost(self) -> None:
        self._wire = None
        for future in self._pending.values():
            _settle(future, UnavailableError, ChassisCode.SERVICE_UNAVAILABLE)

    def _on_delivery(self, delivery: Delivery) -> None:
        future = self._pending.get(delivery.properties.get("correlation_id", ""))
        if future is None or future.done():  # its deadline has passed
            return
        if delivery.reason:  # returned: nobody has a queue for it
            _log.warning("call_returned", operation=delivery.routing_key, reason=delivery.reason)
            _settle(future, UnavailableError, ChassisCode.SERVICE_UNAVAILABLE)
            return
        try:
            reply = _REPLY.decode(delivery.body)
        except msgspec.DecodeError:
            _settle(future, InternalError, ChassisCode.INTERNAL)
            return
        if reply.error is not None:
            future.set_exception(rebuild(reply.error))
        else:
            future.set_result(bytes(reply.result))


def rebuild(error: Mapping[str, Any]) -> FootprintError:
    """The service's error from Nameko's ``{exc_type, exc_path, exc_args, value}``; a foreign one is a defect."""
    parts = list(error.get("exc_args") or ())
    if len(parts) == 5 and parts[0] in KINDS:
        kind, code, zh, en, details = (str(part) for part in parts)
        try:
            known = msgspec.json.decode(details, type=dict[str, Any])
        except msgspec.DecodeError:
            known = {}
        return from_wire({"kind": kind, "code": code, "zh": zh, "en": en, "details": known})
    _log.error("call_failed", exc_type=error.get("exc_type"))
    return InternalError(ChassisCode.INTERNAL)


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    made = {_PREFIX + name: headers[name] for name in _PASSED if headers.get(name)}
    if trace := headers.get("trace_id"):
        made[_PREFIX + "traceparent"] = f"00-{trace}-{ids.new_span_id()}-01"
    return made


def _settle(future: asyncio.Future[bytes], kind: type[FootprintError], code: ChassisCode, operation: str = "") -> None:
    if not future.done():
        future.set_exception(kind(code, operation=operation) if operation else kind(code))
