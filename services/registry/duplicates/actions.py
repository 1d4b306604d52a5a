"""Writes of duplicates: the worklist, and what people decide about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import ids, outbox
from chassis.actor import Actor
from chassis.errors import InvalidError, NotFoundError
from contracts.registry.codes_organisations import OrganisationCode
from contracts.registry.events_organisations import DuplicateDecided
from services.registry import scope
from services.registry.duplicates import domain, queries
from services.registry.duplicates.models import DuplicateCheck, DuplicatePair
from services.registry.organisations import indexing
from services.registry.organisations import queries as organisations
from services.registry.organisations.models import Organisation


def check_next(session: Session, *, now: datetime) -> bool:
    """Compare the one that has waited longest, once all can be found; ``False`` where nothing is to be done.

    Nobody waits for this: the comparison reads without locks, what it finds is written at its end, and what was asked
    again meanwhile has another ``asked_at`` and stays. One process compares; another one finds nothing to do.
    """
    waiting = select(DuplicateCheck.organisation_id, DuplicateCheck.asked_at).order_by(DuplicateCheck.asked_at)
    asked = session.execute(waiting.limit(1)).one_or_none()
    if asked is None or not indexing.is_complete(session) or not scope.try_hold(session, "duplicates"):
        return False
    organisation = session.get(Organisation, asked.organisation_id)
    if organisation is not None:
        refresh(session, organisation, now)
    done = DuplicateCheck.organisation_id == asked.organisation_id, DuplicateCheck.asked_at == asked.asked_at
    session.execute(delete(DuplicateCheck).where(*done))
    return True


def refresh(session: Session, row: Organisation, now: datetime) -> None:
    """The open pairs of an organisation as they are now; what was decided stays decided."""
    found = queries.compare(session, row) if row.status == "active" else []
    others = [one["organisation_id"] for one in found]
    pair = DuplicatePair
    gone = or_(
        (pair.organisation_id == row.id) & pair.other_id.not_in(others),
        (pair.other_id == row.id) & pair.organisation_id.not_in(others),
    )
    session.execute(delete(pair).where(gone, pair.status == "open"))
    for one in found:
        _keep(session, row, one, now)


def _keep(session: Session, row: Organisation, one: dict[str, Any], now: datetime) -> None:
    streets = {row.id: row.street_code, one["organisation_id"]: one["street_code"]}
    first, second = domain.in_order(row.id, one["organisation_id"])
    values = {
        "id": ids.new_id("dpr"),
        "district_code": row.district_code,
        "street_code": streets[first],
        "organisation_id": first,
        "other_id": second,
        "other_street_code": streets[second],
        "score": one["score"],
        "reasons": one["reasons"],
        "status": "open",
        "found_at": now,
    }
    statement = insert(DuplicatePair).values(values)
    fresh = {"score": one["score"], "reasons": one["reasons"]}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["organisation_id", "other_id"], set_=fresh, where=DuplicatePair.status == "open"
        )
    )


def dismiss_duplicate(
    session: Session, *, actor: Actor, now: datetime, organisation_id: str, other_id: str, reason: str
) -> dict[str, Any]:
    """Not a duplicate. Also of a pair that no comparison has found: a person knows."""
    if organisation_id == other_id:
        raise InvalidError(OrganisationCode.DUPLICATE_SAME)
    rows = {one: organisations.take(session, actor, one) for one in sorted((organisation_id, other_id))}
    first, second = domain.in_order(organisation_id, other_id)
    pair = _find(session, first, second)
    if pair is None:
        pair = DuplicatePair(
            district_code=actor.district_code,
            street_code=rows[first].street_code,
            organisation_id=first,
            other_id=second,
            other_street_code=rows[second].street_code,
            score=0,
            reasons=[],
            status="open",
            found_at=now,
        )
        session.add(pair)
    return _decide(session, actor, pair, "dismiss", reason, now)


def reopen_duplicate(session: Session, *, actor: Actor, now: datetime, pair_id: str, reason: str) -> dict[str, Any]:
    """It may be one after all."""
    statement = queries.visible(actor).where(DuplicatePair.id == pair_id).with_for_update()
    pair = session.scalars(statement).one_or_none()
    if pair is None:
        raise NotFoundError(OrganisationCode.DUPLICATE_NOT_FOUND)
    for one in (pair.organisation_id, pair.other_id):
        organisations.take(session, actor, one)
    return _decide(session, actor, pair, "reopen", reason, now)


def _find(session: Session, first: str, second: str) -> DuplicatePair | None:
    wanted = select(DuplicatePair).where(DuplicatePair.organisation_id == first, DuplicatePair.other_id == second)
    return session.scalars(wanted.with_for_update()).one_or_none()


def _decide(
    session: Session, actor: Actor, pair: DuplicatePair, action: str, reason: str, now: datetime
) -> dict[str, Any]:
    pair.status = domain.next_status(pair.status, action)
    pair.decided_by, pair.decided_at, pair.decision = actor.account_id, now, reason
    session.flush()
    fact = DuplicateDecided(
        pair_id=pair.id,
        organisation_id=pair.organisation_id,
        other_id=pair.other_id,
        status=pair.status,
        street_codes=sorted({code for code in (pair.street_code, pair.other_street_code) if code}),
    )
    outbox.record(session, fact)
    return queries.get_duplicate_pair(session, actor=actor, pair_id=pair.id)
