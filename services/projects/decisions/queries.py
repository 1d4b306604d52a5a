"""Reading decisions: what is hidden before the notice is hidden here, and other streets' outcomes always."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import ConflictError, NotFoundError
from contracts import roles
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_decisions import DecisionCode
from contracts.projects.decisions import DecisionView, ObjectionView
from contracts.projects.overrides import OverrideView, PublicOverrideView
from services.projects.allocation import bundle
from services.projects.allocation import changes as allocation
from services.projects.decisions.models import Decision, DecisionOverride, RoundObjection
from services.projects.known import queries as known
from services.projects.proposals.models import Proposal
from services.projects.rounds import queries as rounds
from services.projects.rounds.models import Round

NUMBERS = ("judge_score", "support", "combined", "explanation", "rank", "reason", "figures", "computed")
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


def render(session: Session, row: Decision, of: Round, actor: Actor) -> dict[str, Any]:
    """Before the notice: outcomes without numbers to those who publish it, nothing to all others."""
    public = rounds.result_is_public(of)
    shown = [item for item in row.outcomes if _in_scope(item, actor)]
    if not public:
        shown = [{**item, **dict.fromkeys(NUMBERS)} for item in shown] if actor.role in PREVIEW else []
        shown.sort(key=lambda item: item["proposal_id"])
    view: dict[str, Any] = DecisionView().dump(row)
    view["outcomes"] = DecisionView().fields["outcomes"].serialize("outcomes", {"outcomes": shown})
    view["overrides"] = _signed(session, of.id, {item["proposal_id"] for item in shown}) if public else []
    if not public:
        view["result_hash"] = None  # few proposals have few results: the bare hash would tell which one it is
        if actor.role not in PREVIEW:
            view["spent"] = None
    return view


def _in_scope(item: dict[str, Any], actor: Actor) -> bool:
    return not actor.street_codes or item["street_code"] in actor.street_codes


def get_decision(session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
    of = rounds.find_round(session, round_id, actor)
    return render(session, decision_of(session, of.id), of, actor)


def signed_overrides(session: Session, round_id: str) -> list[DecisionOverride]:
    """Those in effect, in the order in which they took effect."""
    statement = select(DecisionOverride).where(
        DecisionOverride.round_id == round_id, DecisionOverride.status == "signed"
    )
    return list(session.scalars(statement.order_by(DecisionOverride.settled_at, DecisionOverride.id)))


def _signed(session: Session, round_id: str, shown: set[str]) -> list[dict[str, Any]]:
    """For everybody; of other streets' proposals nothing."""
    views = []
    for row in signed_overrides(session, round_id):
        changes = [change for change in row.changes if change["proposal_id"] in shown]
        if changes:
            views.append({"reason": row.reason, "changes": changes, "signed_at": row.settled_at})
    rendered: list[dict[str, Any]] = PublicOverrideView(many=True).dump(views)
    return rendered


def get_audit_bundle(session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
    """With the published results, never before."""
    of = rounds.find_round(session, round_id, actor)
    if not rounds.result_is_public(of):
        raise ConflictError(DecisionCode.RESULTS_HIDDEN, status=of.status)
    row = decision_of(session, of.id)
    if "ballots" not in row.inputs or of.frozen_rules is None:  # determined by an earlier release
        raise NotFoundError(ProjectsCode.DECISION_NOT_FOUND)
    names = ("district_code", "street_code", "name", "scale")
    return bundle.compose(
        about={"round_id": of.id, **{name: getattr(of, name) for name in names}},
        frozen=of.frozen_rules,
        inputs=row.inputs,
        computed=row.computed,
        overrides=[
            {"reason": one.reason, "changes": one.changes, "signed_at": _text(one.settled_at)}
            for one in signed_overrides(session, of.id)
        ],
        revisions=row.revisions,
        result=allocation.result_of(row.outcomes),
    )


def _text(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None


def visible_overrides(actor: Actor) -> Select[Any]:
    """Overrides in scope."""
    return db.scoped(select(DecisionOverride), DecisionOverride, actor)


def find_override(session: Session, override_id: str, actor: Actor, *, lock: bool = False) -> DecisionOverride:
    """One override in scope; raises ``decision_override_not_found``."""
    statement = visible_overrides(actor).where(DecisionOverride.id == override_id)
    if lock:
        statement = statement.with_for_update(of=DecisionOverride).execution_options(populate_existing=True)
    row: DecisionOverride | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(DecisionCode.OVERRIDE_NOT_FOUND)
    return row


def render_override(row: DecisionOverride) -> dict[str, Any]:
    view: dict[str, Any] = OverrideView().dump(row)
    return view


def get_override(session: Session, *, actor: Actor, override_id: str) -> dict[str, Any]:
    return render_override(find_override(session, override_id, actor))


def list_overrides(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: Any
) -> dict[str, Any]:
    statement = visible_overrides(actor)
    for name, value in filters.items():
        statement = statement.where(getattr(DecisionOverride, name) == value)
    return db.page(session, statement, by=DecisionOverride.id, render=render_override, cursor=cursor, limit=limit)


def count_open_overrides(session: Session, round_id: str) -> int:
    """What still waits for a second signature."""
    statement = select(func.count()).where(DecisionOverride.round_id == round_id, DecisionOverride.status == "proposed")
    return session.scalar(statement) or 0


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
