"""Reading votes: turnout always, support only when the result is public."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.codes import Code
from chassis.errors import ConflictError, NotFoundError
from contracts import roles
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_votes import VoteCode
from contracts.projects.votes import CommitmentView, VoteView
from services.projects.known.models import KnownAccount
from services.projects.proposals.models import Proposal
from services.projects.rounds import queries as rounds
from services.projects.rounds.models import Round
from services.projects.votes import domain, receipts
from services.projects.votes import rules as voting
from services.projects.votes.models import Ballot, PaperVoter, Participation, Vote


def vote_of(session: Session, round_id: str) -> Vote | None:
    """The vote of a round, whoever asks."""
    return session.scalars(select(Vote).where(Vote.round_id == round_id)).one_or_none()


def find_vote(session: Session, round_id: str, actor: Actor) -> tuple[Round, Vote]:
    """A round the actor may see, with its vote."""
    row = rounds.find_round(session, round_id, actor)
    vote = session.scalars(db.scoped(select(Vote), Vote, actor).where(Vote.round_id == row.id)).one_or_none()
    if vote is None:
        raise NotFoundError(ProjectsCode.VOTE_NOT_FOUND)
    return row, vote


def share_vote(session: Session, vote: Vote) -> Vote:
    """Kept from its next step until this transaction ends; read again, because it may have waited for one."""
    locked = select(Vote).where(Vote.id == vote.id).with_for_update(read=True)
    return session.scalars(locked.execution_options(populate_existing=True)).one()


def rules_of(vote: Vote) -> dict[str, Any]:
    """The vote's rules, complete; a vote from before there were any has the defaults."""
    return voting.completed(vote.rules, approvals_limit=vote.approvals_limit)


def rules_of_round(row: Round) -> dict[str, Any]:
    """The same of a round, before its vote opens."""
    return voting.completed(row.vote_rules, approvals_limit=row.approvals_limit)


def standing(session: Session, vote: Vote) -> list[str]:
    """The candidates that have not withdrawn; once it is closed, those that had not by then."""
    gone = set(vote.withdrawn_ids)
    if vote.status != "closed":
        gone = withdrawn(session, vote)
    return [proposal_id for proposal_id in vote.proposal_ids if proposal_id not in gone]


def withdrawn(session: Session, vote: Vote) -> set[str]:
    """The candidates that have withdrawn by now."""
    statement = select(Proposal.id).where(Proposal.id.in_(vote.proposal_ids), Proposal.status == "withdrawn")
    return set(session.scalars(statement))


def count_participation(session: Session, round_id: str) -> int:
    """How many voted: online, and on paper by the register."""
    online = select(func.count()).where(Participation.round_id == round_id, Participation.channel == "online")
    paper = select(func.count()).where(PaperVoter.round_id == round_id, PaperVoter.status == "marked")
    return (session.scalar(online) or 0) + (session.scalar(paper) or 0)


def ballots_of(session: Session, vote: Vote) -> list[dict[str, int]]:
    """Every valid ballot as points per proposal (approval: 1), in the order of their canonical JSON.

    Only once the vote is closed, and only if they are what was committed to then.
    """
    if vote.status != "closed":
        raise ConflictError(ProjectsCode.VOTE_OPEN, status=vote.status)
    rows = session.execute(
        select(Ballot.choice, Ballot.salt, Ballot.commitment).where(Ballot.round_id == vote.round_id)
    ).all()
    rules, stand = rules_of(vote), standing(session, vote)
    ballots = domain.sorted_ballots(voting.points_of(rules, row.choice, stand) for row in rows)
    opened = all(domain.commitment(row.salt, row.choice) == row.commitment for row in rows)
    sealed = vote.seal is None or domain.seal_of(ballots, vote.seal_salt or "") == vote.seal
    if not opened or not sealed or commitment_of(vote.form, [row.commitment for row in rows]) != vote.commitment:
        raise ConflictError(VoteCode.BALLOTS_ALTERED)
    return ballots


def commitment_of(form: str | None, commitments: list[str]) -> str:
    """The one commitment to all ballots; votes closed before there was a tree have a list's."""
    return receipts.Tree(commitments).root if form == domain.TREE else domain.commitment_of_list(commitments)


def support_of(session: Session, vote: Vote) -> dict[str, int]:
    """Points per proposal (approvals: one each); only once the vote is closed."""
    return domain.count(ballots_of(session, vote), vote.proposal_ids)


def _tally(session: Session, vote: Vote) -> dict[str, int]:
    """The same to be looked at: whether the ballots are those committed to was seen when the round was determined."""
    rules, stand = rules_of(vote), standing(session, vote)
    choices = session.scalars(select(Ballot.choice).where(Ballot.round_id == vote.round_id))
    return domain.count((voting.points_of(rules, choice, stand) for choice in choices), vote.proposal_ids)


def full_support(session: Session, vote: Vote) -> int:
    """The points a proposal would have if every ballot gave it the most it can; with approvals, the ballots."""
    ballots = session.scalar(select(func.count()).where(Ballot.round_id == vote.round_id)) or 0
    return ballots * voting.most(rules_of(vote), len(standing(session, vote)))


def render(session: Session, row: Round, vote: Vote) -> dict[str, Any]:
    view: dict[str, Any] = VoteView().dump(vote)
    public = vote.status == "closed" and rounds.result_is_public(row)
    view["rules"] = rules_of(vote)
    view["participation"] = vote.participation
    if vote.participation is None:
        view["participation"] = count_participation(session, row.id)
    view["withdrawn_ids"] = sorted(set(vote.proposal_ids) - set(standing(session, vote)))
    view["support"] = _tally(session, vote) if public else None
    view["seal_salt"] = vote.seal_salt if public else None
    return view


def get_vote(session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
    row, vote = find_vote(session, round_id, actor)
    return render(session, row, vote)


def reasons_against(session: Session, row: Round, rules: dict[str, Any], account_id: str | None) -> list[Code]:
    """Why an account may not vote in a round."""
    voter = session.get(KnownAccount, account_id) if account_id else None
    in_scope = voter is not None and voter.district_code == row.district_code
    if voter is not None and row.street_code is not None:
        in_scope = in_scope and voter.street_code == row.street_code
    return voting.reasons(
        rules,
        resident=voter is not None and voter.role == roles.RESIDENT,
        verified=voter is not None and voter.verified,
        in_scope=in_scope,
        street_code=voter.street_code if voter else None,
        community_code=voter.community_code if voter else None,
        opened_on=voter.opened_on if voter else None,
    )


def has_voted(session: Session, row: Round, account_id: str | None) -> Participation | None:
    """That somebody voted, where they did."""
    return session.get(Participation, (row.district_code, row.id, account_id)) if account_id else None


def get_vote_eligibility(session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
    row, vote = find_vote(session, round_id, actor)
    reasons = reasons_against(session, row, rules_of(vote), actor.account_id)
    return {
        "round_id": row.id,
        "status": vote.status,
        "entitled": not reasons,
        "reasons": [reason.value for reason in reasons],
        "voted": has_voted(session, row, actor.account_id) is not None,
    }


def get_ballot_inclusion(session: Session, *, actor: Actor, round_id: str, commitment: str) -> dict[str, Any]:
    """Whether a receipt's commitment is a leaf of the tree whose root the trail holds, with its proof."""
    row, vote = _closed(session, round_id, actor)
    tree = receipts.Tree(session.scalars(select(Ballot.commitment).where(Ballot.round_id == row.id)))
    included = commitment in tree.leaves
    return {
        "round_id": row.id,
        "included": included,
        "position": tree.leaves.index(commitment) if included else None,
        "participation": vote.participation,
        "commitment": vote.commitment,
        "receipt": tree.prove(row.id, commitment) if vote.form == domain.TREE else None,
    }


def list_ballot_commitments(
    session: Session, *, actor: Actor, round_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Every leaf, in an order of ids that are random: it tells nothing."""
    row, _ = _closed(session, round_id, actor)
    statement = select(Ballot).where(Ballot.round_id == row.id, Ballot.district_code == row.district_code)
    return db.page(session, statement, by=Ballot.id, render=CommitmentView().dump, cursor=cursor, limit=limit)


def _closed(session: Session, round_id: str, actor: Actor) -> tuple[Round, Vote]:
    row, vote = find_vote(session, round_id, actor)
    if vote.status != "closed":
        raise ConflictError(ProjectsCode.VOTE_OPEN)
    return row, vote
