"""The state machines the domain is written around: each has its table, and the table has every state it names."""

from __future__ import annotations

import pytest

from deploy import docs

MACHINES = {
    "registry/cases": "draft received screening review public_notice agreed incubating suspended exit_review graduated "
    "withdrawn expelled more_info rejected",
    "registry/visits": "planned held rectification closed",
    "registry/assessments": "planned scoring tallied published appealed confirmed expired revoked superseded cancelled",
    "registry/trainings": "planned published closed cancelled",
    "registry/centres": "preparing open suspended closed",
    "registry/base": "requested booked in_use finished cancelled declined lapsed no_show",
    "registry/deadlines": "open met dropped",
    "registry/teams: hand_over": "planned done undone failed void",
    "projects/rounds": "drafting needs_survey published open closed screening reviewing roadshow determining "
    "public_notice awarded executing evaluating archived cancelled",
    "projects/proposals": "draft submitted more_info eligible screened_out under_review shortlisted pitched "
    "recommended reserve not_recommended notice awarded declined agreement active changing mid_review final_report "
    "acceptance closed withdrawn terminated",
    "projects/roadshows": "planned slots_drawn live tallied sealed published",
    "projects/roadshows: pitch": "waiting pitching questions scoring locked",
    "projects/orders": "requested verified offered accepted declined expired scheduled checked_in delivered confirmed "
    "rated sealed no_show disputed resolved cancelled",
    "resources/offers": "draft verified open partly_reserved exhausted expired withdrawn",
    "resources/needs": "draft verified open partly_met met unmet_closed cancelled",
    "resources/allocations": "proposed reserved confirmed handed_over received reported closed released returned "
    "disputed",
}


@pytest.mark.parametrize("title", MACHINES)
def test_every_machine_of_the_domain_has_its_table(title: str) -> None:
    tables = dict(docs.state_machines())
    assert title in tables
    states = {state for state, _ in tables[title]} | set(tables[title].values())
    assert set(MACHINES[title].split()) - states == set()


def test_the_round_never_skips_its_public_notice() -> None:
    table = dict(docs.state_machines())["projects/rounds"]
    assert {state for (state, _), after in table.items() if after == "awarded"} == {"public_notice"}
