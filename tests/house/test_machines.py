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
    "projects/agreements": "proposed signed_by_a signed_by_b in_force superseded withdrawn",
    "projects/awards: tranche": "planned released batched paid cancelled",
    "projects/payments: batch": "drafted approved exported reconciled cancelled",
    "projects/payments: payment": "pending paid failed dropped",
    "projects/payees": "registered verified retired",
    "projects/recoveries": "open partly_recovered settled write_off_proposed written_off",
    "projects/debarments": "proposed dropped in_force appealed upheld lifted expired",
    "projects/delivery: change": "requested notified approved refused withdrawn",
    "projects/plan_templates": "current replaced retired",
    "projects/surveys": "draft open closed dropped",
    "projects/proposals: coauthor": "invited accepted declined removed",
    "projects/proposals: comment": "open resolved",
    "projects/roadshows": "planned slots_drawn live tallied sealed published",
    "projects/roadshows: pitch": "waiting pitching questions scoring locked",
    "projects/votes": "planned open counting closed cancelled",
    "projects/votes: paper_voter": "marked struck",
    "projects/votes: batch": "opened half_keyed differing agreed counted void",
    "projects/roadshows: clock": "stopped running paused",
    "projects/planning": "solving proposed infeasible confirmed discarded",
    "projects/evidence": "waiting read refused erased",
    "projects/evidence: consent": "none given withdrawn",
    "projects/flags": "open explained accepted upheld closed withdrawn",
    "projects/activities": "planned postponed open held closed cancelled",
    "projects/activities: sign_up": "signed_up waiting withdrawn attended missed lapsed merged",
    "projects/attendance": "present left void merged",
    "projects/attendance: correction": "applied proposed refused",
    "projects/beneficiaries": "active erased merged",
    "projects/reports": "expected overdue submitted returned accepted dropped",
    "projects/evaluations": "scoring announced appealed final cancelled",
    "projects/evaluations: sheet": "open locked recused",
    "projects/changes": "requested told approved refused withdrawn",
    "projects/endings": "proposed answered approved refused withdrawn",
    "projects/community": "draft published running completed closed cancelled",
    "projects/community: session": "planned held cancelled",
    "projects/orders": "requested verified offered accepted declined expired scheduled checked_in delivered confirmed "
    "rated sealed no_show disputed resolved cancelled",
    "projects/order_series": "requested active paused ended",
    "resources/offers": "draft verified open partly_reserved exhausted expired withdrawn",
    "resources/needs": "draft verified open partly_met met unmet_closed cancelled",
    "resources/one_list": "draft listed due_for_recheck retired",
    "resources/census": "draft open closed cancelled",
    "resources/census: record": "draft submitted verified rejected listed",
    "resources/talents": "active paused left",
    "resources/talents: credential": "claimed verified withdrawn",
    "resources/dispatch": "open offered accepted unfilled done cancelled",
    "resources/dispatch: offer": "offered accepted declined expired withdrawn done",
    "resources/dispatch: hours": "recorded struck",
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
    entries = {state for (state, _), after in table.items() if state != after == "awarded"}
    assert entries == {"public_notice"}  # a reserve that moves up later is awarded without the round taking a step
