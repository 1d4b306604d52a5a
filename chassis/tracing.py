"""What one request led to: the steps of a trace, and how they hang together. Ids and facts only, nothing personal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from chassis import ids

Kind = Literal["command", "event", "handled", "timer", "job", "message", "delivery", "entry"]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that happened, or has yet to (``at`` is ``None``).

    ``at`` and ``until`` are instants of the system clock: the district's may run ahead. ``cause`` is the id of what
    caused it. ``event`` names the event a step tells of, so that one whose outbox row is gone is still followed.
    """

    kind: Kind
    id: str
    name: str
    service: str
    at: datetime | None
    status: str = "done"
    until: datetime | None = None
    cause: str | None = None
    event: tuple[str, str] | None = None
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.id


@dataclass(frozen=True, kw_only=True)
class Thread:
    """What is known of a trace so far: its events as ``{event id: event name}``, in these districts."""

    trace_id: str
    events: Mapping[str, str] = field(default_factory=dict)
    districts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Follower:
    """What a service adds from tables of its own.

    ``follow`` answers the steps of a thread, ``find`` the trace id of a thing by its id.
    """

    follow: Callable[[Session, Thread], list[Step]]
    find: Callable[[Session, str], str | None] = lambda session, asked: None


@dataclass
class Node:
    """A step and what it caused, in the order of time."""

    step: Step
    children: list[Node] = field(default_factory=list)


def born(prefix: str, text: str) -> datetime | None:
    """When an id was made, to the millisecond, by the system clock (UUIDv7); ``None`` for other ids."""
    if not ids.is_id(prefix, text):
        return None
    value = ids.decode(prefix, text)
    return datetime.fromtimestamp((value.int >> 80) / 1000, UTC) if value.version == 7 else None


def tree(steps: Iterable[Step]) -> list[Node]:
    """The steps below what caused them; those whose cause is not among them are the roots."""
    nodes = {step.key: Node(step) for step in steps}
    places = _places(nodes.values())
    roots = []
    for node in nodes.values():
        parent = _parent(node.step, places)
        if parent is None or parent is node:
            roots.append(node)
        else:
            parent.children.append(node)
    for node in nodes.values():
        node.children.sort(key=_order)
    return sorted(roots, key=_order)


def _places(nodes: Iterable[Node]) -> dict[tuple[str, str], Node]:
    """Where effects hang: below the handler of the same service that applied the event, else below the thing itself."""
    found: dict[tuple[str, str], Node] = {}
    for node in nodes:
        if node.step.kind == "handled":
            assert node.step.event is not None
            found[node.step.service, node.step.event[0]] = node
        else:
            found["", node.step.id] = node
    return found


def _parent(step: Step, places: Mapping[tuple[str, str], Node]) -> Node | None:
    cause = step.cause or ""
    below = places.get((step.service, cause)) if step.kind != "handled" else None
    return below or places.get(("", cause))


def _order(node: Node) -> tuple[bool, float, str]:
    """What has yet to happen comes last."""
    at = node.step.at
    return at is None, at.timestamp() if at else 0.0, node.step.id
