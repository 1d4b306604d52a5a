"""The cache as such: whatever the order of writes, events and reads, nobody reads what an event has overtaken."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gateway.cache import OVERHEAD, Copy, Flight, ReadCache

NOUNS = ("a", "b")
LIST = "list"
CHANGED = "changed"
Versions = tuple[int, ...]


def copy_of(versions: Versions) -> Copy:
    return Copy(" ".join(map(str, versions)).encode(), None)


def versions_of(copy: Copy) -> Versions:
    return tuple(map(int, copy.content.split()))


@dataclass(eq=False)
class Call:
    """A read on its way: who waits for it, each with the versions it must see at least; and what it saw."""

    flight: Flight
    nouns: tuple[str, ...]
    floors: list[Versions] = field(default_factory=list)
    seen: Versions | None = None


class Interleavings(RuleBasedStateMachine):
    """``truth``: committed versions. ``heard``: the versions whose events have arrived, or were lost before binding."""

    def __init__(self) -> None:
        super().__init__()
        self.time = 0.0
        self.cache = ReadCache(entries=2, size=10_000, seconds=60, now=lambda: self.time)
        self.cache.bound()
        self.truth = dict.fromkeys(NOUNS, 0)
        self.heard = dict.fromkeys(NOUNS, 0)
        self.events: list[tuple[str, int]] = []
        self.calls: list[Call] = []

    @rule(noun=st.sampled_from(NOUNS))
    def write(self, noun: str) -> None:
        self.truth[noun] += 1
        self.events.append((noun, self.truth[noun]))

    @rule(data=st.data())
    def event_arrives(self, data: st.DataObject) -> None:
        if not self.events:
            return
        noun, version = self.events.pop(data.draw(st.integers(0, len(self.events) - 1)))
        if self.cache.on:
            self.cache.stale(noun)
            self.cache.stale(CHANGED)
            self.heard[noun] = max(self.heard[noun], version)

    @rule(key=st.sampled_from((*NOUNS, LIST)))
    def read_begins(self, key: str) -> None:
        nouns = NOUNS if key == LIST else (key,)
        floor = tuple(self.heard[noun] for noun in nouns)
        kept = self.cache.get(key)
        if kept is not None:
            self.answered(versions_of(kept), floor)
            return
        flight = self.cache.flight(key)
        call = next((call for call in self.calls if call.flight is flight), None)
        if call is None:
            call = Call(self.cache.begin(key, (CHANGED,) if key == LIST else (key,)), nouns)
            self.calls.append(call)
        call.floors.append(floor)

    @rule(key=st.sampled_from((*NOUNS, LIST)))
    def read_at_once(self, key: str) -> None:
        before = len(self.calls)
        self.read_begins(key)
        if len(self.calls) > before:
            call = self.calls.pop()
            seen = tuple(self.truth[noun] for noun in call.nouns)
            self.cache.finish(call.flight, copy_of(seen))
            self.answered(seen, call.floors[0])

    @rule(data=st.data())
    def the_service_reads(self, data: st.DataObject) -> None:
        waiting = [call for call in self.calls if call.seen is None]
        if waiting:
            call = data.draw(st.sampled_from(waiting))
            call.seen = tuple(self.truth[noun] for noun in call.nouns)

    @rule(data=st.data(), fails=st.booleans())
    def the_reply_arrives(self, data: st.DataObject, fails: bool) -> None:
        read = [call for call in self.calls if call.seen is not None]
        if not read:
            return
        call = data.draw(st.sampled_from(read))
        assert call.seen is not None
        self.calls.remove(call)
        self.cache.finish(call.flight, None if fails else copy_of(call.seen))
        for floor in call.floors:
            self.answered(call.seen, floor)

    @rule(seldom=st.integers(0, 4))
    def the_connection_is_lost(self, seldom: int) -> None:
        if seldom:  # or nothing would ever be kept
            return
        self.cache.lost()
        self.events.clear()

    @rule()
    def the_queue_is_bound(self) -> None:
        if not self.cache.on:
            self.events.clear()  # published to nobody
            self.cache.bound()
            self.heard = dict(self.truth)

    @rule(noun=st.sampled_from(NOUNS))
    def something_changes_while_it_is_away(self, noun: str) -> None:
        self.cache.lost()
        self.events.clear()
        self.truth[noun] += 1
        self.cache.bound()
        self.heard = dict(self.truth)

    @rule(seconds=st.sampled_from((1.0, 59.0, 61.0)))
    def time_passes(self, seconds: float) -> None:
        self.time += seconds

    @staticmethod
    def answered(seen: Versions, floor: Versions) -> None:
        assert all(version >= least for version, least in zip(seen, floor, strict=True)), (seen, floor)

    @invariant()
    def what_is_kept_is_counted_and_tagged(self) -> None:
        cache: Any = self.cache
        assert len(cache) <= 2
        assert cache.bytes == sum(kept.copy.size for kept in cache._kept.values())
        held = {**{key: kept.tags for key, kept in cache._kept.items()}}
        held.update({key: flight.tags for key, flight in cache._flights.items()})
        assert {(tag, key) for key, tags in held.items() for tag in tags} == {
            (tag, key) for tag, keys in cache._under.items() for key in keys
        }


Interleavings.TestCase.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
TestNobodyReadsWhatAnEventHasOvertaken = Interleavings.TestCase


def bound(**limits: Any) -> ReadCache:
    cache = ReadCache(**{"entries": 10, "size": 100_000, "seconds": 60.0, "now": lambda: 0.0, **limits})
    cache.bound()
    return cache


def keep(cache: ReadCache, key: str, content: bytes = b"{}") -> None:
    cache.finish(cache.begin(key, ("tag",)), Copy(content, None))


def test_nothing_is_kept_before_the_event_queue_is_bound() -> None:
    cache = ReadCache(entries=10, size=100_000, seconds=60)
    keep(cache, "a")
    assert cache.get("a") is None


def test_a_read_that_began_before_the_binding_is_not_kept() -> None:
    cache = ReadCache(entries=10, size=100_000, seconds=60)
    flight = cache.begin("a", ("tag",))
    cache.bound()
    cache.finish(flight, Copy(b"{}", None))
    assert cache.get("a") is None


def test_a_spoilt_flight_is_joined_by_nobody() -> None:
    cache = bound()
    flight = cache.begin("a", ("tag",))
    assert cache.flight("a") is flight
    cache.stale("tag")
    assert cache.flight("a") is None
    cache.finish(flight, Copy(b"{}", None))
    assert cache.get("a") is None


def test_the_least_recently_read_goes_first() -> None:
    cache = bound(entries=2)
    keep(cache, "a")
    keep(cache, "b")
    assert cache.get("a") is not None
    keep(cache, "c")
    assert cache.get("b") is None
    assert cache.get("a") is not None
    assert cache.evicted == 1


def test_bytes_are_bounded_too() -> None:
    cache = bound(size=3 * OVERHEAD)
    keep(cache, "a", b"x" * OVERHEAD)
    keep(cache, "b", b"x" * OVERHEAD)
    assert (cache.get("a"), cache.bytes) == (None, 2 * OVERHEAD)
    keep(cache, "c", b"x" * 4 * OVERHEAD)
    assert (cache.get("c"), len(cache)) == (None, 1)


def test_a_copy_is_not_believed_for_ever() -> None:
    time = [0.0]
    cache = bound(now=lambda: time[0])
    keep(cache, "a")
    time[0] = 59.9
    assert cache.get("a") is not None
    time[0] = 60.0
    assert (cache.get("a"), cache.bytes) == (None, 0)
