"""Writing awards: made, begun, paid in tranches, returned, closed. Each step is an entry of the ledger, posted once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.projects import events
from contracts.projects.codes import ProjectsCode
from services.projects.agreements import drafting
from services.projects.awards import domain, granting, ledger, queries, reserves, returning
from services.projects.awards.models import Award, Tranche
from services.projects.debarments.queries import check_not_debarred
from services.projects.delivery.starting import start_project
from services.projects.proposals import actions as proposals
from services.projects.proposals import domain as proposals_domain
from services.projects.proposals import operating
from services.projects.proposals.models import Proposal
from services.projects.rounds import actions as rounds
from services.projects.rounds import queries as round_queries
from services.projects.rounds.models import Round


def make_award(
    session: Session,
    of: Round,
    proposal: Proposal,
    *,
    now: datetime,
    amount_fen: int | None = None,
    lines: Mapping[str, int] | None = None,
) -> Award:
    """Commit the amount in the ledger and offer the agreement; a partial award is less than what was asked for.

    ``lines``: which lines of the pool pay how much, where earmarks bind. The caller holds the round's lock.
    """
    if of.eligibility.get("exclude_breach", True):
        check_not_debarred(session, proposal.organisation_id, now=now)
    award = _award(of, proposal, proposal.amount_fen if amount_fen is None else amount_fen, now)
    award.tranches = _tranches(award, of.tranche_plan, now)
    session.add(award)
    session.flush()
    ledger.commit(session, award, now=now, lines=lines)
    terms = drafting.first_terms(of, proposal, award)
    agreement = drafting.write(session, award, terms, number=1, title=proposal.title, side="a", now=now)
    award.agreement_hash, proposal.award_id = agreement.content_hash, award.id
    proposal.status = proposals_domain.next_status(proposal.status, "award")
    outbox.record(
        session,
        events.ProposalAwarded(
            **proposals.about(proposal), award_id=award.id, title=proposal.title, amount_fen=award.amount_fen
        ),
    )
    proposals.advance(session, proposal, "offer_agreement")
    session.flush()
    return award


def _award(of: Round, proposal: Proposal, amount_fen: int, now: datetime) -> Award:
    return Award(
        district_code=proposal.district_code,
        street_code=proposal.street_code,
        round_id=of.id,
        proposal_id=proposal.id,
        organisation_id=proposal.organisation_id,
        status="offered",
        amount_fen=amount_fen,
        disbursed_fen=0,
        returned_fen=0,
        agreement_hash="",
        created_at=now,
    )


def _tranches(award: Award, plan: list[int], now: datetime) -> list[Tranche]:
    parts = zip(plan, domain.shares(award.amount_fen, plan), strict=True)
    return [
        Tranche(
            district_code=award.district_code,
            street_code=award.street_code,
            number=number,
            percent=percent,
            amount_fen=amount,
            status="planned",
            created_at=now,
        )
        for number, (percent, amount) in enumerate(parts, start=1)
    ]


def start(session: Session, award: Award, *, actor: Actor, now: datetime) -> None:
    """Both sides signed: the proposal becomes a project and its first tranche may be paid."""
    award.status = domain.next_award_status(award.status, "sign")
    award.signed_at, award.signed_by = now, actor.account_id
    proposal = session.scalars(select(Proposal).where(Proposal.id == award.proposal_id).with_for_update()).one()
    _start(session, award, proposal, now)
    operating.announce(session, proposal, award.id)
    first = award.tranches[0]
    release_tranche(session, award=award, tranche=first, now=now, milestone_accepted=True, previous_reported=True)


def _start(session: Session, award: Award, proposal: Proposal, now: datetime) -> None:
    proposals.advance(session, proposal, "sign")
    award.project_id = proposal.project_id = start_project(
        session,
        now=now,
        budget=granting.budget_of(proposal.budget, award.amount_fen),
        milestones=proposal.plan.get("milestones") or [],
        fields=[proposal.field],
        district_code=award.district_code,
        street_code=award.street_code,
        proposal_id=proposal.id,
        round_id=award.round_id,
        award_id=award.id,
        organisation_id=award.organisation_id,
        title=proposal.title,
        award_fen=award.amount_fen,
        starts_on=proposal.plan.get("starts_on"),
        ends_on=proposal.plan.get("ends_on"),
    )
    of = round_queries.hold_round(session, award.round_id)
    if of.status == "awarded":
        rounds.advance(session, of, "execute")
    reserves.end_list(session, of)


def release_tranche(
    session: Session,
    *,
    award: Award,
    tranche: Tranche,
    now: datetime,
    milestone_accepted: bool,
    previous_reported: bool,
) -> None:
    """Tranche n: its milestone accepted, n−1 paid and reported. The caller holds the award's lock."""
    if award.status != "agreed":
        raise ConflictError(ProjectsCode.AWARD_STATE, status=award.status, action="release_tranche")
    before = [item for item in award.tranches if item.number == tranche.number - 1]
    domain.check_release(
        number=tranche.number,
        milestone_accepted=milestone_accepted,
        previous_paid=all(item.status == "paid" for item in before),
        previous_reported=previous_reported,
    )
    tranche.status = domain.next_tranche_status(tranche.status, "release")
    tranche.released_at = now
    ledger.order(session, award, tranche, now=now)
    outbox.record(
        session,
        events.TrancheReleased(
            award_id=award.id,
            tranche_id=tranche.id,
            number=tranche.number,
            amount_fen=tranche.amount_fen,
            street_codes=queries.streets(award),
        ),
    )


def pay_tranche(
    session: Session, *, actor: Actor, now: datetime, tranche_id: str, bank_reference: str
) -> dict[str, Any]:
    """Pay one that was released, outside the bank's file. A batched one is paid by its batch alone."""
    seen, _ = queries.find_tranche(session, tranche_id, actor)
    award = queries.find_award(session, seen.id, actor, lock=True)
    db.check_street(actor, award.street_code)
    tranche = queries.tranche_of(session, award, tranche_id)
    domain.check_by_hand(tranche.status)
    settle(session, award, tranche, bank_reference=bank_reference, now=now)
    return queries.render_tranche(tranche)


def settle(session: Session, award: Award, tranche: Tranche, *, bank_reference: str, now: datetime) -> None:
    """Paid: the table of states, the ledger's unique reference and the award's own check each refuse twice.

    The caller holds the award's lock.
    """
    tranche.status = domain.next_tranche_status(tranche.status, "pay")
    if award.status != "agreed" or award.disbursed_fen + tranche.amount_fen > award.amount_fen:
        raise ConflictError(ProjectsCode.AWARD_EXCEEDED, status=award.status)
    tranche.paid_at, tranche.bank_reference = now, bank_reference
    award.disbursed_fen += tranche.amount_fen
    ledger.disburse(session, award, tranche, now=now)
    outbox.record(
        session,
        events.TranchePaid(
            award_id=award.id,
            tranche_id=tranche.id,
            proposal_id=award.proposal_id,
            project_id=award.project_id,
            organisation_id=award.organisation_id,
            number=tranche.number,
            amount_fen=tranche.amount_fen,
            street_codes=queries.streets(award),
        ),
    )


def return_unspent(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    award_id: str,
    amount_fen: int,
    bank_reference: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Money that came back of its own, up to what was paid out and is not claimed; one bank reference counts once."""
    award = queries.find_award(session, award_id, actor, lock=True)
    db.check_street(actor, award.street_code)
    db.check_version(award, expected_version)
    returning.check_new(session, award, bank_reference)
    returnable = returning.returnable_fen(session, award)
    if not 0 < amount_fen <= returnable:
        raise ConflictError(ProjectsCode.AWARD_EXCEEDED, returnable_fen=returnable)
    returning.take_back(session, award, "returned", amount_fen, bank_reference=bank_reference, now=now)
    return queries.render(award)


def close_award(session: Session, *, award: Award, action: str, now: datetime) -> None:
    """``close``, ``terminate`` or ``decline``: nothing more is paid, and what was committed and not paid is free again.

    Where a tranche is at the bank, its answer is waited for: the table has no way out of ``batched`` but that.
    """
    award.status = domain.next_award_status(award.status, action)
    for tranche in award.tranches:
        if tranche.status == "paid":
            continue
        if tranche.status == "released":
            ledger.cancel(session, award, tranche, now=now)
        tranche.status = domain.next_tranche_status(tranche.status, "cancel")
    released = award.amount_fen - award.disbursed_fen
    ledger.release(session, award, released, reference=award.id, now=now)
    session.flush()
    streets = queries.streets(award)
    outbox.record(
        session,
        events.AwardClosed(award_id=award.id, status=award.status, released_fen=released, street_codes=streets),
    )
