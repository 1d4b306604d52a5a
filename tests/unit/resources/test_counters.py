"""Counters of an offer and its needs under any order of steps: they balance, and nothing is given twice."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chassis.errors import ConflictError, InvalidError
from services.resources.needs.domain import Counters as NeedCounters
from services.resources.offers.domain import Counters, measure

COUNTS = st.integers(min_value=-2, max_value=30)


class Gifts(RuleBasedStateMachine):
    """One offer and one need, any number of allocations between them; a plain ledger beside the counters."""

    def __init__(self) -> None:
        super().__init__()
        self.offer = Counters(free=20)
        self.need = NeedCounters(quantity=15)
        self.held: list[list[int]] = []  # [quantity, handed over]
        self.kept = 0
        self.given = 0
        self.ended = False

    @rule(count=COUNTS)
    def reserve(self, count: int) -> None:
        fits = 0 < count <= min(self.offer.free, self.need.missing)
        try:
            offer, need = self.offer.reserve(count), self.need.allot(count)
        except ConflictError:
            assert not fits
            return
        assert fits
        self.offer, self.need = offer, need
        self.held.append([count, 0])

    @precondition(lambda self: self.held)
    @rule(data=st.data(), count=COUNTS)
    def hand_over(self, data: st.DataObject, count: int) -> None:
        one = data.draw(st.sampled_from(self.held))
        if 0 < count <= one[0] - one[1]:
            self.offer = self.offer.hand_over(count)
            one[1] += count
        elif count <= 0 or count > self.offer.reserved:
            with pytest.raises(ConflictError):
                self.offer.hand_over(count)

    @precondition(lambda self: any(given for _, given in self.held))
    @rule(data=st.data())
    def receive(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from([one for one in self.held if one[1]]))
        count = data.draw(st.integers(1, one[1]))
        self.offer = self.offer.give_back(reserved=one[0] - one[1], handed_over=0, ended=self.ended)
        self.need = self.need.settle(allotted=one[0], received=count)
        self.held.remove(one)
        self.kept += count
        self.given += one[1]

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.held))
        self.offer = self.offer.give_back(reserved=one[0] - one[1], handed_over=one[1], ended=self.ended)
        self.need = self.need.settle(allotted=one[0], received=0)
        self.held.remove(one)

    @rule()
    def end(self) -> None:
        self.offer, self.ended = self.offer.retire(), True

    @invariant()
    def balanced(self) -> None:
        offer, need = self.offer, self.need
        assert offer.quantity == offer.free + offer.reserved + offer.handed_over
        assert min(offer.free, offer.reserved, offer.handed_over, offer.retired) >= 0
        assert offer.quantity + offer.retired == 20
        assert offer.reserved == sum(quantity - given for quantity, given in self.held)
        assert offer.handed_over == self.given + sum(given for _, given in self.held)
        assert need.allotted == sum(quantity for quantity, _ in self.held)
        assert need.received == self.kept
        assert need.allotted + need.received <= need.quantity


Gifts.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestGifts = Gifts.TestCase


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"kind": "funds", "amount_fen": 300}, (300, "fen")),
        ({"kind": "materials", "quantity": 5, "unit": "袋"}, (5, "袋")),
        ({"kind": "volunteers", "hours": 8}, (8, "hour")),
        ({"kind": "venue", "windows": [{}, {}]}, (2, "window")),
        ({"kind": "venue", "quantity": 3}, (3, "window")),
        ({"kind": "know_how", "quantity": 2}, (2, "session")),
        ({"kind": "know_how", "quantity": 2, "unit": "课时"}, (2, "课时")),
    ],
)
def test_each_kind_is_counted_in_its_unit(asked: dict[str, object], expected: tuple[int, str]) -> None:
    assert measure(asked) == expected


@pytest.mark.parametrize("kind", ["funds", "materials", "volunteers", "venue", "know_how"])
def test_a_kind_without_its_quantity_is_invalid(kind: str) -> None:
    with pytest.raises(InvalidError):
        measure({"kind": kind})


def test_more_is_never_settled_than_was_allotted() -> None:
    need = NeedCounters(quantity=5, allotted=2, received=1)
    for allotted, received in ((3, 0), (0, -2), (0, 3)):
        with pytest.raises(ConflictError):
            need.settle(allotted=allotted, received=received)
    with pytest.raises(ConflictError):
        Counters(free=1, reserved=1).give_back(reserved=2, handed_over=0, ended=False)
