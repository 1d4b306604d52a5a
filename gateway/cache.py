"""Copies of replies, kept until what they show changes. Pure: knows no HTTP, no bus and no clock of its own.

The promise: :meth:`ReadCache.get` and a joined :class:`Flight` never give a reply of a read that began before an event
arrived which makes it stale. So a kept reply is older than the truth by the time an event travels, and no more.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field

Key = Hashable
OVERHEAD = 600  # bytes of a kept reply besides its content: key, tags, places in three tables


@dataclass(frozen=True, slots=True)
class Copy:
    """A reply as it goes out: JSON, its ETag where the view has a version, and the route and roles it was made for."""

    content: bytes
    etag: str | None = None
    route: str = ""
    roles: frozenset[str] = frozenset()
    headers: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def size(self) -> int:
        return len(self.content) + OVERHEAD


class AbandonedError(Exception):
    """Whoever made the call hung up; those who waited for it ask for themselves."""


@dataclass(eq=False, slots=True)
class Flight:
    """A read on its way, which others who ask the same may wait for."""

    key: Key
    tags: tuple[str, ...]
    _waiting: list[asyncio.Future[Copy]] = field(default_factory=list)

    async def wait(self) -> Copy:
        """The same reply, or the same error. Whoever gives up waiting disturbs nobody else."""
        future: asyncio.Future[Copy] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        return await future

    def land(self, copy: Copy) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(copy)

    def fail(self, error: Exception) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_exception(error)


@dataclass(slots=True)
class _Kept:
    copy: Copy
    tags: tuple[str, ...]
    until: float


class ReadCache:
    """Least recently used go first. Empty and off until :meth:`bound`, and again from :meth:`lost`."""

    def __init__(self, *, entries: int, size: int, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._entries = entries
        self._size = size
        self._seconds = seconds
        self._now = now
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._flights: dict[Key, Flight] = {}
        self._under: dict[str, set[Key]] = {}
        self.on = False
        self.bytes = 0
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._kept)

    # reads ------------------------------------------------------------------------------------------------------

    def get(self, key: Key) -> Copy | None:
        """The kept reply, if it is still good."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        if kept.until <= self._now():  # a connection may die without a word: its events would never come
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return kept.copy

    def flight(self, key: Key) -> Flight | None:
        """The same read, begun after everything this process has heard."""
        return self._flights.get(key)

    def begin(self, key: Key, tags: Iterable[str]) -> Flight:
        """Before the call is made: from here on, an event under one of ``tags`` spoils the reply."""
        flight = Flight(key, tuple(tags))
        if self.on:
            self._drop(key)  # one occupant a key, so that its tags are its own
            self._flights[key] = flight
            for tag in flight.tags:
                self._under.setdefault(tag, set()).add(key)
        return flight

    def finish(self, flight: Flight, copy: Copy | None) -> None:
        """The reply, or ``None`` for an error; kept only if nothing has spoilt the flight meanwhile."""
        if self._flights.get(flight.key) is not flight:
            return
        del self._flights[flight.key]
        if copy is None or copy.size > self._size:
            self._untag(flight.key, flight.tags)
            return
        self._kept[flight.key] = _Kept(copy, flight.tags, self._now() + self._seconds)
        self.bytes += copy.size
        while len(self._kept) > self._entries or self.bytes > self._size:
            self._drop(next(iter(self._kept)))
            self.evicted += 1

    # what is heard ----------------------------------------------------------------------------------------------

    def stale(self, tag: str) -> None:
        """Something changed: forget every reply under the tag, and every one still on its way."""
        for key in tuple(self._under.get(tag, ())):
            self._drop(key)

    def bound(self) -> None:
        """Every event from now on arrives here."""
        self.flush()
        self.on = True

    def lost(self) -> None:
        """Events may have been missed: nothing that is kept or on its way can be believed."""
        self.on = False
        self.flush()

    def flush(self) -> None:
        self._kept.clear()
        self._flights.clear()
        self._under.clear()
        self.bytes = 0

    def _drop(self, key: Key) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self.bytes -= kept.copy.size
            self._untag(key, kept.tags)
        flight = self._flights.pop(key, None)
        if flight is not None:
            self._untag(key, flight.tags)

    def _untag(self, key: Key, tags: Iterable[str]) -> None:
        for tag in tags:
            under = self._under.get(tag)
            if under is not None:
                under.discard(key)
                if not under:
                    del self._under[tag]
