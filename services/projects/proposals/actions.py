"""Writing proposals: drafting, versions, comments, submission, withdrawal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts.projects import events
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_rounds import RoundsCode
from services.projects import fingerprint
from services.projects.known import queries as known
from services.projects.known.models import KnownOrganisation
from services.projects.proposals import domain, eligible, queries, rivalry
from services.projects.proposals.models import Proposal, ProposalVersion
from services.projects.rounds import queries as rounds
from services.projects.rounds.models import Round


def streets(row: Proposal) -> list[str]:
    """Whom an event about a proposal is for."""
    return [row.street_code] if row.street_code else []


def about(row: Proposal) -> dict[str, Any]:
    """What most events of a proposal say."""
    return {
        "proposal_id": row.id,
        "round_id": row.round_id,
        "organisation_id": row.organisation_id,
        "street_codes": streets(row),
    }


def advance(session: Session, row: Proposal, action: str) -> None:
    """A step that has no event of its own."""
    row.status = domain.next_status(row.status, action)
    outbox.record(
        session,
        events.ProposalAdvanced(
            proposal_id=row.id, round_id=row.round_id, action=action, status=row.status, street_codes=streets(row)
        ),
    )


def text_hash(row: Proposal) -> str:
    """What a version commits to."""
    text = {
        "title": row.title,
        "field": row.field,
        "amount_fen": row.amount_fen,
        "plan": row.plan,
        "budget": row.budget,
    }
    return fingerprint.of({**text, **({"operates_street": row.operates_street} if row.operates_street else {})})


def draft_proposal(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    round_id: str,
    title: str,
    field: str,
    amount_fen: int,
    plan: dict[str, Any],
    budget: list[dict[str, Any]],
    organisation_id: str | None = None,
    operates_street: str | None = None,
) -> dict[str, Any]:
    """A first version, for the actor's organisation or, by a hub, for one in its care."""
    organisation = known.organisation(session, organisation_id or actor.organisation_id)
    if not known.acts_for(session, actor, organisation.id):
        raise ForbiddenError(ProjectsCode.PROPOSAL_NOT_YOURS)
    row_round = rounds.find_round(session, round_id, actor)
    _check_place(actor, row_round, organisation)
    row = Proposal(
        district_code=actor.district_code,
        street_code=organisation.street_code,
        round_id=row_round.id,
        organisation_id=organisation.id,
        title=title,
        field=field,
        status="draft",
        amount_fen=amount_fen,
        plan=fingerprint.plain(plan),
        budget=budget,
        plan_number=1,
        flags=[],
        operates_street=operates_street,
        created_at=now,
    )
    session.add(row)
    _keep_version(session, row, actor, now)
    outbox.record(session, events.ProposalDrafted(**about(row)))
    return queries.render(row, actor)


def _check_place(actor: Actor, row: Round, organisation: KnownOrganisation) -> None:
    if row.status not in {"published", "open"}:
        raise ConflictError(ProjectsCode.ROUND_STATE, status=row.status, action="draft_proposal")
    if row.street_code is not None and row.street_code != organisation.street_code:
        raise ConflictError(ProjectsCode.PROPOSAL_OUTSIDE_ROUND)
    db.check_street(actor, organisation.street_code)


def _keep_version(session: Session, row: Proposal, actor: Actor, now: datetime) -> None:
    session.flush()
    session.add(
        ProposalVersion(
            district_code=row.district_code,
            street_code=row.street_code,
            proposal_id=row.id,
            number=row.plan_number,
            title=row.title,
            field=row.field,
            amount_fen=row.amount_fen,
            plan=row.plan,
            budget=row.budget,
            written_at=now,
            written_by=actor.account_id,
        )
    )
    session.flush()


def change_proposal(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    proposal_id: str,
    expected_version: int | None = None,
    plan: dict[str, Any] | None = None,
    **given: Any,
) -> dict[str, Any]:
    """A new version of a draft or of a proposal that was returned."""
    row = queries.lock_proposal(session, proposal_id, actor, expected_version)
    if row.status not in domain.EDITABLE:
        raise ConflictError(ProjectsCode.PROPOSAL_STATE, status=row.status, action="change")
    if expected_version is None and queries.has_coauthors(session, row.id):
        raise ConflictError(RoundsCode.PROPOSAL_VERSION_NEEDED, current=row.version)
    for name, value in given.items():
        setattr(row, name, value)
    if plan is not None:
        row.plan = _merged(row.plan, fingerprint.plain(plan))
    row.plan_number += 1
    _keep_version(session, row, actor, now)
    outbox.record(session, events.ProposalChanged(**about(row), plan_number=row.plan_number, text_hash=text_hash(row)))
    return queries.render(row, actor)


def _merged(plan: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Sections that are not sent stay; so do those that the template adds."""
    sections = {**(plan.get("sections") or {}), **(given.get("sections") or {})}
    return {**plan, **given, **({"sections": sections} if sections else {})}


def submit_proposal(
    session: Session, *, actor: Actor, now: datetime, proposal_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Submit, or resubmit after a return. Everything that is missing is named at once."""
    row = queries.lock_proposal(session, proposal_id, actor, expected_version)
    resubmitted = row.status == "more_info"
    status = domain.next_status(row.status, "submit")
    if not domain.may_submit(row.round.status, row.round.closes_at, row.status, now):
        raise ConflictError(ProjectsCode.ROUND_STATE, status=row.round.status, action="submit_proposal")
    _check_organisation(session, actor, row)
    _serialise(session, row.organisation_id)
    problems = queries.problems_of(session, row, now)
    if problems:
        raise InvalidError(ProjectsCode.PROPOSAL_INCOMPLETE, problems=problems)
    row.status = status
    row.submitted_at = row.submitted_at or now
    row.flags = rivalry.double_funding(session, row)
    session.flush()
    if row.round.status == "screening":
        eligible.evaluate(session, row, now)
    outbox.record(
        session,
        events.ProposalSubmitted(
            **about(row),
            title=row.title,
            field=row.field,
            amount_fen=row.amount_fen,
            text_hash=text_hash(row),
            resubmitted=resubmitted,
        ),
    )
    return queries.render(row, actor)


def _check_organisation(session: Session, actor: Actor, row: Proposal) -> None:
    """Co-authors write; the organisation itself, or its hub, submits and withdraws."""
    if not known.acts_for(session, actor, row.organisation_id):
        raise ForbiddenError(ProjectsCode.PROPOSAL_NOT_YOURS)


def _serialise(session: Session, organisation_id: str) -> None:
    """Two submissions of one organisation count each other: one after the other."""
    session.execute(select(KnownOrganisation.id).where(KnownOrganisation.id == organisation_id).with_for_update())


def withdraw_proposal(
    session: Session, *, actor: Actor, proposal_id: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    rounds.share_round(session, queries.find_proposal(session, proposal_id, actor).round_id, actor)
    row = queries.lock_proposal(session, proposal_id, actor, expected_version)
    _check_organisation(session, actor, row)
    row.status = domain.next_status(row.status, "withdraw")
    if row.round.status == "determining":  # the result is hashed; it may only change by an objection on notice
        raise ConflictError(ProjectsCode.ROUND_STATE, status=row.round.status, action="withdraw_proposal")
    row.return_reason = reason or row.return_reason
    session.flush()
    outbox.record(session, events.ProposalWithdrawn(**about(row)))
    return queries.render(row, actor)
