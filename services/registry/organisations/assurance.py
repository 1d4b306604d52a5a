"""Assurance: somebody confirms what is recorded, and after the policy's months it is due again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import tuple_
from sqlalchemy.orm import Session

from chassis import clock, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError
from chassis.paging import MAX_PAGE
from contracts.registry.codes_organisations import OrganisationCode
from contracts.registry.events_organisations import OrganisationAssured
from contracts.registry.finding import AssuranceView
from services.registry import keyset, scope
from services.registry.organisations import domain, history, queries
from services.registry.organisations.models import Organisation
from services.registry.policies.queries import number

_VIEW = AssuranceView()
MONTHS = "organisation_assurance_months"


def assure_organisation(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    organisation_id: str,
    note: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """By staff, of an active organisation in their streets; the note is kept as the reason."""
    row = queries.take(session, actor, organisation_id, expected=expected_version)
    if row.status != "active":
        raise ConflictError(OrganisationCode.ASSURANCE_CLOSED, status=row.status)
    history.remember(session, actor, row, "assured_at", row.assured_at, now, note, now)
    row.assured_at, row.assured_by, row.assure_from = now, actor.account_id, now
    session.flush()
    due = domain.assurance_due(clock.day_of(now), number(session, actor.district_code, MONTHS))
    fact = OrganisationAssured(
        organisation_id=row.id,
        assured_at=now.isoformat(),
        due_on=due.isoformat(),
        street_codes=[row.street_code] if row.street_code else [],
    )
    outbox.record(session, fact)
    return queries.render(row)


def list_assurances(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    street_code: str | None = None,
    overdue: bool | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """Active organisations, longest unconfirmed first, so the overdue ones lead; by an index in that order."""
    months = number(session, actor.district_code, MONTHS)
    today = clock.day_of(now)
    before = clock.end_of(domain.last_overdue_day(today, months))
    key = (Organisation.assure_from, Organisation.id)
    statement = scope.visible(Organisation, Organisation.id, actor).where(
        Organisation.status == "active", Organisation.assure_from.is_not(None)
    )
    if street_code is not None:
        statement = statement.where(Organisation.street_code == street_code)
    if overdue is not None:
        statement = statement.where(
            Organisation.assure_from < before if overdue else Organisation.assure_from >= before
        )
    if cursor is not None:
        statement = statement.where(tuple_(*key) > keyset.instant_and_id(cursor, "org"))
    size = min(max(limit or 50, 1), MAX_PAGE)
    rows = list(session.scalars(statement.order_by(*key).limit(size + 1)))
    last = rows[size - 1] if len(rows) > size else None
    return {
        "items": [_show(row, months, today) for row in rows[:size]],
        "next_cursor": keyset.close(last.assure_from, last.id) if last is not None else None,
    }


def _show(row: Organisation, months: int, today: Any) -> dict[str, Any]:
    assert row.assure_from is not None
    due = domain.assurance_due(clock.day_of(row.assure_from), months)
    facts = {**scope.columns(row), "organisation_id": row.id, "due_on": due, "overdue": due < today}
    shown: dict[str, Any] = _VIEW.dump(facts)
    return shown
