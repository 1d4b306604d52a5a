"""Rules of matching: hard reasons, named terms, ranking, art. 40, and the funds' refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts.resources.codes import Exclusion, FundsRefusal
from services.resources.allocations.domain import check_in_time, within
from services.resources.funds.domain import Funds, refusal
from services.resources.known import domain as parties
from services.resources.matching import domain, instance
from services.resources.matching.domain import Moment, NeedFacts, OfferFacts
from services.resources.matching.outcomes import Outcomes
from services.resources.matching.solver import solve
from services.resources.offers.domain import check_windows
from services.resources.policy.domain import WEIGHTS

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
AT = Moment(now=NOW, today=date(2026, 3, 2))
HERE, THERE = "370211009", "370211008"
OFFER = OfferFacts(
    id="o",
    provider_id="giver",
    unit="辆",
    free=10,
    tags=frozenset({"wheelchair"}),
    skills=frozenset(),
    fields=frozenset(),
    earmarked_streets=frozenset(),
    street_code=None,
    community_code=None,
    expires_on=None,
    is_venue=False,
)
NEED = NeedFacts(
    id="n",
    organisation_id="taker",
    unit="辆",
    missing=4,
    tags=frozenset({"wheelchair"}),
    skills=frozenset(),
    fields=frozenset({"elder_care"}),
    street_code=HERE,
    community_code=None,
    urgency=1,
    due_at=NOW + timedelta(days=30),
)
NOBODY: frozenset[tuple[str, str]] = frozenset()


def _window(days: int) -> tuple[int, datetime, datetime]:
    return (0, NOW + timedelta(days=days), NOW + timedelta(days=days, hours=2))


@pytest.mark.parametrize(
    ("offer", "need", "reason"),
    [
        (replace(OFFER, unit="个"), NEED, Exclusion.UNIT),
        (replace(OFFER, free=0), NEED, Exclusion.NOTHING_FREE),
        (replace(OFFER, street_code=THERE), NEED, Exclusion.OTHER_STREET),
        (replace(OFFER, street_code=HERE), replace(NEED, street_code=None), Exclusion.OTHER_STREET),
        (replace(OFFER, earmarked_streets=frozenset({THERE})), NEED, Exclusion.EARMARKED_STREET),
        (replace(OFFER, fields=frozenset({"youth"})), NEED, Exclusion.EARMARKED_FIELD),
        (OFFER, replace(NEED, skills=frozenset({"陪诊"})), Exclusion.SKILLS_MISSING),
        (replace(OFFER, tags=frozenset({"rice"})), NEED, Exclusion.NO_SHARED_TAG),
        (replace(OFFER, is_venue=True), NEED, Exclusion.NO_FREE_WINDOW),
        (replace(OFFER, is_venue=True, windows=(_window(-1),)), NEED, Exclusion.NO_FREE_WINDOW),
        (replace(OFFER, is_venue=True, windows=(_window(31),)), NEED, Exclusion.NO_FREE_WINDOW),
        (replace(OFFER, expires_on=date(2026, 3, 1)), NEED, Exclusion.PAST_EXPIRY),
    ],
)
def test_each_hard_reason_excludes(offer: OfferFacts, need: NeedFacts, reason: Exclusion) -> None:
    assert domain.exclusions(offer, need, AT, NOBODY) == [reason]


def test_what_fits_has_no_reason_against_it() -> None:
    assert domain.exclusions(OFFER, NEED, AT, NOBODY) == []
    assert domain.exclusions(OFFER, NEED, AT, frozenset({("giver", "taker")})) == [Exclusion.INTERESTED_PARTY]


def test_the_score_is_the_sum_of_its_terms_by_the_districts_weights() -> None:
    near = replace(OFFER, street_code=HERE, fields=frozenset({"elder_care"}), expires_on=date(2026, 3, 20))
    found = domain.terms(near, replace(NEED, urgency=3), AT, WEIGHTS)
    assert found == {"base": 50, "topic": 400, "field": 200, "street": 300, "urgency": 300, "perishing": 100}
    shown = domain.explain_terms(found)
    assert [row["points"] for row in shown] == sorted(found.values(), reverse=True)
    assert all(row["zh"] and row["en"] for row in shown)


@given(st.permutations(range(6)), st.sets(st.integers(0, 5)))
def test_ranking_does_not_depend_on_order_and_loses_nobody(order: list[int], barred: set[int]) -> None:
    offers = [replace(OFFER, id=f"o{n}", provider_id=f"p{n}", street_code=HERE if n % 2 else None) for n in range(6)]
    interested = frozenset((f"p{n}", "taker") for n in barred)
    shuffled = [offers[n] for n in order]
    fitting, out = domain.rank(shuffled, NEED, AT, weights=WEIGHTS, interested=interested)
    again, _ = domain.rank(offers, NEED, AT, weights=WEIGHTS, interested=interested)
    assert [offer.id for offer, _ in fitting] == [offer.id for offer, _ in again]
    scores = [sum(found.values()) for _, found in fitting]
    assert scores == sorted(scores, reverse=True)
    assert len(fitting) + len(out) == 6
    assert {offer.id for offer, _ in out} == {f"o{n}" for n in barred}


def test_a_round_explains_who_was_outbid_and_by_what_price() -> None:
    needs = [
        replace(NEED, id="urgent", urgency=3, missing=6),
        replace(NEED, id="also", missing=6),
        replace(NEED, id="last", missing=6),
        replace(NEED, id="odd", unit="个"),
    ]
    made = instance.build({"materials": [OFFER]}, {"materials": needs}, AT, weights=WEIGHTS, interested=NOBODY)
    found = solve(made.offers, made.needs, made.edges)
    told = Outcomes(made, found)
    matched = {need: told.matched(need) for need in made.needs}
    assert (matched["urgent"], matched["also"] + matched["last"], matched["odd"]) == (6, 4, 0)
    outcomes = {name: told.outcome(name) for name in made.needs}
    assert (outcomes["urgent"], outcomes["odd"]) == ("matched", "no_candidates")
    assert set(outcomes.values()) <= {"matched", "partly_matched", "outbid", "no_candidates"}
    loser = min(("also", "last"), key=lambda name: matched[name])
    [other] = told.alternatives(loser)
    assert other["behind"] == other["offer_price"] + found.need_prices.get(loser, 0) - other["utility"] >= 0
    assert made.excluded["odd"] == {Exclusion.UNIT: 1}


def test_a_venues_windows_are_matched_one_by_one() -> None:
    windows = tuple((index, start, end) for index, (_, start, end) in enumerate(_window(day) for day in (3, 4, 20)))
    hall = replace(OFFER, is_venue=True, free=3, windows=windows)
    soon = replace(NEED, id="soon", missing=2, due_at=NOW + timedelta(days=5))
    made = instance.build({"venue": [hall]}, {"venue": [soon, NEED]}, AT, weights=WEIGHTS, interested=NOBODY)
    got = Outcomes(made, solve(made.offers, made.needs, made.edges)).matches
    assert sum(match.quantity for rows in got.values() for match in rows) == 3
    assert all(len(match.windows) == match.quantity for rows in got.values() for match in rows)
    assert not {index for match in got["soon"] for index in match.windows} & {2}


@given(
    st.sampled_from("abc"), st.sampled_from("abc"), st.sets(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")))
)
def test_an_interest_holds_whoever_declared_it(donor: str, taker: str, declared: set[tuple[str, str]]) -> None:
    found = parties.is_interested(donor, taker, frozenset(declared))
    assert found == (donor == taker or bool({(donor, taker), (taker, donor)} & declared))
    assert found == parties.is_interested(taker, donor, frozenset(declared))


def test_an_organisation_acts_for_itself_and_a_hub_for_those_in_its_care() -> None:
    cso = Actor(account_id="a", role="cso", district_code="370211", organisation_id="one")
    hub = replace(cso, role="hub")
    parties.check_own(cso, "one", hub_id=None)
    parties.check_own(hub, "two", hub_id="one")
    parties.check_own(replace(cso, role="bureau"), "two", hub_id=None)
    for actor in (cso, hub, replace(cso, organisation_id=None)):
        with pytest.raises(ForbiddenError):
            parties.check_own(actor, "two", hub_id="other" if actor is hub else "one")


FUNDS = Funds(kind="funds", is_open=True, provider_id="f", free=100, streets=frozenset(), fields=frozenset())


@pytest.mark.parametrize(
    ("offer", "amount", "expected"),
    [
        (FUNDS, 100, None),
        (replace(FUNDS, streets=frozenset({HERE}), fields=frozenset({"elder_care", "x"})), 1, None),
        (None, 1, FundsRefusal.OFFER_UNKNOWN),
        (replace(FUNDS, kind="venue"), 1, FundsRefusal.NOT_FUNDS),
        (replace(FUNDS, provider_id="g"), 1, FundsRefusal.NOT_THAT_FUNDER),
        (replace(FUNDS, is_open=False), 1, FundsRefusal.NOT_OPEN),
        (FUNDS, 101, FundsRefusal.INSUFFICIENT),
        (FUNDS, 0, FundsRefusal.INSUFFICIENT),
        (replace(FUNDS, streets=frozenset({THERE})), 1, FundsRefusal.EARMARK_MISMATCH),
        (replace(FUNDS, fields=frozenset({"x"})), 1, FundsRefusal.EARMARK_MISMATCH),
    ],
)
def test_funds_are_refused_for_the_first_reason(
    offer: Funds | None, amount: int, expected: FundsRefusal | None
) -> None:
    asked = {"round_streets": [HERE], "round_fields": ["elder_care"]}
    assert refusal(offer, funder_id="f", amount_fen=amount, **asked) is expected  # type: ignore[arg-type]


def test_funds_bound_to_a_street_do_not_back_a_district_wide_round() -> None:
    bound = replace(FUNDS, streets=frozenset({HERE}))
    found = refusal(bound, funder_id="f", amount_fen=1, round_streets=[], round_fields=[])
    assert found is FundsRefusal.EARMARK_MISMATCH


def test_a_quantity_defaults_to_all_and_never_exceeds_it() -> None:
    assert (within(None, 5), within(3, 5)) == (5, 3)
    for asked, most in ((6, 5), (0, 5), (None, 0)):
        with pytest.raises(ConflictError):
            within(asked, most)


def test_a_reservation_is_confirmed_in_time_or_not_at_all() -> None:
    check_in_time(None, NOW)
    check_in_time(NOW + timedelta(seconds=1), NOW)
    with pytest.raises(ConflictError):
        check_in_time(NOW, NOW)


@pytest.mark.parametrize("starts", [(-1,), (1, 1)])
def test_windows_lie_ahead_and_do_not_overlap(starts: tuple[int, ...]) -> None:
    windows = [{"starts_at": start, "ends_at": end} for _, start, end in (_window(day) for day in starts)]
    with pytest.raises(InvalidError):
        check_windows(windows, NOW)
