"""Blocks lose no pair; a portion is what the rules of lots let go; every reason has its way out."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import ConflictError
from contracts.resources.codes import Exclusion
from contracts.resources.codes_stock import Condition
from services.resources.matching import domain, instance
from services.resources.needs.domain import Counters, check_split
from services.resources.offers.domain import check_lot
from services.resources.policy.domain import WEIGHTS
from services.resources.suggestions.domain import FITS_IF, NEVER, fits_if
from tests.unit.resources.test_matching import AT, HERE, NEED, NOBODY, OFFER, THERE

UNITS, TOPICS = st.sampled_from(["辆", "个"]), st.frozensets(st.sampled_from("abc"), max_size=2)
STREETS = st.sampled_from([None, HERE, THERE])
OFFERS = st.builds(
    lambda unit, tags, street, free: replace(OFFER, unit=unit, tags=tags, street_code=street, free=free),
    *(UNITS, TOPICS, STREETS, st.integers(0, 3)),
)
NEEDS = st.builds(
    lambda unit, tags, street, instead: replace(NEED, unit=unit, tags=tags, street_code=street, substitutes=instead),
    *(UNITS, TOPICS, STREETS, TOPICS),
)


@given(st.lists(OFFERS, max_size=8), st.lists(NEEDS, max_size=4))
def test_blocks_lose_no_pair_and_count_everybody_who_is_out(
    offers: list[domain.OfferFacts], needs: list[domain.NeedFacts]
) -> None:
    offers = [replace(offer, id=f"o{at}") for at, offer in enumerate(offers)]
    needs = [replace(need, id=f"n{at}") for at, need in enumerate(needs)]
    made = instance.build({"x": offers}, {"x": needs}, AT, weights=WEIGHTS, interested=NOBODY)
    for need in needs:
        fitting, out = domain.rank(offers, need, AT, weights=WEIGHTS, interested=NOBODY)
        wanted = [(offer.id, terms) for offer, terms in fitting]
        assert [(pair.offer_id, pair.terms) for pair in made.pairs(need.id)] == wanted
        reasons = {code for _, codes in out for code in codes}
        counted = made.excluded[need.id]
        assert set(counted) <= reasons
        assert len(out) <= counted.total() <= sum(len(codes) for _, codes in out)


@given(*(st.integers(1, 12) for _ in range(4)), st.booleans(), st.booleans())
def test_a_portion_is_the_most_that_a_reservation_takes(
    free: int, missing: int, lot: int, least: int, whole: bool, splittable: bool
) -> None:
    offer = replace(OFFER, free=free, lot_size=lot, minimum_lot=least)
    need = replace(NEED, missing=missing, all_or_nothing=whole, splittable=splittable)

    def taken(count: int) -> bool:
        try:
            check_lot(count, free, lot_size=lot, minimum_lot=least)
            check_split(Counters(quantity=missing), count, all_or_nothing=whole, splittable=splittable)
        except ConflictError:
            return False
        return True

    possible = [count for count in range(1, min(free, missing) + 1) if taken(count)]
    misfits = domain.misfits(offer, need, AT)
    assert bool(misfits) == (not possible)
    if possible:
        assert domain.portion(offer, need, AT) == max(possible)


def test_every_reason_says_what_would_make_it_fit_or_that_nothing_would() -> None:
    assert FITS_IF.keys() | NEVER == {*Exclusion, *Condition} - {Exclusion.DECLINED}
    assert not FITS_IF.keys() & NEVER
    for reason in (*FITS_IF, *NEVER):
        found = fits_if(OFFER, NEED, AT, [reason])  # type: ignore[list-item]
        assert [row["code"] for row in found] == ([] if reason in NEVER else [str(reason)])
