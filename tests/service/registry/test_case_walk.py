"""Random walks keep the invariants of incubation (issue 4), hand-overs dated later and undone among their steps."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from chassis.runtime.inprocess import InProcessHost
from tests.service.registry.cast import Cast
from tests.service.registry.walk import ROLES, CaseWalk

# Steps that walks must really take, or the invariants would hold for want of anything happening.
REACHED = {
    "submit_case",
    "decide_case_review",
    "sign_case_agreement",
    "begin_case_incubation",
    "hand_over_team_role",
    "plan_team_hand_over",
    "object_to_case",
    "request_case_exit",
}
QUIET = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def test_random_walks_of_cases_keep_every_invariant(host: InProcessHost) -> None:
    cast, taken = Cast(host), Counter[str]()
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: CaseWalk(cast, lambda step: taken.update([step])),
        settings=settings(QUIET, max_examples=12, stateful_step_count=40),
    )
    assert REACHED - taken.keys() == set(), taken


STEP = st.tuples(
    st.sampled_from(["now", "now", "later", "later", "undo", "wait"]),
    st.sampled_from(ROLES),
    st.integers(0, 1),
    st.integers(-2, 60),
)


def test_random_hand_overs_never_leave_an_instant_without_one_specialist_and_one_steward(host: InProcessHost) -> None:
    taken = Counter[str]()
    walk = CaseWalk(Cast(host), lambda step: taken.update([step]))
    walk.open_the_base()

    @settings(QUIET, max_examples=30)
    @given(st.lists(STEP, min_size=3, max_size=8))
    def hand_over(steps: list[tuple[str, str, int, int]]) -> None:
        for kind, role, who, hours in steps:
            if kind == "now":
                walk.hand_over(1, role, who)
            elif kind == "later":
                walk.plan_hand_over(1, role, who, hours)
            elif kind == "undo":
                walk.undo_hand_over(1)
            else:
                walk.wait(max(hours, 1) / 24)
            walk.whoever_serves_serves_without_gap_or_overlap()

    hand_over()
    walk.wait(3)
    walk.whoever_serves_serves_without_gap_or_overlap()
    team = walk.cast.specialist("registry.get_service_team", case_id=walk.cases[1])
    statuses = Counter(plan["status"] for plan in team["hand_overs"])
    assert statuses["done"] > 2, statuses
    assert statuses["undone"] > 2, statuses
    assert taken["hand_over_team_role"] > 5
    assert team["complete"]
