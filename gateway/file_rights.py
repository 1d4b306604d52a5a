"""Whose a stored file is: who uploaded it or had it made, and whoever a service lets see a row that names it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from falcon.asgi import Request

from chassis.actor import Actor
from chassis.errors import ForbiddenError, InvalidError
from chassis.operations import Operation
from gateway import auth
from gateway.catalogue import SERVICES
from gateway.codes import GatewayCode

if TYPE_CHECKING:
    from gateway.deps import Deps

_HASH = re.compile(r"[0-9a-f]{64}")
_ACCESS = "get_file_access"
_BARE = "evidence"  # a list of digests


async def may_see(deps: Deps, req: Request, actor: Actor | None, sha256: str) -> bool:
    """Raises what a service raised where nobody says yes and one did not answer."""
    if actor is None or actor.account_id is None:
        return False
    if await deps.files.is_owner(sha256, actor.account_id):
        return True
    asked = [f"{service}.{_ACCESS}" for service in SERVICES if f"{service}.{_ACCESS}" in deps.catalogue]
    answers = await asyncio.gather(*(_ask(deps, req, one, sha256) for one in asked), return_exceptions=True)
    if any(answer is True for answer in answers):
        return True
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, ForbiddenError):
            raise answer
    return False


async def _ask(deps: Deps, req: Request, operation: str, sha256: str) -> bool:
    told = {"authorization": auth.bearer(req), "trace_id": req.context["trace_id"], "street": deps.street}
    headers = {name: value for name, value in told.items() if value}
    reply = await deps.rpc.call(operation, {"sha256": sha256}, headers)
    return bool(reply["allowed"])


async def check_cited(deps: Deps, req: Request, operation: Operation, values: dict[str, Any]) -> None:
    """Who knows a digest gains nothing by citing it: a write names only files that its author may see."""
    cited = set(digests(values))
    actor = auth.peek(req, deps.verifier) if cited else None
    if actor is None or actor.role not in operation.roles:  # nothing cited, or somebody whom the service refuses
        return
    for sha256 in sorted(cited):
        if await deps.files.about(sha256) is None or not await may_see(deps, req, actor, sha256):
            raise InvalidError(GatewayCode.FILE_NOT_FOUND, sha256=sha256)


def digests(value: Any, name: str = "") -> Iterator[str]:
    """Every file that a body names: ``{"sha256": …}`` anywhere, or bare in a list called ``evidence``."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "sha256" and isinstance(inner, str) and _HASH.fullmatch(inner):
                yield inner
            else:
                yield from digests(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from digests(inner, name)
    elif name == _BARE and isinstance(value, str) and _HASH.fullmatch(value):
        yield value
