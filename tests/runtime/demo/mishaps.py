"""Things that go wrong at a chosen instant of a demo process (``DEMO_MISHAP``), so that no test waits for luck."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import amqp
from nameko.containers import ServiceContainer

from chassis import logging
from chassis.events import Envelope
from chassis.runtime.execute import Executor
from tests.runtime.demo import KILLED

log = logging.get("demo.mishaps")


def dies_after_commit() -> None:
    """After the command's transaction, before its reply."""
    command = Executor._command

    def then_die(self: Executor, *args: Any) -> Any:
        command(self, *args)
        os._exit(KILLED)

    Executor._command = then_die  # type: ignore[method-assign]


def dies_after_ack() -> None:
    """Where stock Nameko hands the result to the dependencies: the message is acknowledged by then."""

    def die(self: Any, worker_ctx: Any, result: Any = None, exc_info: Any = None) -> None:
        os._exit(KILLED)

    ServiceContainer._worker_result = die


def loses_the_wire_at_ack() -> None:
    """The first ack of the process finds its socket dead, which its own read loop has not noticed yet."""
    send = amqp.Channel.send_method
    done: list[bool] = []

    def on_a_dead_socket(self: Any, method: Any, *args: Any, **kwargs: Any) -> Any:
        if method == amqp.spec.Basic.Ack and not done:
            done.append(True)
            self.connection.transport.sock.shutdown(socket.SHUT_RDWR)
        return send(self, method, *args, **kwargs)

    amqp.Channel.send_method = on_a_dead_socket


def holds_calls() -> None:
    """A call has done its work and waits for the test to say go; then its reply is on its way."""
    go = Path(os.environ["DEMO_GO"])

    def after(self: Executor, method: str, kwargs: Mapping[str, Any], headers: Mapping[str, Any]) -> Any:
        result = call(self, method, kwargs, headers)
        log.info("held", method=method)
        while not go.exists():
            time.sleep(0.02)  # a green one
        return result

    call, Executor.call = Executor.call, after  # type: ignore[method-assign]


def shows_headers() -> None:
    """Which headers of a call reached the executor."""

    def first(self: Executor, method: str, kwargs: Mapping[str, Any], headers: Mapping[str, Any]) -> Any:
        log.info("called", method=method, headers=" ".join(sorted(headers)))
        return call(self, method, kwargs, headers)

    call, Executor.call = Executor.call, first  # type: ignore[method-assign]


MISHAPS: dict[str, Callable[[], None]] = {
    one.__name__: one for one in (dies_after_commit, dies_after_ack, loses_the_wire_at_ack, holds_calls, shows_headers)
}


def note_deliveries() -> None:
    """The inbox hides a second delivery from the handler; the log does not."""

    def first(self: Executor, envelope: Envelope, **known: Any) -> bool:
        log.info("delivered", subject=envelope.subject)
        return handle(self, envelope, **known)

    handle, Executor.handle = Executor.handle, first  # type: ignore[method-assign]


def prepare(name: str) -> None:
    """In every process of the nursery."""
    note_deliveries()
    if name:
        MISHAPS[name]()
