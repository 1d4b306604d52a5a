"""Writing money: awards, agreements, tranches, returns. Each posting has a reference, so nothing is posted twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError
from contracts.projects import events
from contracts.projects.codes import ProjectsCode
from services.projects import fingerprint
from services.projects.awards import domain, ledger, queries
from services.projects.awards.models import Award, LedgerEntry, Tranche
from services.projects.delivery.starting import start_project
from services.projects.known import queries as known
from services.projects.proposals import actions as proposals
from services.projects.proposals import domain as proposals_domain
from services.projects.proposals.models import Proposal
from services.projects.rounds import actions as rounds
from services.projects.rounds.models import Round


def _streets(award: Award) -> list[str]:
    return [award.street_code] if award.street_code else []


def make_award(session: Session, of: Round, proposal: Proposal, *, now: datetime) -> Award:
    """Commit the amount in the ledger and offer the agreement. The caller holds the round's lock."""
    if proposal.amount_fen > queries.money_of_round(session, of.id)["uncommitted_fen"]:
        raise ConflictError(ProjectsCode.POOL_EXCEEDED)
    award = Award(
        district_code=proposal.district_code,
        street_code=proposal.street_code,
        round_id=of.id,
        proposal_id=proposal.id,
        organisation_id=proposal.organisation_id,
        status="offered",
        amount_fen=proposal.amount_fen,
        disbursed_fen=0,
        returned_fen=0,
        agreement_hash=_agreement_hash(of, proposal),
        created_at=now,
    )
    award.tranches = _tranches(award, of.tranche_plan, now)
    session.add(award)
    session.flush()
    _post(session, award, "committed", award.amount_fen, award.id, now)
    proposal.award_id = award.id
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


def _agreement_hash(of: Round, proposal: Proposal) -> str:
    """What the organisation signs: the plan as it was judged, the amount, the tranches and the rules."""
    return fingerprint.of(
        {
            "rules_hash": of.rules_hash,
            "text_hash": proposals.text_hash(proposal),
            "organisation_id": proposal.organisation_id,
            "amount_fen": proposal.amount_fen,
            "tranche_plan": of.tranche_plan,
        }
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


def _post(session: Session, award: Award, kind: str, amount_fen: int, reference: str, now: datetime) -> None:
    ledger.post(
        session,
        award,
        kind,
        round_id=award.round_id,
        amount_fen=amount_fen,
        reference=reference,
        now=now,
        award_id=award.id,
    )


def sign_agreement(
    session: Session, *, actor: Actor, now: datetime, award_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """The organisation signs: the proposal becomes a project and its first tranche may be paid."""
    award = queries.find_award(session, award_id, actor, lock=True)
    db.check_street(actor, award.street_code)
    db.check_version(award, expected_version)
    if not known.acts_for(session, actor, award.organisation_id):
        raise ForbiddenError(ProjectsCode.PROPOSAL_NOT_YOURS)
    award.status = domain.next_award_status(award.status, "sign")
    award.signed_at, award.signed_by = now, actor.account_id
    proposal = session.scalars(select(Proposal).where(Proposal.id == award.proposal_id).with_for_update()).one()
    outbox.record(
        session,
        events.AgreementSigned(
            award_id=award.id,
            proposal_id=proposal.id,
            organisation_id=award.organisation_id,
            agreement_hash=award.agreement_hash,
            street_codes=_streets(award),
        ),
    )
    _start(session, award, proposal, now)
    first = award.tranches[0]
    release_tranche(session, award=award, tranche=first, now=now, milestone_accepted=True, previous_reported=True)
    session.flush()
    return queries.render(award)


def _start(session: Session, award: Award, proposal: Proposal, now: datetime) -> None:
    proposals.advance(session, proposal, "sign")
    award.project_id = proposal.project_id = start_project(
        session,
        now=now,
        budget=proposal.budget,
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
    of = session.scalars(select(Round).where(Round.id == award.round_id).with_for_update(of=Round)).one()
    if of.status == "awarded":
        rounds.advance(session, of, "execute")


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
    session.flush()
    outbox.record(
        session,
        events.TrancheReleased(
            award_id=award.id,
            tranche_id=tranche.id,
            number=tranche.number,
            amount_fen=tranche.amount_fen,
            street_codes=_streets(award),
        ),
    )


def pay_tranche(
    session: Session, *, actor: Actor, now: datetime, tranche_id: str, bank_reference: str
) -> dict[str, Any]:
    """Pay once: the table of states, the ledger's unique reference and the award's own check each refuse twice."""
    award, _ = queries.find_tranche(session, tranche_id, actor)
    award = queries.find_award(session, award.id, actor, lock=True)
    db.check_street(actor, award.street_code)
    tranche = next(item for item in award.tranches if item.id == tranche_id)
    session.refresh(tranche)
    tranche.status = domain.next_tranche_status(tranche.status, "pay")
    if award.status != "agreed" or award.disbursed_fen + tranche.amount_fen > award.amount_fen:
        raise ConflictError(ProjectsCode.AWARD_EXCEEDED, status=award.status)
    tranche.paid_at, tranche.bank_reference = now, bank_reference
    award.disbursed_fen += tranche.amount_fen
    _post(session, award, "disbursed", tranche.amount_fen, tranche.id, now)
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
            street_codes=_streets(award),
        ),
    )
    return queries.render_tranche(tranche)


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
    """Money that came back, up to what was paid out; one bank reference counts once."""
    award = queries.find_award(session, award_id, actor, lock=True)
    db.check_street(actor, award.street_code)
    db.check_version(award, expected_version)
    if not 0 < amount_fen <= award.disbursed_fen - award.returned_fen:
        raise ConflictError(ProjectsCode.AWARD_EXCEEDED, returnable_fen=award.disbursed_fen - award.returned_fen)
    reference = f"{award.id}:{bank_reference}"
    same = select(LedgerEntry.id).where(
        LedgerEntry.district_code == award.district_code,
        LedgerEntry.kind == "returned",
        LedgerEntry.reference == reference,
    )
    if session.scalars(same).first() is not None:
        raise ConflictError(ProjectsCode.AWARD_STATE, status="returned", action="return_unspent")
    award.returned_fen += amount_fen
    _post(session, award, "returned", amount_fen, reference, now)
    outbox.record(
        session,
        events.FundsReturned(
            award_id=award.id,
            organisation_id=award.organisation_id,
            amount_fen=amount_fen,
            street_codes=_streets(award),
        ),
    )
    return queries.render(award)


def close_award(session: Session, *, award: Award, action: str, now: datetime) -> None:
    """``close`` or ``terminate``: nothing more is paid, and what was committed and not paid is free again."""
    award.status = domain.next_award_status(award.status, action)
    for tranche in award.tranches:
        if tranche.status != "paid":
            tranche.status = domain.next_tranche_status(tranche.status, "cancel")
    released = award.amount_fen - award.disbursed_fen
    _post(session, award, "released", released, award.id, now)
    session.flush()
    outbox.record(
        session,
        events.AwardClosed(award_id=award.id, status=award.status, released_fen=released, street_codes=_streets(award)),
    )
