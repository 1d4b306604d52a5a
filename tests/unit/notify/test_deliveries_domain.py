"""Deliveries: every transition is in the table or refused; waits grow, stay bounded and obey the peer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import ConflictError
from contracts.notify import kinds
from services.notify.deliveries import domain
from services.notify.deliveries.domain import Outcome, RetryPolicy

ACTIONS = sorted({action for _, action in domain.TRANSITIONS} | {"invented"})
POLICY = RetryPolicy(base=5, cap=21_600, most=12)


@given(status=st.sampled_from(kinds.DELIVERY_STATUSES), action=st.sampled_from(ACTIONS))
@settings(max_examples=100)
def test_a_transition_is_in_the_table_or_a_conflict(status: str, action: str) -> None:
    if (status, action) in domain.TRANSITIONS:
        assert domain.next_status(status, action) in kinds.DELIVERY_STATUSES
    else:
        with pytest.raises(ConflictError):
            domain.next_status(status, action)


def test_every_status_is_open_or_ended_and_reachable() -> None:
    assert set(domain.OPEN) | set(domain.ENDED) == set(kinds.DELIVERY_STATUSES)
    assert not set(domain.OPEN) & set(domain.ENDED)
    assert set(domain.TRANSITIONS.values()) == set(kinds.DELIVERY_STATUSES)


@given(actions=st.lists(st.sampled_from(ACTIONS), max_size=30))
@settings(max_examples=100)
def test_what_was_sent_is_never_sent_again(actions: list[str]) -> None:
    status, seen = "queued", []
    for action in actions:
        if (status, action) in domain.TRANSITIONS:
            status = domain.next_status(status, action)
            seen.append(status)
    assert "sent" not in seen[:-1]


@given(
    tries=st.integers(1, 500),
    chance=st.floats(0, 1, exclude_max=True),
    asked=st.floats(0, 1e9),
)
@settings(max_examples=100)
def test_a_wait_is_bounded_and_at_least_half_its_step(tries: int, chance: float, asked: float) -> None:
    wait = domain.back_off(tries, POLICY, chance=chance, asked=asked)
    step = min(POLICY.base * 2 ** min(tries - 1, 40), POLICY.cap)
    assert timedelta(seconds=step / 2) - timedelta(milliseconds=1) <= wait <= timedelta(seconds=POLICY.cap)
    assert wait >= timedelta(seconds=min(asked, POLICY.cap)) - timedelta(milliseconds=1)


def test_waits_double() -> None:
    waits = [domain.back_off(tries, POLICY, chance=0).total_seconds() for tries in range(1, 6)]
    assert waits == [2.5, 5, 10, 20, 40]


@given(tries=st.integers(1, 40))
@settings(max_examples=40)
def test_only_a_retry_is_abandoned_and_only_when_the_tries_are_used_up(tries: int) -> None:
    assert domain.final_action(Outcome("succeed", ""), tries, POLICY) == "succeed"
    assert domain.final_action(Outcome("retry", ""), tries, POLICY) == ("abandon" if tries >= 12 else "retry")


@pytest.mark.parametrize(("code", "action"), [(450, "retry"), (421, "retry"), (550, "bounce"), (554, "bounce")])
def test_smtp_answers(code: int, action: str) -> None:
    assert domain.smtp_action(code) == action


@pytest.mark.parametrize(
    ("status", "action"),
    [
        (200, "succeed"),
        (204, "succeed"),
        (301, "retry"),
        (404, "retry"),
        (410, "bounce"),
        (429, "retry"),
        (503, "retry"),
    ],
)
def test_http_answers(status: int, action: str) -> None:
    assert domain.http_action(status) == action
