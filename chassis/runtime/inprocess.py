"""The in-process host: the same service classes on the same databases, without a broker. Deterministic; for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import select

from chassis import config
from chassis.events import Envelope, from_message
from chassis.runtime import jobrunner, parking, replay, timers, waiting
from chassis.runtime.delivery import DONE, deliver
from chassis.runtime.entrypoints import ANY_EVENT
from chassis.runtime.execute import Executor, plain
from chassis.tables import WAITS, OutboxEvent


class InProcessHost:
    """Hosts several services; :meth:`settle` plays relay, broker, timers and job processes until all is at rest.

    A failing handler raises out of :meth:`settle`; with ``parking`` it is retried and parked, as on the broker.
    """

    def __init__(self, executors: Iterable[Executor], *, deliveries: int = 1, parking: bool = False) -> None:
        self.executors = {executor.service.name: executor for executor in executors}
        self.deliveries = deliveries
        self.parking = parking

    def call(self, service: str, method: str, kwargs: Mapping[str, Any], headers: Mapping[str, Any]) -> Any:
        """As the broker would carry it: same errors, same plain JSON."""
        return plain(self.executors[service].call(method, kwargs, headers))

    def settle(self, *, rounds: int = 1000) -> int:
        """Deliver events, fire timers and run jobs until nothing is left; returns how many events were delivered."""
        delivered = 0
        for _ in range(rounds):
            batch = [event for executor in self.executors.values() for event in self._take(executor)]
            for envelope in batch:
                self._deliver(envelope)
            delivered += len(batch)
            work = sum(self._replay(executor) for executor in self.executors.values())
            work += sum(timers.fire_due(executor) for executor in self.executors.values())
            work += sum(jobrunner.work(executor) for executor in self.executors.values())
            if not batch and not work:
                return delivered
        raise RuntimeError("the services never came to rest")

    def _take(self, executor: Executor) -> list[Envelope]:
        if executor.service.database:  # shares another service's outbox
            return []
        with executor.sessions.begin() as session:
            rows = list(session.scalars(select(OutboxEvent).where(WAITS).order_by(OutboxEvent.position)))
            waiting.mark(session.connection().connection.cursor(), [row.position for row in rows])
            return [envelope_of(row) for row in rows]

    def _deliver(self, envelope: Envelope) -> None:
        for _ in range(self.deliveries):
            for executor in self.executors.values():
                handlers = executor.service.handlers()
                for name in (envelope.name, ANY_EVENT):
                    if name in handlers:
                        self._apply(executor, envelope, name)

    def _apply(self, executor: Executor, envelope: Envelope, event: str) -> None:
        if not self.parking:
            executor.handle(envelope, event=event)
            return
        self._carry(executor, event, letter_of(envelope, executor.service.queue_of(event)))

    def _carry(self, executor: Executor, event: str, letter: parking.Letter) -> None:
        """Apply it, or park it after its retries."""
        for _ in range(config.RETRY_LIMIT.get() + 1):
            verdict = deliver(executor, event, letter)
            if verdict is DONE:
                return
            letter = replace(letter, headers=verdict.headers or {})
            if verdict.word == "park":
                break
        with executor.sessions.begin() as session:
            parking.store(session, letter)

    def _replay(self, executor: Executor) -> int:
        """What the relay does: parked messages whose replay was asked for go back to their queue."""
        if executor.service.database:
            return 0
        with executor.sessions.begin() as session:
            database = session.connection().connection
            asked = replay.read_asked(database)
            refusals = {one.id: why for one in asked if (why := one.flaw() or self._unroutable(one.queue))}
            for key, why in refusals.items():
                replay.refuse(database, key, why)
            sent = [one for one in asked if one.id not in refusals]
            replay.mark_sent(database, [one.id for one in sent])
        for one in sent:
            self._carry(*self._queues()[one.queue], letter_again(one))
        return len(asked)

    def _unroutable(self, queue: str) -> str | None:
        return None if queue in self._queues() else "returned: no queue is bound"

    def _queues(self) -> dict[str, tuple[Executor, str]]:
        """Each handler's queue, with whose it is."""
        return {
            executor.service.queue_of(event): (executor, event)
            for executor in self.executors.values()
            for event in executor.service.handlers()
        }


def letter_of(envelope: Envelope, queue: str) -> parking.Letter:
    """An envelope as its message."""
    body = msgspec.json.encode(envelope.payload)
    return parking.Letter(queue=queue, headers=envelope.to_headers(), body=body, message_id=envelope.id)


def letter_again(asked: replay.Asked) -> parking.Letter:
    """A parked message on its way back."""
    known = {"content_type": asked.content_type, "message_id": asked.message_id}
    return parking.Letter(queue=asked.queue, headers=asked.fresh_headers(), body=asked.body, **known)


def envelope_of(row: OutboxEvent) -> Envelope:
    """The envelope of an outbox row, as the relay sends it."""
    return from_message(row.headers, msgspec.json.encode(row.payload))
