"""Writing decisions: determination by the frozen rule, the public notice, awarding."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError
from chassis.runtime.offload import offload
from contracts.projects import events
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_decisions import DecisionCode
from services.projects import fingerprint
from services.projects.allocation import bundle
from services.projects.allocation import rounds as allocation
from services.projects.allocation.changes import result_of
from services.projects.allocation.model import AllocationError
from services.projects.awards import actions as awards
from services.projects.awards import reserves
from services.projects.decisions import domain, earmarked, gathering, queries
from services.projects.decisions.models import Decision
from services.projects.proposals import actions as proposal_actions
from services.projects.proposals import queries as proposals
from services.projects.proposals.models import Proposal
from services.projects.rounds import actions as round_actions
from services.projects.rounds import domain as rounds_domain
from services.projects.rounds import queries as rounds
from services.projects.rounds import timetable
from services.projects.rounds.models import Round

PUBLISHED_AS = {"recommended": "recommend", "reserve": "put_in_reserve", "not_recommended": "not_recommend"}


def determine_round(
    session: Session, *, actor: Actor, now: datetime, round_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Apply the frozen rule to locked scores and closed ballots. Nothing is shown but hashes until the notice."""
    of = rounds.lock_round(session, round_id, actor, expected_version)
    status = rounds_domain.next_status(of.status, "determine")
    if proposals.of_round(session, of.id, "under_review"):
        raise ConflictError(ProjectsCode.ROUND_PROPOSALS_PENDING)
    running, given = gathering.inputs_of(session, of)
    inputs = {**given, **earmarked.inputs_of(of, running), "salt": secrets.token_hex(32)}
    rows = gathering.described(running, offload(_decided, inputs))
    row = _decision(of, inputs, rows, now)
    session.add(row)
    of.status = status
    session.flush()
    _determined(session, of, row)
    return queries.render(session, row, of, actor)


def _decided(inputs: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        return allocation.decide_round(inputs)
    except AllocationError as error:
        raise ConflictError(DecisionCode.ALLOCATION_FAILED, rule=inputs["allocation"]["rule"], why=error.code) from None


def _decision(of: Round, inputs: dict[str, Any], rows: list[dict[str, Any]], now: datetime) -> Decision:
    result = result_of(rows)
    return Decision(
        district_code=of.district_code,
        street_code=of.street_code,
        round_id=of.id,
        status="determined",
        rule=of.allocation["rule"],
        rules_hash=of.rules_hash,
        inputs=inputs,
        input_hash=fingerprint.of(inputs),
        outcomes=rows,
        computed=result,
        revisions=[],
        result_hash=fingerprint.of(result),
        budget_fen=of.budget_fen,
        spent_fen=domain.spent(rows),
        determined_at=now,
        created_at=now,
    )


def _determined(session: Session, of: Round, row: Decision) -> None:
    outbox.record(
        session,
        events.RoundDetermined(
            round_id=of.id,
            rule=row.rule,
            rules_hash=row.rules_hash,
            input_hash=row.input_hash,
            result_hash=bundle.sealed(row.computed, row.inputs["salt"]),
            street_codes=round_actions.streets(of),
        ),
    )


def publish_notice(
    session: Session, *, actor: Actor, now: datetime, round_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """The result goes public, for the round's number of days counted from the day after."""
    of = rounds.lock_round(session, round_id, actor, expected_version)
    of.status = rounds_domain.next_status(of.status, "publish_notice")
    row = queries.decision_of(session, of.id, lock=True)
    if queries.count_open_overrides(session, of.id):
        raise ConflictError(DecisionCode.OVERRIDE_OPEN)
    row.status = domain.next_decision_status(row.status, "publish")
    row.notice_published_at = now
    row.notice_ends_at = of.notice_ends_at = clock.end_after(clock.day_of(now), of.notice_days)
    for item in row.outcomes:
        proposal = session.get_one(Proposal, item["proposal_id"])
        proposal_actions.advance(session, proposal, PUBLISHED_AS[item["outcome"]])
        if item["outcome"] == "recommended":
            proposal_actions.advance(session, proposal, "publish")
    session.flush()
    tell_notice(session, of, row)
    return queries.render(session, row, of, actor)


def tell_notice(session: Session, of: Round, row: Decision) -> None:
    """Published, and again whenever an objection changed the result: with the hash of what is published."""
    timetable.start_notice_clock(session, of)
    by_outcome: dict[str, list[str]] = {"recommended": [], "reserve": []}
    for item in sorted(row.outcomes, key=lambda item: item["rank"]):
        by_outcome.setdefault(item["outcome"], []).append(item["proposal_id"])
    outbox.record(
        session,
        events.NoticePublished(
            round_id=of.id,
            name=of.name,
            result_hash=row.result_hash,
            ends_at=row.notice_ends_at.isoformat() if row.notice_ends_at else "",
            recommended=by_outcome["recommended"],
            reserve=by_outcome["reserve"],
            organisation_ids=sorted({item["organisation_id"] for item in row.outcomes}),
            street_codes=round_actions.streets(of),
        ),
    )


def award_round(
    session: Session, *, actor: Actor, now: datetime, round_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """After the whole notice and with no objection open: winners are awarded, who was not recommended is declined.

    Reserves wait until every agreement is signed; one that moved up later is awarded here after its own notice.
    """
    of = rounds.lock_round(session, round_id, actor, expected_version)
    of.status = rounds_domain.next_status(of.status, "award")
    row = queries.decision_of(session, of.id, lock=True)
    if row.notice_ends_at is None or now < row.notice_ends_at:
        raise ConflictError(ProjectsCode.NOTICE_RUNNING)
    if queries.count_open_objections(session, of.id):
        raise ConflictError(ProjectsCode.OBJECTIONS_OPEN)
    row.status = domain.next_decision_status(row.status, "finish")
    draws = earmarked.draws(session, of, row.outcomes)
    winners = []
    for item in row.outcomes:
        proposal = session.get_one(Proposal, item["proposal_id"])
        if item["outcome"] == "recommended" and proposal.status == "notice":
            lines = draws.get(proposal.id)
            awards.make_award(session, of, proposal, now=now, amount_fen=item["amount_fen"], lines=lines)
            winners.append(proposal)
        elif item["outcome"] == "not_recommended" and proposal.status == "not_recommended":
            reserves.decline(session, proposal)
    reserves.end_list(session, of)
    outbox.record(
        session,
        events.RoundAwarded(
            round_id=of.id,
            name=of.name,
            awarded=[item.id for item in winners],
            total_fen=domain.spent(row.outcomes),
            street_codes=round_actions.streets(of),
        ),
    )
    return queries.render(session, row, of, actor)
