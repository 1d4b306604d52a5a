"""Events: how a contract declares one, and the envelope (CloudEvents 1.0 attributes) it travels in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import msgspec

E = TypeVar("E", bound="type[Event]")


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A fact in the past tense. Subclasses add fields: plain JSON, ids and facts, never personal data.

    ``street_codes`` lists the streets whose people may see it; empty means district-wide.
    """

    street_codes: list[str] = []


@dataclass(frozen=True)
class EventType:
    """What a contract says of an event: its owner, its aggregate and who handles it."""

    name: str
    owner: str
    subject_field: str
    struct: type[Event]
    handled_by: tuple[str, ...]
    summary: str = ""

    @property
    def exchange(self) -> str:
        return f"{self.owner}.events"

    def routing_key(self, district_code: str) -> str:
        return f"{district_code}.{self.name}"


SPEC_VERSION = "1.0"  # of CloudEvents
TYPES: dict[str, EventType] = {}
_BY_STRUCT: dict[type[Event], EventType] = {}


def event(*, owner: str, subject: str, handled_by: tuple[str, ...] = ()) -> Callable[[E], E]:
    """Register an event class. ``subject`` names the field with the aggregate's id; versions are gapless per subject.

    ``handled_by`` lists the services with an ``on_<event>`` handler. The trail hears every event besides.
    """

    def register(struct: E) -> E:
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", struct.__name__).lower()
        if subject not in struct.__struct_fields__:
            raise TypeError(f"{struct.__name__} has no field {subject}")
        if name in TYPES:
            raise TypeError(f"event {name} is declared twice")
        made = EventType(name, owner, subject, struct, handled_by, (struct.__doc__ or "").strip())
        TYPES[name] = made
        _BY_STRUCT[struct] = made
        return struct

    return register


def type_of(struct: type[Event]) -> EventType:
    """The declaration of an event class."""
    return _BY_STRUCT[struct]


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """An event as it is delivered; the same facts travel as AMQP headers and properties."""

    id: str
    name: str
    source: str
    subject: str
    subject_version: int
    district_code: str
    occurred_at: datetime
    actor: dict[str, Any] = field(default_factory=dict)
    trace_id: str = ""
    causation_id: str | None = None
    payload: dict[str, Any] = field(default_factory=dict)

    def decode(self) -> Event:
        """The typed event; raises ``msgspec.ValidationError`` on a bad payload, ``KeyError`` if unknown."""
        return msgspec.convert(self.payload, TYPES[self.name].struct)

    def to_headers(self) -> dict[str, Any]:
        """CloudEvents 1.0 AMQP binding (``cloudEvents_`` prefix) plus our extension attributes."""
        return {
            "cloudEvents_id": self.id,
            "cloudEvents_source": f"/{self.district_code}/{self.source}",
            "cloudEvents_type": self.name,
            "cloudEvents_specversion": SPEC_VERSION,
            "cloudEvents_time": self.occurred_at.isoformat(),
            "cloudEvents_subject": self.subject,
            "cloudEvents_district": self.district_code,
            "cloudEvents_subjectversion": self.subject_version,
            "cloudEvents_actor": msgspec.json.encode(self.actor).decode(),
            "cloudEvents_correlationid": self.trace_id,
            "cloudEvents_causationid": self.causation_id or "",
        }


def from_message(headers: dict[str, Any], body: bytes) -> Envelope:
    """Rebuild an envelope from AMQP headers and a JSON body; raises ``ValueError`` when either is unreadable."""
    try:
        if headers["cloudEvents_specversion"] != SPEC_VERSION:  # who knows what its attributes mean
            raise ValueError(f"CloudEvents {headers['cloudEvents_specversion']} is not {SPEC_VERSION}")
        payload = msgspec.json.decode(body)
        return Envelope(
            id=headers["cloudEvents_id"],
            name=headers["cloudEvents_type"],
            source=headers["cloudEvents_source"].rpartition("/")[2],
            subject=headers["cloudEvents_subject"],
            subject_version=int(headers["cloudEvents_subjectversion"]),
            district_code=headers["cloudEvents_district"],
            occurred_at=datetime.fromisoformat(headers["cloudEvents_time"]),
            actor=msgspec.json.decode(headers.get("cloudEvents_actor", "{}")),
            trace_id=headers.get("cloudEvents_correlationid", ""),
            causation_id=headers.get("cloudEvents_causationid") or None,
            payload=payload,
        )
    except (KeyError, TypeError, AttributeError, RecursionError, msgspec.DecodeError) as error:
        raise ValueError(f"not an event message: {error!r}") from error
