"""Every (state, action) pair of the machines of rounds: the table's step, or a conflict; never a silent no-op."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from chassis.errors import ConflictError
from contracts.projects.plan_templates import STATUSES as TEMPLATE_STATUSES
from contracts.projects.proposal_work import COAUTHOR_STATUSES
from contracts.projects.proposals import STATUSES as PROPOSAL_STATUSES
from contracts.projects.roadshows import PITCH_STATUSES
from contracts.projects.roadshows import STATUSES as ROADSHOW_STATUSES
from contracts.projects.rounds import STATUSES as ROUND_STATUSES
from contracts.projects.surveys import STATUSES as SURVEY_STATUSES
from services.projects.awards import domain as awards
from services.projects.decisions import domain as decisions
from services.projects.plan_templates import domain as templates
from services.projects.planning import domain as planning
from services.projects.proposals import domain as proposals
from services.projects.proposals import domain_work as work
from services.projects.review import domain as review
from services.projects.roadshows import domain as roadshows
from services.projects.rounds import domain as rounds
from services.projects.surveys import domain as surveys
from services.projects.votes import domain as votes
from services.projects.votes import domain_paper as paper

Machine = tuple[Mapping[tuple[str, str], str], Callable[[str, str], str]]
MACHINES: dict[str, Machine] = {
    "round": (rounds.TRANSITIONS, rounds.next_status),
    "pool line": (rounds.LINE_TRANSITIONS, rounds.next_line_status),
    "proposal": (proposals.TRANSITIONS, proposals.next_status),
    "plan template": (templates.TRANSITIONS, templates.next_status),
    "needs survey": (surveys.TRANSITIONS, surveys.next_status),
    "co-author": (work.COAUTHOR_TRANSITIONS, work.next_coauthor_status),
    "comment": (work.COMMENT_TRANSITIONS, work.next_comment_status),
    "roadshow": (roadshows.TRANSITIONS, roadshows.next_status),
    "pitch": (roadshows.PITCH_TRANSITIONS, roadshows.next_pitch_status),
    "pitch clock": (roadshows.CLOCK_TRANSITIONS, roadshows.next_clock),
    "review plan": (planning.TRANSITIONS, planning.next_status),
    "score sheet": (review.SHEET_TRANSITIONS, review.next_sheet_status),
    "correction": (review.CORRECTION_TRANSITIONS, review.next_correction_status),
    "vote": (votes.TRANSITIONS, votes.next_status),
    "paper voter": (votes.PAPER_VOTER_TRANSITIONS, votes.next_paper_voter_status),
    "paper batch": (paper.BATCH_TRANSITIONS, paper.next_batch_status),
    "decision": (decisions.DECISION_TRANSITIONS, decisions.next_decision_status),
    "objection": (decisions.OBJECTION_TRANSITIONS, decisions.next_objection_status),
    "decision override": (decisions.OVERRIDE_TRANSITIONS, decisions.next_override_status),
    "award": (awards.AWARD_TRANSITIONS, awards.next_award_status),
    "tranche": (awards.TRANCHE_TRANSITIONS, awards.next_tranche_status),
}


@pytest.mark.parametrize("name", MACHINES)
def test_every_pair_is_a_step_of_the_table_or_a_conflict(name: str) -> None:
    table, step = MACHINES[name]
    states = {status for status, _ in table} | set(table.values())
    for status in sorted(states):
        for action in sorted({action for _, action in table}):
            if (status, action) in table:
                assert step(status, action) == table[status, action]
            else:
                with pytest.raises(ConflictError):
                    step(status, action)


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_can_be_reached_from_the_first(name: str) -> None:
    table, _ = MACHINES[name]
    reached = {next(iter(table))[0]}
    for _ in range(len(table)):
        reached |= {after for (before, _), after in table.items() if before in reached}
    assert reached == {status for status, _ in table} | set(table.values())


def test_the_tables_have_the_states_that_the_contracts_name() -> None:
    assert set(rounds.STATUSES) == set(ROUND_STATUSES)
    assert set(proposals.STATUSES) == set(PROPOSAL_STATUSES)
    for table, promised in (
        (templates.TRANSITIONS, TEMPLATE_STATUSES),
        (surveys.TRANSITIONS, SURVEY_STATUSES),
        (work.COAUTHOR_TRANSITIONS, COAUTHOR_STATUSES),
    ):
        assert {status for pair, after in table.items() for status in (pair[0], after)} == set(promised)
    assert {status for pair, after in roadshows.TRANSITIONS.items() for status in (pair[0], after)} == set(
        ROADSHOW_STATUSES
    )
    assert {status for pair, after in roadshows.PITCH_TRANSITIONS.items() for status in (pair[0], after)} == set(
        PITCH_STATUSES
    )


def test_a_round_never_skips_the_public_notice() -> None:
    into_awarded = [before for (before, _), after in rounds.TRANSITIONS.items() if before != after == "awarded"]
    assert into_awarded == ["public_notice"]


def test_a_round_is_cancelled_from_any_state_before_awarded_and_from_none_after() -> None:
    before = {status for status, action in rounds.TRANSITIONS if action == "cancel"}
    assert before == set(rounds.STATUSES) - {"awarded", "executing", "evaluating", "archived", "cancelled"}
