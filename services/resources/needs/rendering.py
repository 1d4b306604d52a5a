"""What a need looks like to whom: what is personal is the resident's own to read, and masked to those who handle it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from contracts import roles
from contracts.resources.needs import NeedView
from services.resources import personal
from services.resources.known import queries as known
from services.resources.needs import domain_residents as residents
from services.resources.needs.models import Need, NeedCaller

_VIEW = NeedView()
_WHO = ("requester_account_id", "requested_by_account_id", "linked_account_id")
_OVERSEERS = (*roles.STAFF, roles.AUDITOR, roles.GRID_WORKER)


def render(session: Session, need: Need, actor: Actor) -> dict[str, Any]:
    """The view."""
    session.flush()
    row = {column.key: getattr(need, column.key) for column in Need.__table__.columns}
    row["organisation_name"] = known.name_of(session, need.organisation_id)
    row["amount_fen"] = need.quantity if need.kind == "funds" else None
    row["needer"] = "organisation" if need.organisation_id else "resident"
    row["handler_organisation_name"] = known.name_of(session, need.handler_organisation_id)
    row["caller"] = None
    if need.organisation_id is None:
        _of_a_resident(session, row, need, actor)
    view: dict[str, Any] = _VIEW.dump(row)
    return view


def standing_of(need: Need) -> residents.Standing:
    """Who is who in a resident's need."""
    accounts = {need.requester_account_id, need.linked_account_id} - {None}
    return residents.Standing(
        accounts=frozenset(str(one) for one in accounts),
        handler_id=need.handler_organisation_id,
        taken_on=need.taken_on_at is not None,
    )


def beneficiary_of(row: Any) -> str | None:
    """Of a need, a row of the ORM or of its columns: the organisation that benefits, if one does."""
    return residents.beneficiary(
        organisation_id=row.organisation_id, handler_id=row.handler_organisation_id, benefits=row.handler_benefits
    )


def _of_a_resident(session: Session, row: dict[str, Any], need: Need, actor: Actor) -> None:
    """Who gives learns what is lacked and where it is handed over, not by whom."""
    part = residents.part_of(actor, standing_of(need))
    if part != residents.RESIDENT:
        row["resident_text"] = row["resident_place"] = None
    if part is None and not actor.is_system and actor.role not in _OVERSEERS and not _may_take_on(need, actor):
        row.update(dict.fromkeys(_WHO))
    elif need.caller_id is not None:
        caller = session.get_one(NeedCaller, need.caller_id)
        row["caller"] = {"name": personal.mask_name(caller.name), "phone": personal.mask_phone(caller.phone)}


def _may_take_on(need: Need, actor: Actor) -> bool:
    return actor.role == roles.HUB and need.taken_on_at is None and need.street_code in actor.street_codes
