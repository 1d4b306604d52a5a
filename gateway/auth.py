"""Who asks. The services decide what they may; the gateway verifies only where it answers by itself."""

from __future__ import annotations

from dataclasses import replace

from falcon.asgi import Request

from chassis.actor import Actor
from chassis.codes import ChassisCode
from chassis.errors import ForbiddenError, UnauthenticatedError
from chassis.operations import ANYONE, Operation
from chassis.tokens import Verifier


def bearer(req: Request) -> str | None:
    """The token of ``Authorization: Bearer …``; another scheme is nobody we know."""
    exchanged: str | None = req.context.get("bearer")  # of an API key
    return exchanged or token_of(req.get_header("Authorization"))


def token_of(header: str | None) -> str | None:
    """The same, of the header's value."""
    if not header:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip() or not token.isascii():
        raise UnauthenticatedError(ChassisCode.ACTOR_UNAUTHENTICATED)
    return token.strip()


def check_present(req: Request, operation: Operation) -> None:
    """Nobody at all is refused before a body is read or a call is made; everything else is the service's word."""
    if bearer(req) is None and ANYONE not in operation.roles:
        raise UnauthenticatedError(ChassisCode.ACTOR_UNAUTHENTICATED)


def peek(req: Request, verifier: Verifier) -> Actor | None:
    """The verified actor for keys and logs, or ``None``; never refuses: that is the service's word."""
    if "actor" not in req.context:
        try:
            token = bearer(req)
            req.context["actor"] = verifier.actor(token) if token else None
        except UnauthenticatedError:
            req.context["actor"] = None
    found: Actor | None = req.context["actor"]
    return found


def require(
    req: Request, verifier: Verifier, operation: Operation, *, street: str, service: str = "gateway"
) -> Actor | None:
    """The actor of a route that the gateway answers by itself, by the same rules as a service's runtime; and of one
    whose body is kept before the ``service`` is asked."""
    token = bearer(req)
    if token is None:
        if ANYONE in operation.roles:
            return None
        raise UnauthenticatedError(ChassisCode.ACTOR_UNAUTHENTICATED)
    actor = req.context["actor"] = narrow(verifier.actor(token), street)
    if actor.scopes is not None and f"{service}.{operation.name}" not in actor.scopes:
        raise ForbiddenError(ChassisCode.SCOPE_FORBIDDEN, operation=operation.name)
    if ANYONE not in operation.roles and actor.role not in operation.roles:
        raise ForbiddenError(ChassisCode.ACTOR_FORBIDDEN, role=actor.role, operation=operation.name)
    return actor


def narrow(actor: Actor, street: str) -> Actor:
    """A street gateway shows only its own street: intersect, never widen."""
    if not street:
        return actor
    if actor.street_codes and street not in actor.street_codes:
        raise ForbiddenError(ChassisCode.STREET_FORBIDDEN, street_code=street)
    return replace(actor, street_codes=(street,))
