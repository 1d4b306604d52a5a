"""AsyncAPI 3.0 of the bus, from the contracts: the rows that are published and bound are the rows that are told."""

from __future__ import annotations

from typing import Any

import msgspec

from chassis.events import TYPES, EventType
from chassis.runtime.entrypoints import ANY_EVENT
from chassis.runtime.names import queue_name
from contracts.topology import SERVICES, TRAIL

TITLE = "足迹 Footprint · 事件 events"
_ABOUT = (
    "四个服务在 RabbitMQ 上发布的事件：发生过的事实，只带编号和事实，不带个人信息。至少送达一次，处理方按事件编号去重；"
    "同一对象的先后以 `cloudEvents_subjectversion` 为准。\n\n"
    "What the four services publish on RabbitMQ: facts in the past tense, ids and facts only, nothing personal. "
    "Delivered at least once, applied once per handler by event id; the order within a subject is "
    "`cloudEvents_subjectversion`, not the order of arrival. `cloudEvents_correlationid` is the trace id of the "
    "request that began it, `cloudEvents_causationid` what caused this very event: an event, a command, a timer, a job "
    "or a delivery (`./run trace <id>` follows them)."
)
_BINDING = "0.3.0"
_HEADERS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "id": ("string", "Event id; also AMQP message_id. Deduplicate by it.", {"pattern": "^evt_[0-9a-z]{26}$"}),
    "source": ("string", "/<district code>/<service>", {}),
    "type": ("string", "The event's name; also AMQP type.", {}),
    "specversion": ("string", "CloudEvents 1.0", {"const": "1.0"}),
    "time": ("string", "When it happened, on the district's clock.", {"format": "date-time"}),
    "subject": ("string", "Id of the aggregate the event is about.", {}),
    "district": ("string", "Division code (GB/T 2260, 6 digits).", {"pattern": "^[0-9]{6}$"}),
    "subjectversion": ("integer", "Gapless per subject, from 1.", {"minimum": 1}),
    "actor": ("string", 'JSON text {"account_id", "role"}: who acted; no personal data.', {}),
    "correlationid": ("string", "Trace id (W3C, 32 hex) of the request that began it.", {}),
    "causationid": ("string", "Id of the event, command, timer, job or delivery that caused it, or empty.", {}),
}


def build() -> dict[str, Any]:
    """The document. Only the four services' events: tests may have declared others."""
    kinds = sorted((kind for kind in TYPES.values() if kind.owner in SERVICES), key=lambda kind: kind.name)
    schemas, components = msgspec.json.schema_components(
        [kind.struct for kind in kinds], ref_template="#/components/schemas/{name}"
    )
    payloads = {kind.name: schema for kind, schema in zip(kinds, schemas, strict=True)}
    return {
        "asyncapi": "3.0.0",
        "info": _info(),
        "defaultContentType": "application/json",
        "servers": {"cell": _server()},
        "channels": {kind.name: _event_channel(kind) for kind in kinds} | _queue_channels(kinds),
        "operations": {f"send_{kind.name}": _send(kind) for kind in kinds} | _receives(kinds),
        "components": {
            "messages": {kind.name: _message(kind, payloads[kind.name]) for kind in kinds},
            "messageTraits": {"CloudEvent": _cloud_event()},
            "schemas": components,
            "securitySchemes": {"broker": {"type": "userPassword", "description": "SASL PLAIN; one user per process."}},
        },
    }


def handlers(kinds: list[EventType]) -> dict[str, tuple[str, list[EventType]]]:
    """``{queue: (process, events)}`` of every handler; the trail's one queue hears every event."""
    found = {queue_name(one, kind.name): (one, [kind]) for kind in kinds for one in kind.handled_by}
    return found | {queue_name(TRAIL, ANY_EVENT): (TRAIL, kinds)}


def _info() -> dict[str, Any]:
    return {
        "title": TITLE,
        "version": "1.0.0",
        "description": _ABOUT,
        "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        "tags": [{"name": owner} for owner in SERVICES],
    }


def _server() -> dict[str, Any]:
    return {
        "host": "{broker}:5672",
        "protocol": "amqp",
        "protocolVersion": "0.9.1",
        "pathname": "/{cell}",
        "description": "一个单元：一个虚拟主机，一套数据库  A cell: one virtual host, one set of databases",
        "variables": {
            "broker": {"default": "localhost", "description": "RabbitMQ of the cell"},
            "cell": {"default": "", "description": "Virtual host of the cell"},
        },
        "security": [{"$ref": "#/components/securitySchemes/broker"}],
    }


def _event_channel(kind: EventType) -> dict[str, Any]:
    return {
        "address": "{district_code}." + kind.name,
        "title": kind.name,
        "summary": kind.summary,
        "messages": {kind.name: {"$ref": f"#/components/messages/{kind.name}"}},
        "parameters": {"district_code": {"description": "Division code (GB/T 2260, 6 digits)."}},
        "tags": [{"name": kind.owner}],
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": kind.exchange, "type": "topic", "durable": True, "autoDelete": False},
                "bindingVersion": _BINDING,
            }
        },
    }


def _queue_channels(kinds: list[EventType]) -> dict[str, Any]:
    return {_key(queue): _queue_channel(queue, process, heard) for queue, (process, heard) in handlers(kinds).items()}


def _queue_channel(queue: str, process: str, heard: list[EventType]) -> dict[str, Any]:
    arguments: dict[str, Any] = {"x-queue-type": "quorum"}
    if process == TRAIL:
        arguments["x-single-active-consumer"] = True
    return {
        "address": queue,
        "title": queue,
        "summary": "Every event of every service." if process == TRAIL else f"{heard[0].name} for {process}.",
        "messages": {kind.name: {"$ref": f"#/components/messages/{kind.name}"} for kind in heard},
        "tags": [{"name": process}],
        "bindings": {
            "amqp": {
                "is": "queue",
                "queue": {"name": queue, "durable": True, "exclusive": False, "autoDelete": False},
                "x-arguments": arguments,
                "bindingVersion": _BINDING,
            }
        },
    }


def _send(kind: EventType) -> dict[str, Any]:
    """Mandatory where somebody handles it: a missing binding leaves the event unsent and visible."""
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{kind.name}"},
        "summary": f"{kind.owner}-relay publishes it from the outbox, with a confirm.",
        "messages": [{"$ref": f"#/channels/{kind.name}/messages/{kind.name}"}],
        "bindings": {
            "amqp": {"deliveryMode": 2, "mandatory": bool(kind.handled_by), "bindingVersion": _BINDING},
        },
        "x-process": f"{kind.owner}-relay",
    }


def _receives(kinds: list[EventType]) -> dict[str, Any]:
    return {
        _key(queue): {
            "action": "receive",
            "channel": {"$ref": f"#/channels/{_key(queue)}"},
            "summary": f"{process} applies it once, or retries and then parks it.",
            "messages": [{"$ref": f"#/channels/{_key(queue)}/messages/{kind.name}"} for kind in heard],
            "bindings": {"amqp": {"ack": True, "bindingVersion": _BINDING}},
            "x-process": process,
        }
        for queue, (process, heard) in handlers(kinds).items()
    }


def _key(queue: str) -> str:
    """Names of channels and operations hold no dot: they are referred to by path."""
    return queue.replace(".", "_")


def _message(kind: EventType, payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": kind.name,
        "title": kind.struct.__name__,
        "summary": kind.summary,
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/CloudEvent"}],
        "payload": payload,
        "bindings": {"amqp": {"messageType": kind.name, "bindingVersion": _BINDING}},
        "x-subject": kind.subject_field,
    }


def _cloud_event() -> dict[str, Any]:
    """What every message carries beside its payload (:meth:`chassis.events.Envelope.to_headers`)."""
    names = [f"cloudEvents_{name}" for name in _HEADERS]
    rows = {
        f"cloudEvents_{name}": {"type": kind, "description": about, **more}
        for name, (kind, about, more) in _HEADERS.items()
    }
    return {
        "correlationId": {
            "location": "$message.header#/cloudEvents_correlationid",
            "description": "Trace id of the request that began it.",
        },
        "headers": {"type": "object", "required": names, "properties": rows},
    }
