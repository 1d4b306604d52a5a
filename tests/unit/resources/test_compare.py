"""Many at once is the same as one by one: whoever fits, how well, and why the others do not."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.resources.conditions.domain import Asked, Given
from services.resources.matching import compare, domain
from services.resources.matching.blocking import Blocks
from services.resources.policy.domain import WEIGHTS
from tests.unit.resources.test_matching import AT, HERE, NEED, NOW, OFFER, THERE

FEW = st.frozensets(st.sampled_from("abc"), max_size=2)
STREET, PLACE = st.sampled_from([None, HERE, THERE]), st.sampled_from([None, "c1", "c2"])
ORGANISATION = st.sampled_from(["p1", "p2", "taker", "other"])
DAYS = st.integers(-2, 40)
WINDOWS = st.lists(DAYS, max_size=3).map(
    lambda days: tuple(
        (index, NOW + timedelta(days=day), NOW + timedelta(days=day, hours=2)) for index, day in enumerate(days)
    )
)
GIVEN = st.builds(
    Given,
    kind=st.sampled_from(["volunteers", "venue", "materials"]),
    organisations=st.frozensets(ORGANISATION, max_size=2),
    groups=FEW,
    capacity=st.none() | st.integers(1, 9),
    languages=FEW,
    availability=st.just(()) | st.just(({"weekday": 1, "from_time": "08:00", "to_time": "12:00"},)),
    mode=st.sampled_from(["either", "onsite", "online"]),
)
OFFERS = st.builds(
    replace,
    st.just(OFFER),
    provider_id=ORGANISATION,
    unit=st.sampled_from(["辆", "个"]),
    free=st.integers(0, 3),
    tags=FEW,
    skills=FEW,
    fields=FEW,
    earmarked_streets=st.frozensets(st.sampled_from([HERE, THERE]), max_size=1),
    street_code=STREET,
    community_code=PLACE,
    expires_on=st.none() | DAYS.map(lambda day: date(2026, 3, 2) + timedelta(days=day)),
    is_venue=st.booleans(),
    windows=WINDOWS,
    given=st.none() | GIVEN,
)
NEEDS = st.builds(
    lambda organisation, due, asked, **members: replace(
        NEED,
        organisation_id=organisation,
        due_at=NOW + timedelta(days=due),
        asked=asked and replace(asked, organisation_id=organisation),
        **members,
    ),
    ORGANISATION,
    DAYS,
    st.none()
    | st.builds(
        Asked,
        organisation_id=st.just(""),
        last_day=st.just(date(2026, 4, 1)),
        groups=FEW,
        persons=st.none() | st.integers(1, 9),
        languages=FEW,
        times=st.just(()) | st.just(({"weekday": 1, "from_time": "09:00", "to_time": "11:00"},)),
        mode=st.sampled_from(["either", "onsite", "online"]),
    ),
    unit=st.sampled_from(["辆", "个"]),
    tags=FEW,
    substitutes=FEW,
    skills=FEW,
    fields=FEW,
    street_code=STREET,
    community_code=PLACE,
    urgency=st.integers(1, 3),
)
INTERESTS = st.frozensets(st.tuples(ORGANISATION, ORGANISATION), max_size=3)


@settings(max_examples=200, deadline=None)
@given(st.lists(OFFERS, max_size=10), st.lists(NEEDS, max_size=5), INTERESTS, st.booleans())
def test_tables_say_what_the_rules_say_pair_by_pair(
    offers: list[domain.OfferFacts],
    needs: list[domain.NeedFacts],
    interested: frozenset[tuple[str, str]],
    forgetful: bool,
) -> None:
    offers = [replace(offer, id=f"o{at}") for at, offer in enumerate(offers)]
    known = compare.Offers(offers, AT, weights=WEIGHTS, interested=interested)
    blocks = Blocks(known.rows)
    before, compare.MOST_CELLS = compare.MOST_CELLS, 3 if forgetful else compare.MOST_CELLS
    try:
        found = [known.of(need) for need in needs]
    finally:
        compare.MOST_CELLS = before
    for need, (fits, counted) in zip(needs, found, strict=True):
        near, at_sight = blocks.of(need)
        fitting, out = domain.rank([known.rows[at] for at in near], need, AT, weights=WEIGHTS, interested=interested)
        told = {known.rows[at].id: worth for at, worth in zip(fits.at.tolist(), fits.utility.tolist(), strict=True)}
        assert told == {offer.id: sum(terms.values()) for offer, terms in fitting}
        assert counted == at_sight + Counter(code for _, codes in out for code in codes)
