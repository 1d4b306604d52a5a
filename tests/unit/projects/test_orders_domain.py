"""Rules of service orders: the whole table, and each guard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts.projects import orders as contract
from services.projects.orders import domain

NOW = datetime(2026, 3, 1, tzinfo=UTC)
# drawn again from DOMAIN.md, action by action, so that a slip in the table does not repeat itself here
EXPECTED = {
    "verify": ({"requested"}, "verified"),
    "offer": ({"verified", "declined", "expired", "no_show", "resolved"}, "offered"),
    "open": ({"verified", "declined", "expired", "no_show", "resolved"}, "offered"),
    "accept": ({"offered"}, "accepted"),
    "decline": ({"offered"}, "declined"),
    "expire": ({"offered"}, "expired"),
    "schedule": ({"accepted", "scheduled", "no_show"}, "scheduled"),
    "check_in": ({"scheduled"}, "checked_in"),
    "deliver": ({"checked_in"}, "delivered"),
    "confirm": ({"delivered"}, "confirmed"),
    "rate": ({"confirmed", "rated"}, "rated"),
    "seal": ({"confirmed", "rated", "resolved"}, "sealed"),
    "give_back": ({"accepted", "scheduled"}, "declined"),
    "report_no_show": ({"scheduled", "checked_in"}, "no_show"),
    "dispute": ({"delivered", "confirmed", "no_show"}, "disputed"),
    "resolve": ({"disputed"}, "resolved"),
    "cancel": (
        {"requested", "verified", "offered", "declined", "expired", "accepted", "scheduled", "no_show"},
        "cancelled",
    ),
}


@pytest.mark.parametrize("action", domain.ACTIONS)
@pytest.mark.parametrize("status", domain.STATUSES)
def test_every_pair_of_state_and_action(status: str, action: str) -> None:
    sources, target = EXPECTED[action]
    if status in sources:
        assert domain.next_status(status, action) == target
    else:
        with pytest.raises(ConflictError, match="order_state_conflict"):
            domain.next_status(status, action)


def test_contract_and_table_name_the_same_states() -> None:
    assert contract.STATUSES == domain.STATUSES
    assert set(domain.TRANSITIONS.values()) | {"requested"} == set(domain.STATUSES)
    assert {action for _, action in domain.TRANSITIONS} == set(domain.ACTIONS)


def test_sealed_and_cancelled_are_final() -> None:
    assert not [pair for pair in domain.TRANSITIONS if pair[0] in ("sealed", "cancelled")]


def test_an_order_is_accepted_by_the_addressee_only() -> None:
    offered = {"offered_organisation_id": "org_a", "offered_account_id": None}
    domain.check_addressee(**offered, organisation_id="org_a", account_id="acc_x")
    for organisation_id in ("org_b", None):
        with pytest.raises(ForbiddenError):
            domain.check_addressee(**offered, organisation_id=organisation_id, account_id="acc_x")
    with pytest.raises(ForbiddenError):
        domain.check_addressee(
            offered_organisation_id=None, offered_account_id=None, organisation_id=None, account_id=None
        )


@pytest.mark.parametrize(("organisations", "talent"), [([], None), (["org_a"], "acc_x"), (["org_a", "org_a"], None)])
def test_candidates_are_organisations_or_one_talent(organisations: list[str], talent: str | None) -> None:
    with pytest.raises(InvalidError, match="order_candidates_invalid"):
        domain.check_candidates(organisations, talent)


@given(st.integers(0, 100), st.integers(1, 100), st.booleans(), st.booleans())
@settings(max_examples=50)
def test_acceptance_needs_capacity_and_for_risky_tasks_every_statement(
    open_orders: int, limit: int, risky: bool, stated: bool
) -> None:
    def check() -> None:
        domain.check_acceptance(
            risky=risky,
            statements=dict.fromkeys(domain.REQUIREMENTS, stated),
            facts={},
            facts_required=(),
            open_orders=open_orders,
            open_orders_max=limit,
        )

    if open_orders >= limit or (risky and not stated):
        with pytest.raises(ConflictError):
            check()
    else:
        check()


def test_a_window_ends_after_it_starts_and_not_in_the_past() -> None:
    hour = timedelta(hours=1)
    domain.check_window(NOW, NOW + hour, now=NOW)
    domain.check_window(None, None, now=NOW)
    for starts, ends in ((NOW, NOW), (NOW + hour, NOW), (NOW - hour, NOW)):
        with pytest.raises(InvalidError):
            domain.check_window(starts, ends, now=NOW)


POINTS = st.tuples(st.floats(-89, 89), st.floats(-180, 180))


@given(POINTS, POINTS)
@settings(max_examples=100)
def test_distance_is_a_distance(one: tuple[float, float], other: tuple[float, float]) -> None:
    there, back = domain.distance_m(*one, *other), domain.distance_m(*other, *one)
    assert there == back
    assert 0 <= there <= 20_100_000
    assert domain.distance_m(*one, *one) == 0


def test_a_known_distance_comes_out() -> None:
    assert domain.distance_m(36.0, 120.0, 36.01, 120.0) == pytest.approx(1112, abs=2)


@pytest.mark.parametrize(
    ("distance", "reason", "within"), [(500, None, True), (501, "改地点", False), (None, "无定位", None)]
)
def test_being_there_is_inside_the_radius_or_explained(
    distance: int | None, reason: str | None, within: bool | None
) -> None:
    assert domain.check_presence(distance=distance, radius_m=500, reason=reason) is within


@pytest.mark.parametrize("distance", [501, None])
def test_being_elsewhere_without_a_reason_is_refused(distance: int | None) -> None:
    with pytest.raises(ConflictError, match="order_outside_radius"):
        domain.check_presence(distance=distance, radius_m=500, reason=None)


def test_proof_and_proxy() -> None:
    domain.check_evidence(required=False, count=0)
    domain.check_evidence(required=True, count=1)
    with pytest.raises(ConflictError, match="order_without_evidence"):
        domain.check_evidence(required=True, count=0)
    assert domain.confirmed_by(requester=True, proxy_reason=None) == "resident"
    assert domain.confirmed_by(requester=False, proxy_reason="不会用手机") == "proxy"
    with pytest.raises(InvalidError, match="order_proxy_reason_missing"):
        domain.confirmed_by(requester=False, proxy_reason=None)
