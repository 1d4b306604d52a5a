"""The wire of calls: stock Nameko bodies, an allow-list of headers, and one remote error class."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from chassis.codes import ChassisCode
from chassis.errors import FootprintError, InternalError, InvalidError, from_wire

CONTENT_TYPE = "application/json"
PREFIX = "nameko."
ERROR_PATH = "chassis.runtime.wire.ServiceError"
_TRACEPARENT = re.compile(r"^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_PLAIN_HEADERS = ("authorization", "command_id", "street")


class ServiceError(Exception):
    """The one class of errors that crosses the bus: ``(kind, code, zh, en, details as JSON)``."""

    def __init__(self, kind: str, code: str, zh: str, en: str, details: str) -> None:
        super().__init__(kind, code, zh, en, details)

    def to_error(self) -> FootprintError:
        """The error the service raised."""
        kind, code, zh, en, details = self.args
        return from_wire({"kind": kind, "code": code, "zh": zh, "en": en, "details": _object(details)})


def reply_body(result: Any) -> bytes:
    """``{"result": …, "error": null}``; raises ``TypeError`` for what is no plain JSON."""
    return b'{"result":' + msgspec.json.encode(result) + b',"error":null}'


def refusal_body(error: FootprintError) -> bytes:
    """A reply that carries an error."""
    return msgspec.json.encode(refusal(error))


def refusal(error: FootprintError) -> dict[str, Any]:
    """The same, in the shape Nameko's own clients read."""
    details = msgspec.json.encode(error.details, enc_hook=str).decode()
    arguments = [error.kind, error.code, error.zh, error.en, details]
    return {
        "result": None,
        "error": {"exc_type": "ServiceError", "exc_path": ERROR_PATH, "exc_args": arguments, "value": error.code},
    }


def result_of(body: bytes) -> Any:
    """What a reply says, or the error it carries, raised as its own kind."""
    answer = msgspec.json.decode(body)
    error = answer.get("error")
    if not error:
        return answer.get("result")
    arguments = error.get("exc_args") or []
    if error.get("exc_path") == ERROR_PATH and len(arguments) == 5:
        raise ServiceError(*arguments).to_error()
    raise InternalError(ChassisCode.INTERNAL)


def arguments_of(body: bytes) -> dict[str, Any]:
    """The keyword arguments of a request; raises :class:`InvalidError` when it is not one."""
    try:
        request = msgspec.json.decode(body)
        args, kwargs = request["args"], request["kwargs"]
    except (msgspec.DecodeError, RecursionError, KeyError, TypeError) as error:
        raise InvalidError(ChassisCode.REQUEST_INVALID) from error
    if args or not isinstance(kwargs, dict):
        raise InvalidError(ChassisCode.REQUEST_INVALID)
    return kwargs


def call_headers(headers: Mapping[str, Any]) -> dict[str, str]:
    """What of a message's headers the executor may know; everything else stops here."""
    found = {name: headers.get(PREFIX + name) for name in _PLAIN_HEADERS}
    kept = {name: value for name, value in found.items() if isinstance(value, str) and value}
    if "authorization" in kept:
        kept["authorization"] = kept["authorization"].removeprefix("Bearer ")
    trace = _TRACEPARENT.match(str(headers.get(PREFIX + "traceparent", "")))
    if trace:
        kept["trace_id"] = trace.group(1)
    return kept


def message_headers(headers: Mapping[str, Any]) -> dict[str, Any]:
    """The other direction: ``{authorization, command_id, street, trace_id}`` to AMQP headers."""
    made = {PREFIX + name: headers[name] for name in _PLAIN_HEADERS if headers.get(name)}
    if headers.get("trace_id"):
        made[PREFIX + "traceparent"] = f"00-{headers['trace_id']}-{headers['trace_id'][:16]}-01"
    return made


def _object(text: str) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}
