"""What a host runs: a service class, its contract and its way to the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import MetaData
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.operations import Operation
from chassis.runtime.entrypoints import entrypoints
from chassis.runtime.names import queue_name
from chassis.tracing import Follower

Pump = Callable[[Any], int]
JobFunction = Callable[..., Any]
Widen = Callable[[Session, Actor], Actor]


@dataclass(frozen=True, kw_only=True)
class Service:
    """``cls`` combines the faces; ``operations`` is the contract; ``jobs`` and ``pumps`` run in the job process.

    A pump is called about once a second with the runtime and answers how much it did; it owns its transactions
    (outgoing mail, say). ``followers`` add steps to a trace from the service's own tables.
    ``widen`` may give the verified actor of a call more streets (one code became another).
    ``database`` names whose database is used (the trail process shares that of projects).
    """

    name: str
    cls: type
    operations: Sequence[Operation] = ()
    metadata: Sequence[MetaData] = ()
    jobs: Mapping[str, JobFunction] = field(default_factory=dict)
    pumps: Sequence[Pump] = ()
    followers: Sequence[Follower] = ()
    widen: Widen | None = None
    database: str = ""
    single_consumer: bool = False

    @property
    def database_name(self) -> str:
        return self.database or self.name

    def operation(self, name: str) -> Operation | None:
        return self._table().get(name)

    def _table(self) -> dict[str, Operation]:
        return {operation.name: operation for operation in self.operations}

    def handlers(self) -> dict[str, str]:
        """``{event name: method name}`` of this service's handlers; the wildcard is ``"*"``."""
        marks = entrypoints(self.cls).values()
        return {mark.event: mark.method for mark in marks if mark.word == "on_event" and mark.event}

    def together(self, event: str) -> int:
        """How many events the handler of ``event`` takes in one transaction."""
        return max(mark.together for mark in entrypoints(self.cls).values() if mark.event == event)

    def queue_of(self, event: str) -> str:
        """The queue of a handler: named after service and method, so a handler is never renamed."""
        return queue_name(self.name, event)
