"""The five words. A decorator only marks the method; the host that runs the class decides what carries it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeVar

from chassis.events import Event, type_of

F = TypeVar("F", bound=Callable[..., Any])
MARK = "__entrypoint__"
ANY_EVENT = "*"


@dataclass(frozen=True)
class Entrypoint:
    """A marked method: its word and that word's argument."""

    word: Literal["rpc", "command", "on_event", "every", "timer"]
    method: str
    event: str | None = None
    seconds: float = 0
    together: int = 1


def _mark(method: F, entry: Entrypoint) -> F:
    setattr(method, MARK, entry)
    return method


def rpc(method: F) -> F:
    """A read: ``def get_x(self, session, *, actor, x_id)``. Its transaction is rolled back."""
    return _mark(method, Entrypoint("rpc", method.__name__))


def command(method: F) -> F:
    """A write: ``def submit_x(self, session, *, actor, x_id)``, in one transaction with its events and stored reply."""
    return _mark(method, Entrypoint("command", method.__name__))


def on_event(struct: type[Event] | str, *, together: int = 1) -> Callable[[F], F]:
    """A handler: ``def on_x_done(self, session, event, envelope)``; its effect happens once per event.

    ``on_event(ANY_EVENT)`` hears every event of every service and gets the envelope as ``event`` too.
    ``together=n`` makes it ``def on_x_done(self, session, envelopes)``: up to n events that are there already, in
    the order of their arrival and each for the first time, share one transaction. Where that fails each is tried alone.
    """
    name = struct if isinstance(struct, str) else type_of(struct).name

    def wrap(method: F) -> F:
        return _mark(method, Entrypoint("on_event", method.__name__, event=name, together=together))

    return wrap


def every(*, seconds: float) -> Callable[[F], F]:
    """Periodic: ``def prune_x(self, session)``; once per period over all replicas."""

    def wrap(method: F) -> F:
        return _mark(method, Entrypoint("every", method.__name__, seconds=seconds))

    return wrap


def timer(method: F) -> F:
    """A durable clock set by :func:`chassis.timers.schedule`: ``def close_x(self, session, *, actor, now, x_id)``."""
    return _mark(method, Entrypoint("timer", method.__name__))


@cache
def entrypoints(service: type) -> dict[str, Entrypoint]:
    """Every marked method of a service class, by method name."""
    found = inspect.getmembers(service, lambda member: hasattr(member, MARK))
    return {name: getattr(member, MARK) for name, member in found}
