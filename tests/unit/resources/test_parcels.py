"""Every step of an allocation, in any order: offer, need and parcel count the same, and batches go earliest first."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chassis.errors import ConflictError, InvalidError
from services.resources.allocations.domain import Parcel
from services.resources.needs.domain import Counters as NeedCounters
from services.resources.offers.domain import Counters
from services.resources.stock import domain as stock

COUNTS = st.integers(min_value=-1, max_value=14)


class Road(RuleBasedStateMachine):
    """One allocation of ten, out of an offer of twelve, for a need of eleven: each step or its refusal."""

    @initialize()
    def reserve(self) -> None:
        self.parcel = Parcel(quantity=10)
        self.offer, self.need = Counters(free=12).reserve(10), NeedCounters(quantity=11).allot(10)

    def _step(self, after: Parcel, offer: Counters, *, gone: int) -> None:
        self.need = self.need.settle(allotted=gone, received=after.received - self.parcel.received)
        self.parcel, self.offer = after, offer

    @rule(count=COUNTS)
    def hand_over(self, count: int) -> None:
        if not 0 < count <= self.parcel.outstanding:
            with pytest.raises(ConflictError):
                self.parcel.hand_over(count)
            return
        self.parcel, self.offer = self.parcel.hand_over(count), self.offer.hand_over(count)

    @precondition(lambda self: not self.parcel.settled and self.parcel.handed_over)
    @rule(count=COUNTS, final=st.booleans())
    def receive(self, count: int, final: bool) -> None:
        before = self.parcel
        fits = 0 < count <= before.loose or (final and count == 0 and before.received)
        if not fits:
            with pytest.raises(ConflictError):
                before.receive(count, final=final)
            return
        after = before.receive(count, final=final)
        freed = before.outstanding if final else 0
        offer = self.offer.give_back(reserved=freed, handed_over=0, ended=False)
        self._step(after, offer, gone=before.allotted - after.allotted)

    @rule(count=COUNTS, restock=st.booleans())
    def take_back(self, count: int, restock: bool) -> None:
        before = self.parcel
        if not 0 < count <= before.handed_over or before.received - max(0, count - before.loose) < before.used:
            with pytest.raises(ConflictError):
                before.take_back(count)
            return
        after = before.take_back(count)
        good = self.offer.give_back(reserved=0, handed_over=count, ended=False) if restock else None
        self._step(after, good or self.offer.write_off(count), gone=before.allotted - after.allotted)

    @precondition(lambda self: not self.parcel.settled)
    @rule(count=COUNTS)
    def lose(self, count: int) -> None:
        if not 0 < count <= self.parcel.loose:
            with pytest.raises(ConflictError):
                self.parcel.lose(count)
            return
        self._step(self.parcel.lose(count), self.offer.write_off(count), gone=count)

    @precondition(lambda self: self.parcel.handed_over)
    @rule(received=COUNTS, returned=st.booleans())
    def resolve(self, received: int, returned: bool) -> None:
        before = self.parcel
        if not before.used <= received <= before.handed_over:
            with pytest.raises(ConflictError, match="dispute_too_much"):
                before.resolve(received, rest_returned=returned)
            return
        after = before.resolve(received, rest_returned=returned)
        rest = before.handed_over - received
        offer = self.offer.give_back(reserved=before.outstanding, handed_over=rest if returned else 0, ended=False)
        if rest and not returned:
            offer = offer.write_off(rest)
        self._step(after, offer, gone=before.allotted)

    @rule(count=st.integers(1, 3))
    def use(self, count: int) -> None:
        if self.parcel.used + count <= self.parcel.received:
            self.parcel = Parcel(**{**vars(self.parcel), "used": self.parcel.used + count})

    @invariant()
    def counts_agree(self) -> None:
        parcel, offer, need = self.parcel, self.offer, self.need
        assert offer.free + offer.reserved + offer.handed_over + offer.retired == 12
        assert offer.reserved == parcel.outstanding
        assert offer.handed_over == parcel.handed_over
        assert need.allotted == parcel.allotted
        assert need.received == parcel.received
        assert need.allotted + need.received <= need.quantity
        assert 0 <= parcel.used <= parcel.received <= parcel.handed_over
        assert parcel.handed_over + parcel.returned + parcel.lost <= parcel.quantity


Road.TestCase.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)
TestRoad = Road.TestCase

TODAY = date(2026, 3, 2)
BATCHES = st.lists(st.tuples(st.none() | st.integers(-3, 30), st.integers(0, 9)), max_size=6)


@given(BATCHES, st.integers(1, 30))
def test_batches_go_earliest_first_and_never_past_their_day(rows: list[Any], count: int) -> None:
    batches = [
        stock.Batch(id=f"b{n}", expires_on=None if day is None else TODAY + timedelta(day), left=left)
        for n, (day, left) in enumerate(rows)
    ]
    days = {batch.id: batch.expires_on or date.max for batch in batches}
    usable = {batch.id: batch.left for batch in batches if days[batch.id] >= TODAY}
    if sum(usable.values()) < count:
        with pytest.raises(ConflictError, match="batch_expired"):
            stock.first_out(batches, count, TODAY)
        return
    taken = stock.first_out(batches, count, TODAY)
    assert sum(part for _, part in taken) == count
    assert all(0 < part <= usable[one] for one, part in taken)
    order = [days[one] for one, _ in taken]
    assert order == sorted(order)
    skipped = [days[one] for one, left in usable.items() if left and one not in dict(taken)]
    assert not skipped or min(skipped) >= order[-1]
    assert all(part == usable[one] for one, part in taken[:-1]), "only the last is opened"


def test_batches_add_up_to_the_offer_under_different_labels() -> None:
    stock.check_batches(5, [], [])
    stock.check_batches(5, [2, 3], ["a", "b"])
    for parts, labels in (([2, 2], ["a", "b"]), ([2, 3], ["a", "a"])):
        with pytest.raises(InvalidError, match="batches_disagree"):
            stock.check_batches(5, parts, labels)
