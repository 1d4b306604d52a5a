"""What may be called: every operation of the four contracts, and the gateway's own."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping

from chassis.operations import ANYONE, Operation
from gateway.route import Route

SERVICES = ("registry", "projects", "resources", "notify")
OWN = "gateway"
Catalogue = Mapping[str, Operation]


def load() -> dict[str, Operation]:
    """``{"projects.submit_proposal": Operation}`` of every service."""
    found: dict[str, Operation] = {}
    for service in SERVICES:
        contract = importlib.import_module(f"contracts.{service}")
        found.update({f"{service}.{operation.name}": operation for operation in contract.OPERATIONS})
    return found


def unknown(routes: Iterable[Route], catalogue: Catalogue) -> list[Route]:
    """Routes whose operation nobody promises."""
    return [route for route in routes if route.operation not in catalogue]


def is_public(operation: Operation) -> bool:
    """Whether people who have not signed in may call it."""
    return ANYONE in operation.roles


def is_sign_in(operation: Operation) -> bool:
    """Public operations that answer secrets: the ones worth guessing at, so their attempts are counted."""
    return operation.secret and is_public(operation)
