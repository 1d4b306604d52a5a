"""Writes of who operates a centre and who works there."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError, NotFoundError
from contracts.registry.codes_base import BaseCode
from contracts.registry.events_base import (
    CentreOperatorContracted,
    CentreOperatorEnded,
    CentrePostEnded,
    CentrePostFilled,
)
from services.registry.accounts.models import Account
from services.registry.active import check_active
from services.registry.centres import domain, queries
from services.registry.centres.actions import streets
from services.registry.centres.models import Centre, CentreOperator, CentrePost
from services.registry.organisations.queries import find_organisation


def contract_operator(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    centre_id: str,
    organisation_id: str,
    from_on: date,
    until_on: date,
    **facts: Any,
) -> dict[str, Any]:
    """One team at a time; the centre's row is locked, the exclusion constraint stands behind it."""
    centre = queries.take_centre(session, actor, centre_id)
    if centre.status == "closed":
        raise ConflictError(BaseCode.CENTRE_STATE, status=centre.status, action="contract")
    check_active(organisation := find_organisation(session, actor, organisation_id))
    domain.check_period(from_on, until_on)
    standing = session.execute(
        select(CentreOperator.from_on, CentreOperator.until_on).where(
            CentreOperator.centre_id == centre.id, CentreOperator.status != "annulled"
        )
    )
    if domain.overlaps([(row.from_on, row.until_on) for row in standing], from_on, until_on):
        raise ConflictError(BaseCode.OPERATOR_OVERLAPS)
    row = CentreOperator(
        district_code=centre.district_code,
        street_code=centre.street_code,
        centre_id=centre.id,
        centre_number=centre.number,
        organisation_id=organisation.id,
        from_on=from_on,
        until_on=until_on,
        status="agreed",
        agreed_at=now,
        **facts,
    )
    session.add(row)
    session.flush()
    outbox.record(session, _contracted(centre, row))
    return queries.render(session, centre, clock.day_of(now))


def _contracted(centre: Centre, row: CentreOperator) -> CentreOperatorContracted:
    return CentreOperatorContracted(
        centre_id=centre.id,
        operator_id=row.id,
        organisation_id=row.organisation_id,
        from_on=row.from_on.isoformat(),
        until_on=row.until_on.isoformat(),
        street_codes=streets(centre),
    )


def end_operator_contract(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    centre_id: str,
    operator_id: str,
    until_on: date,
    reason: str,
) -> dict[str, Any]:
    """Earlier than agreed."""
    centre = queries.take_centre(session, actor, centre_id)
    row = session.get(CentreOperator, operator_id)
    if row is None or row.centre_id != centre.id:
        raise NotFoundError(BaseCode.OPERATOR_NOT_FOUND)
    action = domain.ending(row.from_on, row.until_on, until_on)
    row.status = domain.next_agreement_status(row.status, action, ended=BaseCode.OPERATOR_ENDED)
    row.reason = reason
    if action == "end":
        row.until_on = until_on
    outbox.record(
        session,
        CentreOperatorEnded(
            centre_id=centre.id, operator_id=row.id, until_on=until_on.isoformat(), street_codes=streets(centre)
        ),
    )
    return queries.render(session, centre, clock.day_of(now))


def fill_centre_post(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    centre_id: str,
    account_id: str,
    post: str,
    from_on: date,
    until_on: date | None = None,
) -> dict[str, Any]:
    """An active account of the district or of the centre's street; the same post once at a time."""
    centre = queries.take_centre(session, actor, centre_id)
    domain.check_period(from_on, until_on)
    _check_account(session, centre, account_id)
    held = session.execute(
        select(CentrePost.from_on, CentrePost.until_on).filter_by(centre_id=centre.id, account_id=account_id, post=post)
    )
    if domain.overlaps([(row.from_on, row.until_on) for row in held], from_on, until_on):
        raise ConflictError(BaseCode.POST_OVERLAPS)
    row = CentrePost(
        district_code=centre.district_code,
        street_code=centre.street_code,
        centre_id=centre.id,
        account_id=account_id,
        post=post,
        from_on=from_on,
        until_on=until_on,
    )
    session.add(row)
    session.flush()
    facts = {"centre_id": centre.id, "post_id": row.id, "account_id": account_id, "post": post}
    outbox.record(session, CentrePostFilled(**facts, from_on=from_on.isoformat(), street_codes=streets(centre)))
    return queries.render(session, centre, clock.day_of(now))


def end_centre_post(
    session: Session, *, actor: Actor, now: datetime, centre_id: str, post_id: str, until_on: date
) -> dict[str, Any]:
    """They work until that day; a day that has been set already may only come closer."""
    centre = queries.take_centre(session, actor, centre_id)
    row = session.get(CentrePost, post_id)
    if row is None or row.centre_id != centre.id:
        raise NotFoundError(BaseCode.POST_NOT_FOUND)
    domain.check_period(row.from_on, until_on)
    if row.until_on is not None and until_on >= row.until_on:
        raise ConflictError(BaseCode.POST_ENDED, until_on=row.until_on.isoformat())
    row.until_on = until_on
    record = CentrePostEnded(
        centre_id=centre.id,
        post_id=row.id,
        account_id=row.account_id,
        until_on=until_on.isoformat(),
        street_codes=streets(centre),
    )
    outbox.record(session, record)
    return queries.render(session, centre, clock.day_of(now))


def _check_account(session: Session, centre: Centre, account_id: str) -> None:
    account = session.scalars(
        select(Account).filter_by(id=account_id, district_code=centre.district_code, status="active")
    ).one_or_none()
    if account is None or (account.street_codes and centre.street_code not in account.street_codes):
        raise InvalidError(BaseCode.POST_ACCOUNT_INVALID)
