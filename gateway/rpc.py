"""The RPC client: Nameko's wire format over one multiplexed connection, with a deadline for every call."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec
from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractConnection, AbstractExchange, AbstractIncomingMessage
from aio_pika.exceptions import AMQPError, ChannelInvalidStateError

from chassis import ids, logging
from chassis.codes import ChassisCode
from chassis.errors import KINDS, FootprintError, InternalError, InvalidError, UnavailableError, from_wire
from gateway.broker import Broker

EXCHANGE = "nameko-rpc"
_PREFIX = "nameko."
_log = logging.get("gateway.rpc")


class Rpc(Protocol):
    """What the gateway needs of the bus. Headers: authorization, command_id, trace_id, street."""

    @property
    def connected(self) -> bool: ...

    async def call(
        self, operation: str, arguments: Mapping[str, Any], headers: Mapping[str, str], *, deadline: float | None = None
    ) -> Any:
        """The reply of ``service.method``; raises the :class:`FootprintError` the service raised."""


class AmqpRpc:
    """Every call in flight shares one channel and one reply queue; a correlation id tells replies apart."""

    def __init__(self, broker: Broker, *, deadline: float) -> None:
        self._broker = broker
        self._deadline = deadline
        self._pending: dict[str, asyncio.Future[Any]] = {}
        self._reply_to = ""
        self._exchange: AbstractExchange | None = None
        self._closing: asyncio.Future[None] | None = None
        broker.use(self._setup, self._lost)

    @property
    def connected(self) -> bool:
        return self._broker.connected and self._exchange is not None

    async def call(
        self, operation: str, arguments: Mapping[str, Any], headers: Mapping[str, str], *, deadline: float | None = None
    ) -> Any:
        if self._exchange is None:
            raise UnavailableError(ChassisCode.SERVICE_UNAVAILABLE)
        seconds = deadline or self._deadline
        message = self._message(arguments, headers, seconds)
        key = str(message.correlation_id)
        future = self._pending[key] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await self._exchange.publish(message, routing_key=operation, mandatory=True)
                return await future
        except TimeoutError as error:
            raise UnavailableError(ChassisCode.DEADLINE_EXCEEDED, operation=operation) from error
        except (AMQPError, ChannelInvalidStateError, OSError) as error:  # a return (nobody consumes) among them
            _log.warning("call_not_sent", operation=operation, error=repr(error))
            raise UnavailableError(ChassisCode.SERVICE_UNAVAILABLE) from error
        finally:
            del self._pending[key]

    def _message(self, arguments: Mapping[str, Any], headers: Mapping[str, str], seconds: float) -> Message:
        try:
            body = msgspec.json.encode({"args": [], "kwargs": arguments})
        except (OverflowError, msgspec.MsgspecError, UnicodeEncodeError) as error:
            raise InvalidError(ChassisCode.REQUEST_INVALID) from error
        return Message(
            body,
            content_type="application/json",
            content_encoding="utf-8",
            correlation_id=str(ids.new_uuid()),
            reply_to=self._reply_to,
            expiration=seconds,
            delivery_mode=DeliveryMode.NOT_PERSISTENT,
            headers=_wire(headers),
        )

    async def _setup(self, connection: AbstractConnection) -> None:
        channel = await connection.channel(on_return_raises=True)
        exchange = await channel.get_exchange(EXCHANGE, ensure=False)
        self._reply_to = str(ids.new_uuid())
        queue = await channel.declare_queue(f"rpc.reply-gateway-{self._reply_to}", exclusive=True, auto_delete=True)
        await queue.bind(exchange, routing_key=self._reply_to)
        await queue.consume(self._on_reply, no_ack=True)
        channel.close_callbacks.add(lambda *_: self._on_channel_closed(connection))
        self._exchange = exchange

    def _on_channel_closed(self, connection: AbstractConnection) -> None:
        """The broker may close a channel and keep the connection: only a new connection sets a channel up again."""
        self._lost()
        if not connection.is_closed:
            self._closing = asyncio.ensure_future(connection.close())

    def _lost(self) -> None:
        self._exchange = None
        for future in self._pending.values():
            _settle(future, UnavailableError(ChassisCode.SERVICE_UNAVAILABLE))

    async def _on_reply(self, message: AbstractIncomingMessage) -> None:
        future = self._pending.get(str(message.correlation_id))
        if future is None or future.done():  # its deadline has passed
            return
        try:
            reply = msgspec.json.decode(message.body)
            error = reply["error"]
        except (msgspec.DecodeError, KeyError, TypeError):
            _settle(future, InternalError(ChassisCode.INTERNAL))
            return
        if error is not None:
            _settle(future, rebuild(error))
        else:
            future.set_result(reply["result"])


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


def _wire(headers: Mapping[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {_PREFIX + name: value for name, value in headers.items() if name != "trace_id"}
    if trace := headers.get("trace_id"):
        made[_PREFIX + "traceparent"] = f"00-{trace}-{secrets.token_hex(8)}-01"
    return made


def _settle(future: asyncio.Future[Any], error: FootprintError) -> None:
    if not future.done():
        future.set_exception(error)
