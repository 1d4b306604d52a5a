"""Reading awards as grants: an award exists once its public notice is over, so all of it is published; one that was
declined before the agreement is no grant."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from chassis import clock, db
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.projects.codes_money import MoneyCode
from services.projects.awards.models import Award
from services.projects.grants import domain
from services.projects.known.models import KnownOrganisation
from services.projects.money_policy.queries import policy_of
from services.projects.proposals.models import Proposal
from services.projects.rounds.models import Round


def _awards(actor: Actor) -> Select[Any]:
    return db.scoped(select(Award), Award, actor).where(Award.status != "declined")


def _by_id(session: Session, model: Any, ids: set[str]) -> dict[str, Any]:
    return {row.id: row for row in session.scalars(select(model).where(model.id.in_(ids)))}


def _grants(session: Session, rows: list[Award], publisher: dict[str, str]) -> list[dict[str, Any]]:
    """One statement a table, however many grants."""
    proposals = _by_id(session, Proposal, {row.proposal_id for row in rows})
    rounds = _by_id(session, Round, {row.round_id for row in rows})
    organisations = _by_id(session, KnownOrganisation, {row.organisation_id for row in rows})
    return [
        domain.grant(
            _facts(row, proposals[row.proposal_id], rounds[row.round_id], organisations.get(row.organisation_id)),
            publisher,
        )
        for row in rows
    ]


def _facts(row: Award, proposal: Proposal, of: Round, recipient: KnownOrganisation | None) -> dict[str, Any]:
    modified = max(at for at in (row.created_at, row.signed_at, *(one.paid_at for one in row.tranches)) if at)
    return {
        "award_id": row.id,
        "title": proposal.title,
        "field": proposal.field,
        "amount_fen": row.amount_fen,
        "disbursed_fen": row.disbursed_fen,
        "awarded_on": clock.day_of(row.created_at).isoformat(),
        "starts_on": proposal.plan.get("starts_on"),
        "ends_on": proposal.plan.get("ends_on"),
        "organisation_id": row.organisation_id,
        "organisation": recipient.name if recipient else None,
        "street_code": row.street_code,
        "round_id": of.id,
        "round": of.name,
        "modified_at": modified.astimezone(clock.SHANGHAI).isoformat(timespec="seconds"),
    }


def list_grants(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """A page, newest first."""
    publisher = policy_of(session, actor.district_code)["publisher"]
    rows: list[Award] = []

    def keep(row: Award) -> dict[str, Any]:
        rows.append(row)
        return {}

    found = db.page(session, _awards(actor), by=Award.id, render=keep, cursor=cursor, limit=limit)
    return {**found, "items": _grants(session, rows, publisher)}


def get_grants_file(session: Session, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Every grant in scope, oldest first."""
    publisher = policy_of(session, actor.district_code)["publisher"]
    rows = list(session.scalars(_awards(actor).order_by(Award.id).limit(domain.LIMIT + 1)))
    if len(rows) > domain.LIMIT:
        raise ConflictError(MoneyCode.GRANTS_TOO_MANY, limit=domain.LIMIT)
    made = domain.package(_grants(session, rows, publisher), publisher, issued=clock.day_of(now).isoformat())
    text = json.dumps(made, ensure_ascii=False, indent=1)
    return {
        "file_name": f"grants-{actor.district_code}-360giving.json",
        "media_type": "application/json",
        "content": base64.b64encode(text.encode()).decode(),
    }
