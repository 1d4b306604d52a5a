"""Routes, one module a noun: each row names a method, a path and the operation that answers.

A module whose routes the gateway answers by itself also has ``OPERATIONS`` (documented like a service's) and
``responders(deps)``.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

from chassis.operations import Operation
from gateway.catalogue import OWN
from gateway.route import Route

if TYPE_CHECKING:
    from gateway.deps import Deps

Responder = Callable[..., Awaitable[None]]


@cache
def modules() -> tuple[ModuleType, ...]:
    """Every noun's module, by name."""
    names = sorted(found.name for found in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}") for name in names)


def routes() -> tuple[Route, ...]:
    """The whole table, by path."""
    rows = (route for module in modules() for route in module.ROUTES)
    return tuple(sorted(rows, key=lambda route: (route.path, route.method)))


def own_operations() -> dict[str, Operation]:
    """The operations that the gateway answers by itself."""
    rows: Iterator[Operation] = (row for module in modules() for row in getattr(module, "OPERATIONS", ()))
    return {f"{OWN}.{row.name}": row for row in rows}


def own_responders(deps: Deps) -> dict[str, Responder]:
    """Their responders, by operation name."""
    found: dict[str, Responder] = {}
    for module in modules():
        if hasattr(module, "responders"):
            found.update(module.responders(deps))
    return found
