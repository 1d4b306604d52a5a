"""Sessions whose access tokens are refused before they expire: told by an event, kept in each service's own database.

A process reads its service's rows at most :data:`chassis.config.REVOCATION_SECONDS` late. So a revoked session is
refused by every service within the time an event travels plus that many seconds; by the service that revoked it within
those seconds alone. While the bus is away it is the ten minutes an access token lives (:mod:`chassis.tokens`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from chassis import clock, config, tokens
from chassis.actor import Actor
from chassis.codes import ChassisCode
from chassis.errors import UnauthenticatedError
from chassis.tables import RevokedSession


def note(session: Session, session_id: str) -> None:
    """Refuse the session's tokens from now on, until the last of them has expired. May come twice."""
    until = clock.system_now() + timedelta(seconds=tokens.LIFETIME_SECONDS)
    row = insert(RevokedSession).values(session_id=session_id, until=until)
    session.execute(row.on_conflict_do_nothing())


def current(session: Session, now: datetime) -> list[str]:
    """The sessions of which a token may still be about."""
    return list(session.scalars(select(RevokedSession.session_id).where(RevokedSession.until > now)))


class Revocations:
    """What one process knows of them. Thread- and greenlet-safe: the set is replaced, never changed."""

    def __init__(self, readers: sessionmaker[Session], now: Callable[[], float] = time.monotonic) -> None:
        self._readers = readers
        self._now = now
        self._ended: frozenset[str] = frozenset()
        self._read_at: float | None = None

    def check(self, actor: Actor) -> None:
        """Raises :class:`UnauthenticatedError` for a token of an ended session; the system's have none."""
        if actor.session_id is not None and actor.session_id in self._fresh():
            raise UnauthenticatedError(ChassisCode.TOKEN_REVOKED)

    def _fresh(self) -> frozenset[str]:
        before, now = self._read_at, self._now()
        if before is not None and now - before < config.REVOCATION_SECONDS.get():
            return self._ended
        if before is not None:
            self._read_at = now  # one reads, the others go on with what was known
        try:
            with self._readers() as session:
                self._ended = frozenset(current(session, clock.system_now()))
        except BaseException:
            self._read_at = before
            raise
        self._read_at = now
        return self._ended
