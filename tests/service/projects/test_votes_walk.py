"""A random walk over a vote with a model beside it: one ballot each, nothing lost, nothing shown early."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from services.projects.votes import queries
from services.projects.votes.domain import TRANSITIONS
from tests.service.projects.vote_hall import ONE, Hall, code_of

VOTERS = 6
PLACES = st.integers(0, 2)
PEOPLE = st.integers(0, VOTERS - 1)


class Walk(RuleBasedStateMachine):
    """Steps in any order; each is either the table's or refused, and then nothing has changed."""

    def __init__(self) -> None:
        super().__init__()
        self.hall = Hall(paper=True)
        self.voters = self.hall.residents(VOTERS)
        self.status: str | None = None
        self.online: dict[int, int] = {}
        self.paper: set[int] = set()
        self.marked = self.keyed = 0
        self.sheets: list[int] = []

    def attempt(self, action: str, call: Any, *, otherwise: bool = True) -> bool:
        """Whether the step was taken: exactly when the table has it and nothing else stands in its way."""
        code = code_of(self.hall.together([call])[0])
        may = (self.status, action) in TRANSITIONS and otherwise
        assert (code == "done") == may, f"{action} in {self.status}: {code}"
        return may

    @rule()
    def open(self) -> None:
        code = code_of(self.hall.together([lambda: self.hall.open(days=1)])[0])
        may = self.status is None or (self.status, "open") in TRANSITIONS
        assert (code == "done") == may
        if may:
            self.status, self.online, self.paper, self.marked, self.sheets = "open", {}, set(), 0, []

    @rule(person=PEOPLE, place=PLACES)
    def cast(self, person: int, place: int) -> None:
        fresh = person not in self.online and person not in self.paper
        if self.attempt("cast", lambda: self.hall.cast(self.voters[person], place), otherwise=fresh):
            self.online[person] = place

    @rule(person=PEOPLE)
    def mark(self, person: int) -> None:
        who, fresh = self.voters[person].who, person not in self.online and person not in self.paper
        call = lambda: self.hall.do(  # noqa: E731
            "mark_paper_voter", number=str(self.marked), place_code=ONE, account_id=who.account_id if who else ""
        )
        if self.attempt("mark_paper_voter", call, otherwise=fresh):
            self.paper.add(person)
            self.marked += 1

    @rule(place=PLACES)
    def count_a_sheet(self, place: int) -> None:
        if len(self.sheets) >= len(self.paper):
            return
        call = lambda: self.hall.do("open_paper_batch", label="箱（演示）", place_code=ONE, sheets=1)  # noqa: E731
        if not self.attempt("handle_paper", call):
            return
        batch = self.hall.do("list_paper_batches", limit=1)["items"][0]["batch_id"]
        entry = {"number": 1, "proposal_ids": [self.hall.proposals[place]]}
        for person in self.hall.staff[:2]:
            person("projects.key_paper_batch", batch_id=batch, entries=[entry])
        self.sheets.append(place)

    @rule()
    def time_passes(self) -> None:
        self.hall.advance(days=1, minutes=1)
        if self.status == "open":
            self.status = "counting" if self.paper or self.sheets else "closed"

    @rule()
    def close(self) -> None:
        if self.attempt("close", lambda: self.hall.do("close_vote"), otherwise=self.status == "counting"):
            self.status = "closed"

    @rule()
    def cancel(self) -> None:
        if self.attempt("cancel", lambda: self.hall.do("cancel_vote", reason="演示")):
            self.status, self.online, self.paper, self.sheets = "cancelled", {}, set(), []

    @invariant()
    def as_the_model_says(self) -> None:
        if self.status is None:
            return
        view = self.hall.do("get_vote")
        assert (view["status"], view["support"]) == (self.status, None)
        assert view["participation"] == len(self.online) + len(self.paper)
        if self.status == "closed":
            with self.hall.sessions() as session:
                support = queries.support_of(session, self.hall.vote())
            places = [*self.online.values(), *self.sheets]
            assert support == {one: places.count(place) for place, one in enumerate(self.hall.proposals)}


@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_a_vote_walked_at_random_is_as_the_model_says() -> None:
    suppressed = [HealthCheck.too_slow]
    few = settings(max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=suppressed)
    run_state_machine_as_test(Walk, settings=few)
