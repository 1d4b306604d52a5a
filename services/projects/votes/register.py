"""The paper register: who took a paper ballot. It is linked to no sheet and to no ballot."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_votes import VoteCode
from contracts.projects.votes_paper import PaperVoterView
from services.projects.rounds import queries as rounds
from services.projects.rounds.models import Round
from services.projects.votes import casting, domain, queries, queries_paper
from services.projects.votes.models import PaperVoter, Participation, Vote


def handled(
    session: Session, round_id: str, actor: Actor, place_code: str, step: str = "handle_paper"
) -> tuple[Round, Vote]:
    """A round with a vote that takes paper, of a place that votes in it and that the actor works for."""
    row = rounds.find_round(session, round_id, actor)
    vote = share_handled(session, row, step)
    within = row.street_code or row.district_code
    if not place_code.startswith(within) or not _votes(queries.rules_of(vote), place_code):
        raise InvalidError(VoteCode.VOTER_OUTSIDE_PLACE, place_code=place_code)
    db.check_street(actor, place_code[:9])
    return row, vote


def _votes(rules: dict[str, Any], place_code: str) -> bool:
    """Whether residents of the place are among those who vote; a street holds the communities that are named."""
    named = [*rules["street_codes"], *rules["community_codes"]]
    return not named or any(place_code.startswith(name) or name.startswith(place_code) for name in named)


def share_handled(session: Session, row: Round, step: str = "handle_paper") -> Vote:
    """The vote of a round, kept from closing while its paper is handled."""
    vote = queries.vote_of(session, row.id)
    if vote is None:
        raise NotFoundError(ProjectsCode.VOTE_NOT_FOUND)
    vote = queries.share_vote(session, vote)
    if not queries.rules_of(vote)["paper"]:
        raise ConflictError(VoteCode.PAPER_NOT_OFFERED)
    domain.next_status(vote.status, step)
    return vote


def mark_paper_voter(
    session: Session, *, actor: Actor, round_id: str, number: str, place_code: str, account_id: str | None
) -> dict[str, Any]:
    """Whoever takes a paper ballot is marked first; an account that is named cannot vote online any more."""
    row, vote = handled(session, round_id, actor, place_code, "mark_paper_voter")
    if account_id is not None:
        reasons = queries.reasons_against(session, row, queries.rules_of(vote), account_id)
        if reasons:
            raise ForbiddenError(reasons[0], reasons=[reason.value for reason in reasons])
        if not casting.take_part(session, row, account_id, "paper"):
            raise ConflictError(ProjectsCode.VOTER_VOTED)
    entry = _entry(session, row, number)
    entry.street_code, entry.place_code, entry.account_id = place_code[:9], place_code, account_id
    entry.status, entry.marked_by, entry.reason = "marked", actor.account_id, None
    session.add(entry)
    session.flush()
    return _render(entry)


def _entry(session: Session, row: Round, number: str) -> PaperVoter:
    """A new entry, or one that was struck."""
    same = PaperVoter.round_id == row.id, PaperVoter.number == number
    found = session.scalars(select(PaperVoter).where(*same).with_for_update()).one_or_none()
    if found is None:
        return PaperVoter(district_code=row.district_code, round_id=row.id, number=number)
    domain.next_paper_voter_status(found.status, "mark")
    return found


def strike_paper_voter(session: Session, *, actor: Actor, paper_voter_id: str, reason: str) -> dict[str, Any]:
    """A mistake: nobody took a ballot for this entry; an account that it named may vote."""
    entry = queries_paper.find_voter(session, paper_voter_id, actor)
    db.check_street(actor, entry.street_code)
    share_handled(session, session.get_one(Round, entry.round_id))
    entry.status = domain.next_paper_voter_status(entry.status, "strike")
    entry.reason = reason
    mine = Participation.round_id == entry.round_id, Participation.account_id == entry.account_id
    session.execute(delete(Participation).where(*mine, Participation.channel == "paper"))
    session.flush()
    return _render(entry)


def _render(entry: PaperVoter) -> dict[str, Any]:
    view: dict[str, Any] = PaperVoterView().dump(entry)
    return view
