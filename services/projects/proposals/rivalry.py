"""Suspected double funding: flagged by comparison with the organisation's other proposals, judged by staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, NotFoundError
from contracts.projects.codes_rounds import RoundsCode
from contracts.projects.events_plans import DoubleFundingJudged
from services.projects.proposals import domain, overlaps, queries
from services.projects.proposals.models import Proposal

_JUDGED = ("verdict", "verdict_reason", "judged_by", "judged_at")


def double_funding(session: Session, row: Proposal) -> list[dict[str, Any]]:
    """Proposals of the same organisation in any round whose purpose and dates overlap; what staff judged stays."""
    judged = {flag["proposal_id"]: {name: flag.get(name) for name in _JUDGED} for flag in row.flags}
    threshold = row.round.eligibility["overlap_percent"]
    found = []
    for other in queries.rivals(session, row):
        overlap = overlaps.overlap(queries.facts(row), queries.facts(other))
        if overlap is not None and overlap.percent >= threshold:
            found.append({**_flag(row, other, overlap), **judged.get(other.id, {})})
    return found


def _flag(row: Proposal, other: Proposal, overlap: overlaps.Overlap) -> dict[str, Any]:
    zh, en = overlap.reasons(other.title)
    return {
        "kind": "double_funding",
        "proposal_id": other.id,
        "round_id": other.round_id,
        "overlap_percent": overlap.percent,
        "earlier": _earlier(other, row),
        "same_field": overlap.same_field,
        "overlap_from_on": overlap.from_on.isoformat() if overlap.from_on else None,
        "overlap_until_on": overlap.until_on.isoformat() if overlap.until_on else None,
        "reason_zh": zh,
        "reason_en": en,
    }


def _earlier(other: Proposal, row: Proposal) -> bool:
    """Which of two came second is the one in question."""
    if other.submitted_at is None or row.submitted_at is None:
        return other.submitted_at is not None
    return (other.submitted_at, other.id) < (row.submitted_at, row.id)


def judge_double_funding(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    proposal_id: str,
    other_proposal_id: str,
    verdict: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """A human decides, with a reason that stays; a later judgement replaces an earlier one and both are events."""
    row = queries.lock_proposal(session, proposal_id, actor, expected_version)
    if row.status not in {"submitted", "more_info"}:
        raise ConflictError(RoundsCode.DOUBLE_FUNDING_UNKNOWN, status=row.status)
    if all(flag["proposal_id"] != other_proposal_id for flag in row.flags):
        raise NotFoundError(RoundsCode.DOUBLE_FUNDING_UNKNOWN)
    told = {
        "verdict": verdict,
        "verdict_reason": reason,
        "judged_by": actor.account_id,
        "judged_at": now.isoformat(timespec="seconds"),
    }
    row.flags = [{**flag, **told} if flag["proposal_id"] == other_proposal_id else flag for flag in row.flags]
    session.flush()
    outbox.record(
        session,
        DoubleFundingJudged(
            proposal_id=row.id,
            round_id=row.round_id,
            other_proposal_id=other_proposal_id,
            verdict=verdict,
            street_codes=[row.street_code] if row.street_code else [],
        ),
    )
    return queries.render(row, actor)


def check_judged(session: Session, row: Proposal) -> None:
    """No proposal goes on beside an earlier one like it unless staff found them distinct."""
    if not row.round.eligibility["exclude_double_funding"]:
        return
    rivals = {other.id for other in queries.rivals(session, row) if other.status not in domain.LOST}
    waiting = [
        flag["proposal_id"]
        for flag in row.flags
        if flag.get("earlier") and flag.get("verdict") != "distinct" and flag["proposal_id"] in rivals
    ]
    if waiting:
        raise ConflictError(RoundsCode.DOUBLE_FUNDING_OPEN, proposal_ids=waiting)
