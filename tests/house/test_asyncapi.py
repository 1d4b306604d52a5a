"""The AsyncAPI document says what is declared, bound and published."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from chassis import clock, ids
from chassis.events import TYPES, Envelope, EventType
from chassis.runtime import topology
from gateway import asyncapi
from gateway.catalogue import SERVICES
from tests.house.kit import ALL, service


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return asyncapi.build()


def _types() -> list[EventType]:
    return [kind for kind in TYPES.values() if kind.owner in SERVICES]


def _follow(document: dict[str, Any], reference: dict[str, str]) -> dict[str, Any]:
    at: Any = document
    for word in reference["$ref"].removeprefix("#/").split("/"):
        at = at[word]
    assert isinstance(at, dict)
    return at


def test_every_reference_of_the_document_leads_somewhere(document: dict[str, Any]) -> None:
    def walk(part: Any) -> int:
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        here = 1 if isinstance(part, dict) and "$ref" in part and _follow(document, part) else 0
        return here + sum(walk(one) for one in inner)

    assert walk(document) > len(_types())


def test_every_event_is_a_channel_its_owner_sends_to(document: dict[str, Any]) -> None:
    assert set(document["components"]["messages"]) == {kind.name for kind in _types()}
    for kind in _types():
        channel = document["channels"][kind.name]
        exchange = topology.events_exchange(kind.owner)
        told = channel["bindings"]["amqp"]["exchange"]
        assert channel["address"].replace("{district_code}", "370211") == kind.routing_key("370211")
        assert (told["name"], told["type"], told["durable"]) == (exchange.name, exchange.type, exchange.durable)
        operation = document["operations"][f"send_{kind.name}"]
        assert operation["action"] == "send"
        assert operation["bindings"]["amqp"]["mandatory"] == bool(kind.handled_by)
        assert _follow(document, operation["channel"]) is channel


@pytest.mark.parametrize("name", ALL)
def test_every_handler_is_an_operation_on_the_queue_that_is_declared(document: dict[str, Any], name: str) -> None:
    found = [row for row in document["operations"].values() if row["action"] == "receive" and row["x-process"] == name]
    queues = {_follow(document, row["channel"])["address"]: row for row in found}
    assert set(queues) == {service(name).queue_of(event) for event in service(name).handlers()}
    for event in service(name).handlers():
        queue = topology.event_queue(service(name), event)
        channel = _follow(document, queues[queue.name]["channel"])
        told = channel["bindings"]["amqp"]["x-arguments"]
        single = {"x-queue-type", "x-single-active-consumer"}
        assert told == {key: value for key, value in queue.queue_arguments.items() if key in single}
        heard = {kind.name for kind in _types()} if event == "*" else {event}
        assert set(channel["messages"]) == heard


def test_a_real_message_has_the_headers_that_are_told(document: dict[str, Any]) -> None:
    envelope = Envelope(
        id=ids.new_id("evt"),
        name="proposal_submitted",
        source="projects",
        subject=ids.new_id("prp"),
        subject_version=1,
        district_code="370211",
        occurred_at=clock.system_now(),
    )
    schema = document["components"]["messageTraits"]["CloudEvent"]["headers"]
    assert set(schema["properties"]) == set(envelope.to_headers())
    jsonschema_rs.validate(schema, envelope.to_headers())
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(schema, envelope.to_headers() | {"cloudEvents_subjectversion": 0})
