"""Where a trace is looked for: every service's database, with its handlers as the contracts name them.

The services' own modules stay out: solvers and dictionaries would cost seconds before the first question is asked.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chassis import db
from chassis.events import TYPES
from chassis.runtime.entrypoints import ANY_EVENT, on_event
from chassis.runtime.service import Service
from chassis.runtime.tracing import Source
from deploy.local.plan import SERVICES

TRAIL = "projects-trail"
# Modules with a FOLLOWER: what a service's own tables tell of a trace.
FOLLOWERS = {"notify": "services.notify.deliveries.tracing", TRAIL: "services.projects.trail.tracing"}


@contextmanager
def sources() -> Iterator[list[Source]]:
    """The four services and the trail, each on its database."""
    services = stand_ins()
    names = sorted({service.database_name for service in services})
    engines = {name: db.make_engine(db.database_url(name), pool_size=1) for name in names}
    try:
        yield [
            Source(service=service, sessions=db.make_sessions(engines[service.database_name])) for service in services
        ]
    finally:
        for engine in engines.values():
            engine.dispose()


def stand_ins() -> list[Service]:
    """Services with the true ones' names, databases, queues and followers, and nothing that could be run."""
    for name in SERVICES:
        importlib.import_module(f"contracts.{name}")
    heard = {name: [one for one, kind in TYPES.items() if name in kind.handled_by] for name in SERVICES}
    return [*(_stand_in(name, heard[name]) for name in SERVICES), _stand_in(TRAIL, [ANY_EVENT], database="projects")]


def _stand_in(name: str, events: list[str], *, database: str = "") -> Service:
    hears: dict[str, Any] = {f"on_{number}": on_event(event)(lambda *_: None) for number, event in enumerate(events)}
    module = FOLLOWERS.get(name)
    followers = (importlib.import_module(module).FOLLOWER,) if module else ()
    return Service(name=name, cls=type(name, (), hears), database=database, followers=followers)
