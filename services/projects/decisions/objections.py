"""Objections to a proposal on notice: raised, rejected, or upheld so that the next reserve moves up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.projects import events
from contracts.projects.codes import ProjectsCode
from contracts.projects.decisions import ObjectionView
from contracts.projects.rounds import ORGANISERS
from services.projects import fingerprint
from services.projects.allocation import changes as allocation
from services.projects.awards import reserves
from services.projects.decisions import actions, domain, earmarked, queries
from services.projects.decisions.models import Decision, RoundObjection
from services.projects.proposals import actions as proposal_actions
from services.projects.proposals import domain as proposals_domain
from services.projects.proposals import queries as proposals
from services.projects.proposals.models import Proposal
from services.projects.rounds import queries as rounds
from services.projects.rounds.domain import ON_NOTICE
from services.projects.rounds.models import Round


def _render(row: RoundObjection) -> dict[str, Any]:
    view: dict[str, Any] = ObjectionView().dump(row)
    return view


def raise_objection(
    session: Session, *, actor: Actor, now: datetime, round_id: str, proposal_id: str, grounds: str
) -> dict[str, Any]:
    """By anybody signed in who can see the notice, while it runs; by who decides of the award, until it is made."""
    of = rounds.share_round(session, round_id, actor)
    proposal = proposals.find_proposal(session, proposal_id, actor)
    if of.status not in ON_NOTICE or proposal.round_id != of.id or proposal.status != "notice":
        raise ConflictError(ProjectsCode.ROUND_STATE, status=of.status, action="raise_objection")
    over = of.notice_ends_at is None or now >= of.notice_ends_at
    if over and actor.role not in ORGANISERS:
        raise ConflictError(ProjectsCode.OBJECTION_TOO_LATE)
    row = RoundObjection(
        district_code=proposal.district_code,
        street_code=proposal.street_code,
        round_id=of.id,
        proposal_id=proposal.id,
        status="open",
        grounds=grounds,
        raised_by=actor.account_id,
        raised_at=now,
        created_at=now,
    )
    session.add(row)
    session.flush()
    _record(session, events.ObjectionRaised, row)
    return _render(row)


def _record(session: Session, struct: type[Any], row: RoundObjection, **facts: Any) -> None:
    outbox.record(
        session,
        struct(
            proposal_id=row.proposal_id,
            round_id=row.round_id,
            objection_id=row.id,
            street_codes=[row.street_code] if row.street_code else [],
            **facts,
        ),
    )


def _settle(
    session: Session, actor: Actor, now: datetime, objection_id: str, finding: str, action: str
) -> tuple[Round, RoundObjection]:
    found = queries.find_objection(session, objection_id, actor)
    of = rounds.lock_round(session, found.round_id, actor)
    row = queries.find_objection(session, objection_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    if of.status not in ON_NOTICE:
        raise ConflictError(ProjectsCode.ROUND_STATE, status=of.status, action=action)
    row.status = domain.next_objection_status(row.status, action)
    row.finding, row.settled_by, row.settled_at = finding, actor.account_id, now
    session.flush()
    return of, row


def reject_objection(
    session: Session, *, actor: Actor, now: datetime, objection_id: str, finding: str
) -> dict[str, Any]:
    """Without ground."""
    _, row = _settle(session, actor, now, objection_id, finding, "reject")
    _record(session, events.ObjectionRejected, row)
    return _render(row)


def uphold_objection(
    session: Session, *, actor: Actor, now: datetime, objection_id: str, finding: str
) -> dict[str, Any]:
    """The proposal is declined, the next reserve moves up, and the changed result is published with its new hash."""
    of, row = _settle(session, actor, now, objection_id, finding, "uphold")
    proposal = session.get_one(Proposal, row.proposal_id)
    _record(session, events.ObjectionUpheld, row, organisation_id=proposal.organisation_id, title=proposal.title)
    if proposal.status == "notice":
        reserves.decline(session, proposal)
        revise(session, of, proposal, now)
        reserves.end_list(session, of)
    return _render(row)


def revise(session: Session, of: Round, declined: Proposal, now: datetime) -> tuple[Decision, str | None]:
    """The result without a winner and with the reserve that moves up, if any; published while anything is on notice."""
    decision = queries.decision_of(session, of.id, lock=True)
    outcomes = allocation.revised(decision.outcomes, declined=declined.id, promoted=None)
    free = decision.budget_fen - domain.spent(outcomes)
    payable = earmarked.payable(session, of, outcomes)
    promoted = domain.next_reserve(payable, free_fen=free, rule=decision.rule)
    decision.status = domain.next_decision_status(decision.status, "lose" if promoted is None else "revise")
    if promoted is not None:
        outcomes = allocation.revised(outcomes, declined=declined.id, promoted=promoted)
        _promote(session, session.get_one(Proposal, promoted))
        # a winner nobody could object to yet: the notice starts again, it is never skipped
        decision.notice_ends_at = of.notice_ends_at = clock.end_after(clock.day_of(now), of.notice_days)
    decision.revisions = [*decision.revisions, {"declined": declined.id, "promoted": promoted}]
    _keep(decision, outcomes)
    session.flush()
    if decision.status == "on_notice":
        actions.tell_notice(session, of, decision)
    return decision, promoted


def _promote(session: Session, proposal: Proposal) -> None:
    proposal.status = proposals_domain.next_status(proposal.status, "promote")
    outbox.record(session, events.ReservePromoted(**proposal_actions.about(proposal), title=proposal.title))


def _keep(decision: Decision, outcomes: list[dict[str, Any]]) -> None:
    decision.outcomes = outcomes
    decision.spent_fen = domain.spent(outcomes)
    decision.result_hash = fingerprint.of(allocation.result_of(outcomes))
