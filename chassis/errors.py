"""The seven kinds of error (CONTRACT.md), raised anywhere below the gateway and translated to HTTP only there."""

from __future__ import annotations

from typing import Any, ClassVar

from chassis.codes import ChassisCode, Code


class FootprintError(Exception):
    """Something the caller can understand: a stable code, texts and JSON details.

    ``details`` must be plain JSON and carry no personal data: they cross the bus and reach logs.
    """

    kind: ClassVar[str] = "internal"

    def __init__(self, code: Code, /, **details: Any) -> None:
        super().__init__(str(code))
        self.code = str(code)
        self.zh = code.zh
        self.en = code.en
        self.details = details

    def to_wire(self) -> dict[str, Any]:
        """``{kind, code, zh, en, details}``: what crosses the bus."""
        return {"kind": self.kind, "code": self.code, "zh": self.zh, "en": self.en, "details": self.details}


class InvalidError(FootprintError):
    """The request itself is wrong (422)."""

    kind = "invalid"


class UnauthenticatedError(FootprintError):
    """Nobody, or nobody we believe (401)."""

    kind = "unauthenticated"


class ForbiddenError(FootprintError):
    """Somebody, but not allowed (403)."""

    kind = "forbidden"


class NotFoundError(FootprintError):
    """Not there, or not for the caller's eyes (404)."""

    kind = "not_found"


class ConflictError(FootprintError):
    """The state does not allow it (409)."""

    kind = "conflict"


class StaleError(FootprintError):
    """The caller's version is old (412)."""

    kind = "stale"


class UnavailableError(FootprintError):
    """A part is away; trying again may help (503)."""

    kind = "unavailable"


class InternalError(FootprintError):
    """A defect; the details stay in the log (500)."""

    kind = "internal"


KINDS: dict[str, type[FootprintError]] = {
    kind.kind: kind
    for kind in (
        InvalidError,
        UnauthenticatedError,
        ForbiddenError,
        NotFoundError,
        ConflictError,
        StaleError,
        UnavailableError,
        InternalError,
    )
}


def from_wire(wire: dict[str, Any]) -> FootprintError:
    """The error a service raised, rebuilt at the caller; an unknown kind becomes an :class:`InternalError`."""
    error = KINDS.get(wire.get("kind", ""), InternalError)(ChassisCode.INTERNAL, **dict(wire.get("details") or {}))
    error.code = str(wire.get("code", ChassisCode.INTERNAL))
    error.zh = str(wire.get("zh", ChassisCode.INTERNAL.zh))
    error.en = str(wire.get("en", ChassisCode.INTERNAL.en))
    error.args = (error.code,)
    return error
