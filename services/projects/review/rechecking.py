"""Conflicts of interest that a merge of organisations makes, or its undoing ends, while scores may still be given."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import ARRAY, TEXT, cast, or_, select
from sqlalchemy.orm import Session

from services.projects.known import queries as known
from services.projects.proposals.models import Proposal
from services.projects.redirects import queries as redirects
from services.projects.review import domain
from services.projects.review.models import Judge, JudgeAssignment
from services.projects.roadshows.models import Roadshow
from services.projects.rounds.models import Round

OPEN = ("closed", "screening", "reviewing", "roadshow")
TALLIED = ("sealed", "published")
MERGED = "organisations_merged"


def recheck_conflicts(
    session: Session, *, district_code: str, organisation_ids: Collection[str]
) -> list[tuple[str, str, str]]:
    """``(proposal, judge, conflict)`` of every assignment that changed; what a judge declared stays.

    Follows from what is known now alone: it may run twice and in any order.
    """
    changed = []
    for made, proposal, judge, row in _assignments(session, district_code, organisation_ids):
        conflict = _conflict(session, proposal, judge, row)
        if conflict is not None and not made.recused:
            made.recused, made.conflict, made.conflict_note = True, conflict, MERGED
        elif conflict is None and made.conflict_note == MERGED:
            made.recused, made.conflict, made.conflict_note = False, None, None
        else:
            continue
        changed.append((made.proposal_id, made.judge_account_id, conflict or ""))
    session.flush()
    return changed


def _assignments(
    session: Session, district_code: str, organisation_ids: Collection[str]
) -> Iterator[tuple[JudgeAssignment, Proposal, Judge, Round]]:
    ids = sorted(organisation_ids)
    mentored = Judge.mentored_organisation_ids.op("?|")(cast(ids, ARRAY(TEXT)))
    touched = or_(Proposal.organisation_id.in_(ids), Judge.organisation_id.in_(ids), mentored)
    tallied = select(Roadshow.round_id).where(Roadshow.status.in_(TALLIED))
    same_judge = (Judge.round_id == JudgeAssignment.round_id) & (Judge.account_id == JudgeAssignment.judge_account_id)
    statement = (
        select(JudgeAssignment, Proposal, Judge, Round)
        .join(Proposal, Proposal.id == JudgeAssignment.proposal_id)
        .join(Judge, same_judge)
        .join(Round, Round.id == JudgeAssignment.round_id)
        .where(Round.district_code == district_code, Round.status.in_(OPEN), Round.id.not_in(tallied), touched)
        .order_by(JudgeAssignment.id)
        .with_for_update(of=JudgeAssignment)
    )
    for row in session.execute(statement).all():
        yield row[0], row[1], row[2], row[3]


def _conflict(session: Session, proposal: Proposal, judge: Judge, row: Round) -> str | None:
    hub_id = known.organisation(session, proposal.organisation_id).hub_id
    hub = next(iter(redirects.survivors(session, row.district_code, [hub_id])), None) if hub_id else None
    interests = domain.Interests(
        organisation_id=judge.organisation_id, mentored=frozenset(judge.mentored_organisation_ids)
    )
    funders = frozenset(line.funder_organisation_id for line in row.pool_lines if line.status == "reserved")
    return domain.conflict_of(interests, organisation_id=proposal.organisation_id, hub_id=hub, funders=funders)
