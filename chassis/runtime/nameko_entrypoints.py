"""Nameko entrypoints that carry events, parking and the ticker; calls are in fast_calls and stock_calls."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

import eventlet
from nameko.extensions import Entrypoint

from chassis import config, crash, logging
from chassis.runtime import parking, timers
from chassis.runtime.answer import HandlerTimeoutError
from chassis.runtime.delivery import DONE, Verdict, deliver, jitter_ms, judge
from chassis.runtime.execute import Executor
from chassis.runtime.nameko_queues import BusConsumer
from chassis.runtime.names import PARK
from chassis.runtime.outlet import Outlet, PublishError
from chassis.runtime.parking import Letter
from chassis.runtime.together import applied_together

log = logging.get(__name__)
_KEPT = ("content_type", "content_encoding", "message_id", "correlation_id", "type", "timestamp", "app_id")


def letter_of(message: Any, queue: str) -> Letter:
    properties = message.properties
    return Letter(
        queue=queue,
        headers=message.headers,
        body=bytes(message.body),
        content_type=properties.get("content_type"),
        message_id=properties.get("message_id"),
    )


class FromQueue(Entrypoint):
    """An entrypoint that consumes a queue of its own."""

    queue_consumer = BusConsumer()

    def __init__(self, queue: Any = None, event: str = "", prefetch: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.queue = queue
        self.event = event
        self._prefetch = prefetch

    @property
    def prefetch(self) -> int:
        return self._prefetch or int(self.container.max_workers)

    def setup(self) -> None:
        self.queue_consumer.register_provider(self)

    def stop(self) -> None:
        self.queue_consumer.unregister_provider(self)

    def handle_message(self, message: Any) -> None:
        work = partial(self.work, message)
        self.container.spawn_worker(self, (work,), {}, handle_result=partial(self._finish, message))

    def work(self, message: Any) -> Verdict | None:
        """What became of the message; ``None`` gives it back."""
        raise RuntimeError("a queue without work")

    def finish(self, message: Any, verdict: Verdict) -> None:
        self.queue_consumer.ack(message)

    def _finish(self, message: Any, context: Any, result: Any, exc_info: Any) -> Any:
        if result is None or exc_info is not None:
            self.queue_consumer.give_back(message)
        else:
            self.finish(message, result)
        return None, None


class EventQueue(FromQueue):
    """A handler's queue: applied, or published to retry or parking with a confirm, and only then acknowledged (F1)."""

    def work(self, message: Any) -> Verdict | None:
        if self.queue_consumer.draining:
            return None
        letter = letter_of(message, self.queue.name)
        limit = config.HANDLER_LIMIT.get()
        try:
            with eventlet.Timeout(limit, HandlerTimeoutError(f"{self.event} ran longer than {limit:g} s")):
                return deliver(self.container.config["executor"], self.event, letter)
        except HandlerTimeoutError as error:  # it fired outside the handler's own try
            return judge(error, letter)

    def finish(self, message: Any, verdict: Verdict) -> None:
        try:
            if verdict is not DONE:
                self._send_on(message, verdict)
        except PublishError as error:
            log.error("send_on_failed", queue=self.queue.name, word=verdict.word, error=repr(error))
            eventlet.sleep(1)  # the broker gives it back at once
            self.queue_consumer.give_back(message)
        else:
            self.queue_consumer.ack(message)

    def _send_on(self, message: Any, verdict: Verdict) -> None:
        properties = {name: value for name in _KEPT if (value := message.properties.get(name)) is not None}
        properties |= {"delivery_mode": 2, "application_headers": verdict.headers or {}}
        exchange = PARK
        if verdict.word == "retry":
            exchange = f"retry.{verdict.tier}"
            properties["expiration"] = str(jitter_ms(verdict.tier))
        outlet: Outlet = self.container.config["outlet"]
        outlet.publish(exchange, self.queue.name, bytes(message.body), **properties)
        crash.point(f"{verdict.word}.after_publish")


class EventBatches(EventQueue):
    """The queue of a handler that takes many events at once: one worker, what has arrived, one transaction."""

    def __init__(self, together: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._together = together
        self._waiting: deque[Any] = deque()
        self._working = False

    def handle_message(self, message: Any) -> None:
        self._waiting.append(message)
        if not self._working:
            self._working = True
            self.container.spawn_worker(self, (self._work_off,), {})

    def _work_off(self) -> None:
        try:
            while self._waiting:
                lot = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._together))]
                if len(lot) > 1 and self._applied(lot):
                    self.queue_consumer.ack_all(lot)
                else:
                    self._each_alone(lot)
        finally:
            self._working = False  # nothing yields between the last look and here

    def _applied(self, lot: list[Any]) -> bool:
        if self.queue_consumer.draining:
            return False
        letters = [letter_of(message, self.queue.name) for message in lot]
        limit = config.HANDLER_LIMIT.get()
        try:
            with eventlet.Timeout(limit, HandlerTimeoutError(f"{self.event} ran longer than {limit:g} s")):
                return applied_together(self.container.config["executor"], self.event, letters)
        except HandlerTimeoutError:
            return False

    def _each_alone(self, lot: list[Any]) -> None:
        for message in lot:
            try:
                verdict = self.work(message)
            except Exception:
                log.exception("event_given_back", queue=self.queue.name)
                verdict = None
            self._finish(message, None, verdict, None)


class ParkQueue(FromQueue):
    """Drains ``park.<service>`` into the ``parked`` table. Holds the message while the database is away."""

    def work(self, message: Any) -> Verdict | None:
        letter = letter_of(message, message.delivery_info["routing_key"])
        executor: Executor = self.container.config["executor"]
        while not self.queue_consumer.draining:
            try:
                with executor.sessions.begin() as session:
                    parking.store(session, letter)
                crash.point("parking.after_commit")
            except Exception:
                log.exception("parking_failed", queue=letter.queue)
                eventlet.sleep(2)
            else:
                return DONE
        return None


class Ticker(Entrypoint):
    """Each second: due timers and periodic tasks. A database outage is logged and outlived."""

    def __init__(self, seconds: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seconds = seconds
        self._stopping = False
        self._thread: Any = None

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(self._run, identifier="ticker")

    def stop(self) -> None:
        """Lets the running turn end."""
        self._stopping = True
        if self._thread is not None:
            self._thread.wait()

    def kill(self) -> None:
        self._stopping = True

    def _run(self) -> None:
        executor: Executor = self.container.config["executor"]
        while not self._stopping:
            busy = self._turn(lambda: timers.fire_due(executor, at_most=20)) == 20
            self._turn(lambda: timers.run_periodic(executor, config.DISTRICT.get()))
            for _ in range(0 if busy else 5):
                if not self._stopping:
                    eventlet.sleep(self.seconds / 5)

    def _turn(self, work: Callable[[], int]) -> int:
        try:
            return work()
        except Exception:
            log.exception("tick_failed")
            return 0
