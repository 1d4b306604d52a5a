"""Sessions that were ended: what the gateway answers by itself (kept replies, files, streams) is refused to them too.

The ear is the queue of events the process has anyway. Whoever missed some (a new connection) asks the registry for the
ids of the last ten minutes, which is as long as a token lives.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

from chassis import logging, tokens
from chassis.actor import Actor
from chassis.codes import ChassisCode
from chassis.errors import FootprintError, UnauthenticatedError
from chassis.events import Envelope
from gateway.rpc import Rpc

EVENT = "session_revoked"
OPERATION = "registry.list_revoked_sessions"
TRIES = 5
_log = logging.get("gateway.revoked")


class Revoked:
    """Ids, each until its last token has expired."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._until: dict[str, float] = {}
        self._rpc: Rpc | None = None
        self._asking: set[asyncio.Task[None]] = set()
        self._listeners: list[Callable[[str], None]] = []

    def ask(self, rpc: Rpc) -> None:
        """Whom to ask after a time of deafness."""
        self._rpc = rpc

    def tell(self, listener: Callable[[str], None]) -> None:
        """Who else drops what it holds of a session or key that ended."""
        self._listeners.append(listener)

    def check(self, actor: Actor) -> None:
        """Raises as a service does."""
        if actor.session_id is not None and self._until.get(actor.session_id, 0.0) > self._now():
            raise UnauthenticatedError(ChassisCode.TOKEN_REVOKED)

    def add(self, session_id: str) -> None:
        now = self._now()
        if len(self._until) > 10_000:
            self._until = {key: until for key, until in self._until.items() if until > now}
        self._until[session_id] = now + tokens.LIFETIME_SECONDS
        for listener in self._listeners:
            listener(session_id)

    # a Listener of the event hub ----------------------------------------------------------------------------------

    def heard(self, envelope: Envelope) -> None:
        if envelope.name == EVENT:
            self.add(envelope.subject)

    def bound(self) -> None:
        if self._rpc is None:
            return
        with contextlib.suppress(RuntimeError):  # outside of a server nobody can be asked
            loop = asyncio.get_running_loop()
            task = loop.create_task(self._catch_up(self._rpc))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    def lost(self) -> None:
        """What is known stays true."""

    async def _catch_up(self, rpc: Rpc) -> None:
        for attempt in range(TRIES):
            try:
                reply = await rpc.call(OPERATION, {}, {})
            except FootprintError as error:
                _log.warning("revocations_unknown", code=error.code)
                await asyncio.sleep(2.0**attempt / 2)
            else:
                for session_id in reply["session_ids"]:
                    self.add(session_id)
                return
