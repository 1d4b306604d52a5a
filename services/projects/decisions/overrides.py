"""Overrides: the rule's result is left only with a reason and two signatures, before the notice, and all can see it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.projects import events_decisions as events
from contracts.projects.codes import ProjectsCode
from services.projects import fingerprint
from services.projects.allocation import changes as allocation
from services.projects.decisions import domain, queries
from services.projects.decisions.models import Decision, DecisionOverride
from services.projects.rounds import actions as round_actions
from services.projects.rounds import queries as rounds
from services.projects.rounds.models import Round


def propose_override(
    session: Session, *, actor: Actor, now: datetime, round_id: str, changes: list[dict[str, Any]], reason: str
) -> dict[str, Any]:
    """The first signature; nothing changes yet."""
    of = rounds.lock_round(session, round_id, actor)
    _check_open(of, "propose_override")
    _after(queries.decision_of(session, of.id, lock=True), changes)
    row = DecisionOverride(
        district_code=of.district_code,
        street_code=of.street_code,
        round_id=of.id,
        status="proposed",
        changes=changes,
        reason=reason,
        first_signer=actor.account_id,
        proposed_at=now,
        created_at=now,
    )
    session.add(row)
    session.flush()
    outbox.record(
        session,
        events.DecisionOverrideProposed(
            override_id=row.id,
            round_id=of.id,
            first_signer=row.first_signer,
            street_codes=round_actions.streets(of),
        ),
    )
    return queries.render_override(row)


def _check_open(of: Round, action: str) -> None:
    """Between the determination and the notice."""
    if of.status != "determining":
        raise ConflictError(ProjectsCode.ROUND_STATE, status=of.status, action=action)


def _after(decision: Decision, changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The outcomes with the changes; raises ``decision_override_invalid``."""
    after = allocation.overridden(decision.outcomes, changes)
    domain.check_changes(decision.outcomes, changes, budget_fen=decision.budget_fen, after=domain.spent(after))
    return after


def _settle(
    session: Session, actor: Actor, now: datetime, override_id: str, action: str
) -> tuple[Round, Decision, DecisionOverride]:
    found = queries.find_override(session, override_id, actor)
    of = rounds.lock_round(session, found.round_id, actor)
    row = queries.find_override(session, override_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    status = domain.next_override_status(row.status, action)
    domain.check_signer(action, first=row.first_signer, actor=actor.account_id)
    row.status, row.settled_at = status, now
    row.second_signer = actor.account_id if action == "sign" else None
    return of, queries.decision_of(session, of.id, lock=True), row


def _settled(session: Session, of: Round, decision: Decision, row: DecisionOverride) -> dict[str, Any]:
    session.flush()
    outbox.record(
        session,
        events.DecisionOverrideSettled(
            override_id=row.id,
            round_id=of.id,
            status=row.status,
            second_signer=row.second_signer,
            result_hash=fingerprint.of({"result_hash": decision.result_hash, "salt": decision.inputs["salt"]}),
            street_codes=round_actions.streets(of),
        ),
    )
    return queries.render_override(row)


def sign_override(session: Session, *, actor: Actor, now: datetime, override_id: str) -> dict[str, Any]:
    """The second signature, by somebody else: only now the outcomes change."""
    of, decision, row = _settle(session, actor, now, override_id, "sign")
    _check_open(of, "sign_override")
    outcomes = _after(decision, row.changes)
    decision.status = domain.next_decision_status(decision.status, "override")
    decision.outcomes = outcomes
    decision.spent_fen = domain.spent(outcomes)
    decision.result_hash = fingerprint.of(allocation.result_of(outcomes))
    return _settled(session, of, decision, row)


def reject_override(session: Session, *, actor: Actor, now: datetime, override_id: str) -> dict[str, Any]:
    """Nothing changes."""
    return _settled(session, *_settle(session, actor, now, override_id, "reject"))


def withdraw_override(session: Session, *, actor: Actor, now: datetime, override_id: str) -> dict[str, Any]:
    """By who proposed it."""
    return _settled(session, *_settle(session, actor, now, override_id, "withdraw"))
