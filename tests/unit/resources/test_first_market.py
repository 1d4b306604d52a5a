"""The market that is built all at once is the one that is built one by one, also in what follows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.resources.live import first
from services.resources.live.book import Book, NeedEntry, OfferEntry
from services.resources.live.first import Facts
from services.resources.matching import apart, domain
from services.resources.matching.solver import NotOptimalError
from services.resources.policy.domain import WEIGHTS
from tests.unit.resources.test_compare import FEW, INTERESTS, NEEDS, OFFERS
from tests.unit.resources.test_engine_market import is_optimal, is_sound
from tests.unit.resources.test_matching import AT, NEED, OFFER

KIND = st.sampled_from(["materials", "venue"])


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Of two kinds; what nobody has or lacks any more is there too."""
    interested = draw(INTERESTS)
    offers: dict[str, OfferEntry] = {}
    for at, (kind, offer) in enumerate(draw(st.lists(st.tuples(KIND, OFFERS), max_size=8))):
        one = replace(offer, id=f"o{at}", free=draw(st.integers(-1, 5)), minimum_lot=draw(st.integers(1, 3)))
        barred = frozenset({one.provider_id} | {who for provider, who in interested if provider == one.provider_id})
        offers[one.id] = OfferEntry(kind=kind, facts=one, barred=barred)
    needs: dict[str, NeedEntry] = {}
    for at, (kind, need) in enumerate(draw(st.lists(st.tuples(KIND, NEEDS), max_size=8))):
        taker = None if draw(st.integers(0, 4)) == 0 else need.organisation_id
        missing = draw(st.integers(-1, 5))
        needs[f"n{at}"] = NeedEntry(
            kind=kind, facts=replace(need, id=f"n{at}", organisation_id=taker, missing=missing, skills=draw(FEW))
        )
    return Facts(offers, needs)


def one_by_one(asked: Facts) -> Book:
    book = Book(AT, WEIGHTS)
    for name, need in asked.needs.items():
        book.put_need(name, need)
    for name, offer in asked.offers.items():
        book.put_offer(name, offer)
    return book


def same(one: Book, other: Book) -> None:
    """In everything but which of several optima it is."""
    assert sorted(one.market.utilities()) == sorted(other.market.utilities())
    mine, theirs = one.market.problem(), other.market.problem()
    for side in ("offer_ids", "need_ids"):
        assert getattr(mine, side) == getattr(theirs, side)
    assert (mine.supply.tolist(), mine.demand.tolist()) == (theirs.supply.tolist(), theirs.demand.tolist())
    assert one.market.value() == one.market.bound() == other.market.value()
    assert (one.offers, one.needs, one.wanted) == (other.offers, other.needs, other.wanted)
    for mine_of, theirs_of in ((one._offers_of, other._offers_of), (one._needs_of, other._needs_of)):
        assert {key: ids for key, ids in mine_of.items() if ids} == {key: ids for key, ids in theirs_of.items() if ids}
    assert one.matched == sum(one.market.flows().values())
    assert is_sound(one.market)


@settings(max_examples=150, deadline=None)
@given(facts(), st.data())
def test_all_at_once_is_the_same_as_one_by_one(asked: Facts, data: st.DataObject) -> None:
    made, reference = first.build(asked, AT, WEIGHTS), one_by_one(asked)
    same(made, reference)
    assert is_optimal(made.market)
    every = [*asked.offers, *asked.needs]
    gone = data.draw(st.lists(st.sampled_from(every), max_size=3, unique=True)) if every else []
    for name in gone:  # it goes on from there
        for book in (made, reference):
            (book.put_offer if name in asked.offers else book.put_need)(name, None)
    for name in gone:
        for book in (made, reference):
            entry: Any = asked.offers.get(name) or asked.needs[name]
            (book.put_offer if name in asked.offers else book.put_need)(name, entry)
    for book in (made, reference):
        book.put_need("more", NeedEntry(kind="materials", facts=replace(NEED, id="more", missing=3)))
        book.put_offer("much", OfferEntry(kind="materials", facts=replace(OFFER, id="much"), barred=frozenset()))
    same(made, reference)


def _few(many: int) -> Facts:
    offers = {f"o{at}": replace(OFFER, id=f"o{at}", provider_id=f"p{at}") for at in range(many)}
    needs = {f"n{at}": replace(NEED, id=f"n{at}") for at in range(many)}
    return Facts(
        {name: OfferEntry(kind="materials", facts=one, barred=frozenset()) for name, one in offers.items()},
        {name: NeedEntry(kind="materials", facts=one) for name, one in needs.items()},
    )


def test_many_edges_are_solved_in_a_process_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "HERE_AT_MOST", 10)
    told: list[int] = []
    made = first.build(_few(5), AT, WEIGHTS, tell=told.append)
    same(made, one_by_one(_few(5)))
    assert (told[0], told[-1], told == sorted(told)) == (0, first.SOLVED, True)
    assert first.COMPARED in told


def test_who_is_told_may_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class LostError(Exception):
        pass

    def tell(done: int) -> None:
        if done >= first.COMPARED:
            raise LostError

    monkeypatch.setattr(apart, "HERE_AT_MOST", 10)
    with pytest.raises(LostError):
        first.build(_few(5), AT, WEIGHTS, tell=tell)


def test_a_solve_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "HERE_AT_MOST", 10)
    monkeypatch.setenv("MATCHING_ROUND_LIMIT_SECONDS", "0")
    with pytest.raises(NotOptimalError):
        first.build(_few(5), AT, WEIGHTS)


def test_a_pair_is_judged_by_the_rules_and_not_by_quantity(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules are asked once for each pair of values that occurs, however many offers and needs have them."""
    asked: list[str] = []
    rules = domain.exclusions

    def counted(*arguments: Any) -> Any:
        asked.append("")
        return rules(*arguments)

    monkeypatch.setattr(domain, "exclusions", counted)
    made = first.build(_few(30), AT, WEIGHTS)
    assert sum(1 for _ in made.market.utilities()) == 900
    assert len(asked) < 90
