"""Rules of the talent grid and of dispatch: tables, exact norms, a map that points at nobody, a fair ranking."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import SHANGHAI
from chassis.errors import ConflictError
from contracts.resources.codes_talents import Unfit
from services.registry.places import domain_centre
from services.resources.dispatch import domain as dispatch
from services.resources.list_rules.domain import RULES
from services.resources.talents import domain

NUMBERS = {key: rule.default for key, rule in RULES.items()}
WANTED = dispatch.Wanted(
    skills=["mediation"],
    starts=datetime(2026, 3, 2, 9, tzinfo=SHANGHAI),  # a Monday
    ends=datetime(2026, 3, 2, 11, tzinfo=SHANGHAI),
)


@pytest.mark.parametrize(
    ("table", "step", "actions"),
    [
        (domain.TRANSITIONS, domain.next_status, domain.ACTIONS),
        (domain.CREDENTIAL_TRANSITIONS, domain.next_credential_status, ("verify", "withdraw")),
        (dispatch.TRANSITIONS, dispatch.next_status, dispatch.ACTIONS),
        (dispatch.OFFER_TRANSITIONS, dispatch.next_offer_status, dispatch.OFFER_ACTIONS),
        (dispatch.HOURS_TRANSITIONS, dispatch.next_hours_status, ("strike",)),
    ],
)
def test_a_pair_is_in_the_table_or_a_conflict(table: Any, step: Any, actions: Any) -> None:
    assert {action for _, action in table} == set(actions)
    statuses = {status for status, _ in table} | set(table.values())
    for status in statuses:
        for action in actions:
            if (status, action) in table:
                assert step(status, action) == table[status, action]
            else:
                with pytest.raises(ConflictError):
                    step(status, action)


CELL = st.sampled_from([f"37021100900{community}00{cell}" for community in (1, 2) for cell in (1, 2, 3, 4)])


@given(st.dictionaries(CELL, st.integers(0, 12)), st.integers(1, 8))
def test_whoever_knows_a_communitys_total_learns_of_fewer_than_k_people_nowhere(
    counts: dict[str, int], least: int
) -> None:
    away = domain.hidden(counts, least=least)
    for community in {code[:12] for code in counts}:
        cells = [code for code in counts if code.startswith(community)]
        small = [code for code in cells if 0 < counts[code] < least]
        assert set(small) <= away
        rest = sum(counts[code] for code in cells if code in away)  # total minus what is shown
        left = [code for code in cells if code not in away and counts[code] > 0]
        assert rest == 0 or rest >= least or not left
        assert small or not [code for code in cells if code in away]


@given(st.integers(1, 50), st.integers(1, 5000), st.integers(0, 10**6), st.integers(1, 40))
def test_a_norm_is_the_least_whole_number_that_meets_it(people: int, residents: int, living: int, cells: int) -> None:
    need = domain.required(basis="residents", people=people, residents=residents, living=living, cells=cells)
    assert need is not None
    assert need * residents >= living * people
    assert need == 0 or (need - 1) * residents < living * people
    assert domain.required(basis="cell", people=people, residents=residents, living=None, cells=cells) == people * cells
    assert domain.required(basis="residents", people=people, residents=residents, living=None, cells=cells) is None
    assert domain.short(need, need) == domain.short(need + 1, need) == 0


FREE = st.lists(
    st.sampled_from([{"day": 1, "starts": "08:00", "ends": "12:00"}, {"day": 2, "starts": "08:00", "ends": "12:00"}]),
    max_size=2,
)
PEOPLE = st.lists(
    st.builds(
        dispatch.Person,
        talent_id=st.uuids().map(str),
        active=st.booleans(),
        consented=st.booleans(),
        skills=st.dictionaries(st.sampled_from(["mediation", "repair"]), st.integers(1, 3)),
        distance_m=st.none() | st.integers(0, 8000),
        load=st.integers(0, 6),
        availability=FREE,
        asked=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda one: one.talent_id,
)


@given(PEOPLE, st.randoms())
def test_the_ranking_is_of_the_fit_alone_adds_up_and_does_not_depend_on_order(people: Any, random: Any) -> None:
    ranked = dispatch.rank(people, WANTED, NUMBERS)
    fit = {one.talent_id for one in people if not dispatch.unfit(one, WANTED, NUMBERS)}
    assert sorted(one.talent_id for one in ranked) == sorted(fit)
    by_id = {one.talent_id: one for one in people}
    assert all(by_id[key].consented and by_id[key].active and not by_id[key].asked for key in fit)
    scores = [one.score for one in ranked]
    assert scores == sorted(scores, reverse=True)
    for one in ranked:
        assert one.score == sum(row["points"] for row in dispatch.explained(one.terms))
        assert set(one.terms) == set(dispatch.TERMS)
        assert all(0 <= points <= NUMBERS[f"dispatch_points_{name}"] for name, points in one.terms.items())
    shuffled = list(people)
    random.shuffle(shuffled)
    assert dispatch.rank(shuffled, WANTED, NUMBERS) == ranked


@given(PEOPLE.filter(bool), st.integers(1, 3000))
def test_nearer_is_never_worse_and_nothing_else_about_a_person_counts(people: Any, step: int) -> None:
    one = people[0]
    if one.distance_m is None or one.distance_m < step:
        return
    nearer = replace(one, distance_m=one.distance_m - step)
    assert sum(dispatch.terms(nearer, WANTED, NUMBERS).values()) >= sum(dispatch.terms(one, WANTED, NUMBERS).values())
    assert "declined" not in dispatch.Person.__dataclass_fields__


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"consented": False}, [Unfit.NO_CONSENT]),
        ({"active": False}, [Unfit.NOT_ACTIVE]),
        ({"skills": {}}, [Unfit.SKILL_MISSING]),
        ({"distance_m": 5001}, [Unfit.TOO_FAR]),
        ({"load": 5}, [Unfit.BUSY]),
        ({"availability": [{"day": 1, "starts": "08:00", "ends": "10:59"}]}, [Unfit.NOT_AVAILABLE]),
        ({"asked": True}, [Unfit.ASKED]),
        ({"consented": False, "asked": True}, [Unfit.NO_CONSENT, Unfit.ASKED]),
        ({}, []),
    ],
)
def test_every_reason_not_to_ask_is_named(changes: dict[str, Any], why: list[Unfit]) -> None:
    fit = dispatch.Person(talent_id="one", skills={"mediation": 2}, distance_m=0)
    assert dispatch.unfit(replace(fit, **changes), WANTED, NUMBERS) == why
    card = replace(WANTED, credential="first_aid_card")
    assert Unfit.CREDENTIAL_MISSING in dispatch.unfit(fit, card, NUMBERS)


@given(st.integers(-179, 178), st.integers(-89, 88), st.integers(1, 9000))
def test_the_centre_of_a_square_is_its_middle(west: int, south: int, size: int) -> None:
    side = size / 1e6
    ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    x, y = domain_centre.centre({"type": "Polygon", "coordinates": [ring]})
    assert abs(x - (west * 10**6 + size / 2)) <= 1
    assert abs(y - (south * 10**6 + size / 2)) <= 1


def test_a_large_boundary_is_told_by_its_centre_alone() -> None:
    ring = [[120 + number / 1e5, 36 + (number % 7) / 1e5] for number in range(5000)]
    told = domain_centre.told({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})
    assert told["boundary"] == ""
    assert told["longitude_e6"] is not None
    assert domain_centre.told(None) == {"longitude_e6": None, "latitude_e6": None, "boundary": ""}
