"""Writing a version down: its words and hashes follow from its terms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import outbox
from contracts.projects.events_money import AgreementFact, AgreementProposed
from services.projects import fingerprint
from services.projects.agreements import domain
from services.projects.agreements.models import Agreement
from services.projects.awards import granting
from services.projects.awards.models import Award
from services.projects.known.models import KnownOrganisation
from services.projects.proposals import actions as proposals
from services.projects.proposals.models import Proposal
from services.projects.rounds.models import Round


def first_terms(of: Round, proposal: Proposal, award: Award) -> domain.Terms:
    """What the award offers: the plan as it was judged, the amount, the tranches and the rules."""
    milestones = proposal.plan.get("milestones") or []
    found = {
        "organisation_id": award.organisation_id,
        "round_id": of.id,
        "proposal_id": proposal.id,
        "rules_hash": of.rules_hash,
        "proposal_text_hash": proposals.text_hash(proposal),
        "amount_fen": award.amount_fen,
        "tranches": [{"number": row.number, "amount_fen": row.amount_fen} for row in award.tranches],
        "milestones": [
            {"number": number, **{name: row.get(name) for name in ("title", "due_on", "tranche_number")}}
            for number, row in enumerate(milestones, start=1)
        ],
        "budget": [
            {"line": row["line"], "amount_fen": row["amount_fen"]}
            for row in granting.budget_of(proposal.budget, award.amount_fen)
        ],
        "starts_on": proposal.plan.get("starts_on"),
        "ends_on": proposal.plan.get("ends_on"),
    }
    plain: domain.Terms = fingerprint.plain(found)
    return plain


def catch_up(session: Session, award: Award, *, last_number: int) -> None:
    """An award from before agreements had versions gets its first one: signed where the award is, else waiting."""
    if last_number:
        return
    proposal, of = session.get_one(Proposal, award.proposal_id), session.get_one(Round, award.round_id)
    terms = first_terms(of, proposal, award)
    row = write(session, award, terms, number=1, title=proposal.title, side="a", now=award.created_at)
    if award.status != "offered":
        row.status, row.in_force_at = "in_force", award.signed_at
    session.flush()


def write(
    session: Session,
    award: Award,
    terms: domain.Terms,
    *,
    number: int,
    title: str,
    side: str,
    now: datetime,
    account_id: str | None = None,
    reason: str | None = None,
) -> Agreement:
    """A version that waits for both signatures."""
    party_b = session.get(KnownOrganisation, award.organisation_id)
    name = party_b.name if party_b else award.organisation_id
    text = domain.text_of(number=number, title=title, party_b=name, terms=terms, reason=reason)
    text_hash = fingerprint.of(text)
    row = Agreement(
        district_code=award.district_code,
        street_code=award.street_code,
        award_id=award.id,
        organisation_id=award.organisation_id,
        number=number,
        status="proposed",
        terms=terms,
        text=text,
        text_hash=text_hash,
        content_hash=fingerprint.of({"number": number, "terms": terms, "text_hash": text_hash}),
        reason=reason,
        proposed_by=account_id,
        proposed_by_side=side,
        created_at=now,
    )
    session.add(row)
    session.flush()
    tell(session, row, AgreementProposed, side=side)
    return row


def tell(session: Session, row: Agreement, struct: type[AgreementFact], **facts: Any) -> None:
    """An event of a version."""
    outbox.record(
        session,
        struct(
            award_id=row.award_id,
            agreement_id=row.id,
            organisation_id=row.organisation_id,
            number=row.number,
            content_hash=row.content_hash,
            street_codes=[row.street_code] if row.street_code else [],
            **facts,
        ),
    )
