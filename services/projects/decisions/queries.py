"""Reading decisions: what is hidden before the notice is hidden here, and other streets' outcomes always."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.projects.codes import ProjectsCode
from contracts.projects.decisions import DecisionView, ObjectionView
from services.projects.decisions.models import Decision, RoundObjection
from services.projects.known import queries as known
from services.projects.proposals.models import Proposal
from services.projects.rounds import queries as rounds
from services.projects.rounds.models import Round

NUMBERS = ("judge_score", "support", "combined", "explanation", "rank")
PREVIEW = (roles.BUREAU, roles.SPECIALIST, roles.STREET_STAFF)


def decision_of(session: Session, round_id: str, *, lock: bool = False) -> Decision:
    """The decision of a round, whoever asks; raises ``decision_not_found``."""
    statement = select(Decision).where(Decision.round_id == round_id)
    if lock:
        statement = statement.with_for_update(of=Decision)
    row = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(ProjectsCode.DECISION_NOT_FOUND)
    return row


def render(row: Decision, of: Round, actor: Actor) -> dict[str, Any]:
    """Before the notice: outcomes without numbers to those who publish it, nothing to all others."""
    public = rounds.result_is_public(of)
    shown = [item for item in row.outcomes if _in_scope(item, actor)]
    if not public:
        shown = [{**item, **dict.fromkeys(NUMBERS)} for item in shown] if actor.role in PREVIEW else []
        shown.sort(key=lambda item: item["proposal_id"])
    view: dict[str, Any] = DecisionView().dump(row)
    view["outcomes"] = DecisionView().fields["outcomes"].serialize("outcomes", {"outcomes": shown})
    if not public:
        view["result_hash"] = None  # few proposals have few results: the bare hash would tell which one it is
        if actor.role not in PREVIEW:
            view["spent"] = None
    return view


def _in_scope(item: dict[str, Any], actor: Actor) -> bool:
    return not actor.street_codes or item["street_code"] in actor.street_codes


def get_decision(session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
    of = rounds.find_round(session, round_id, actor)
    return render(decision_of(session, of.id), of, actor)


def _visible(actor: Actor) -> Select[Any]:
    statement = db.scoped(select(RoundObjection), RoundObjection, actor)
    if actor.is_system or (actor.role in roles.READERS and actor.role != roles.HUB):
        return statement
    mine = RoundObjection.raised_by == actor.account_id
    if actor.role == roles.HUB:
        cared = select(Proposal.id).where(known.in_care(Proposal.organisation_id, actor))
        mine = or_(mine, RoundObjection.proposal_id.in_(cared))
    return statement.where(mine)


def find_objection(session: Session, objection_id: str, actor: Actor, *, lock: bool = False) -> RoundObjection:
    """Staff any in scope; a hub those against its own and those in its care; others what they raised."""
    statement = _visible(actor).where(RoundObjection.id == objection_id)
    if lock:
        statement = statement.with_for_update(of=RoundObjection).execution_options(populate_existing=True)
    row: RoundObjection | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(ProjectsCode.OBJECTION_NOT_FOUND)
    return row


def get_objection(session: Session, *, actor: Actor, objection_id: str) -> dict[str, Any]:
    view: dict[str, Any] = ObjectionView().dump(find_objection(session, objection_id, actor))
    return view


def list_objections(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: Any
) -> dict[str, Any]:
    statement = _visible(actor)
    for name, value in filters.items():
        statement = statement.where(getattr(RoundObjection, name) == value)
    render_one = ObjectionView().dump
    return db.page(session, statement, by=RoundObjection.id, render=render_one, cursor=cursor, limit=limit)


def count_open_objections(session: Session, round_id: str) -> int:
    """What still stands in the way of an award."""
    statement = select(func.count()).where(RoundObjection.round_id == round_id, RoundObjection.status == "open")
    return session.scalar(statement) or 0
