"""News from the registry. It may come twice and out of order: an older version never overwrites a newer one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.events import Envelope
from contracts.registry.events import AccountOpened, AccountVerified, OrganisationChanged, OrganisationRegistered
from contracts.registry.events_organisations import AccountMoved
from services.projects.known.models import ERASED_ROLE, KnownAccount, KnownOrganisation, KnownOrganisationPast


def keep_organisation(
    session: Session, event: OrganisationRegistered | OrganisationChanged, envelope: Envelope
) -> None:
    """Insert, or replace an older description."""
    values = {
        "district_code": envelope.district_code,
        "street_code": event.street_code,
        "name": event.name,
        "kind": event.kind,
        "legal_tier": event.legal_tier,
        "fields": event.fields,
        "hub_id": event.hub_id,
        "status": event.status,
        "in_breach": event.in_breach,
        "subject_version": envelope.subject_version,
    }
    statement = insert(KnownOrganisation).values(id=event.organisation_id, **values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_=values,
            where=KnownOrganisation.subject_version < envelope.subject_version,
        )
    )
    _keep_past(session, event.organisation_id, envelope, values)


def _keep_past(session: Session, organisation_id: str, envelope: Envelope, values: dict[str, Any]) -> None:
    """What held when: an older description that arrives late is part of it."""
    names = ("district_code", "street_code", "kind", "legal_tier", "hub_id", "status", "in_breach", "subject_version")
    told = {name: values[name] for name in names}
    made = insert(KnownOrganisationPast).values(organisation_id=organisation_id, told_at=envelope.occurred_at, **told)
    session.execute(made.on_conflict_do_nothing())


def open_account(session: Session, event: AccountOpened, envelope: Envelope) -> None:
    """Place, verification and organisation only where nothing newer is known; a verification knows no organisation."""
    street = event.community_code[:9] if event.community_code else next(iter(event.account_streets), None)
    fixed = {"role": event.role, "opened_on": clock.day_of(envelope.occurred_at)}
    mine = {"organisation_id": event.organisation_id}
    place = {"street_code": street, "community_code": event.community_code, "verified": event.verified}
    statement = insert(KnownAccount).values(
        id=event.account_id,
        district_code=envelope.district_code,
        subject_version=envelope.subject_version,
        **fixed,
        **mine,
        **place,
    )
    newer = KnownAccount.subject_version > envelope.subject_version
    kept = {name: case((newer, getattr(KnownAccount, name)), else_=statement.excluded[name]) for name in place}
    told = statement.excluded.organisation_id
    kept["organisation_id"] = case((newer, func.coalesce(KnownAccount.organisation_id, told)), else_=told)
    version = func.greatest(KnownAccount.subject_version, statement.excluded.subject_version)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={**fixed, **kept, "subject_version": version},
            where=KnownAccount.role.is_distinct_from(ERASED_ROLE),
        )
    )


def move_account(session: Session, event: AccountMoved, envelope: Envelope) -> None:
    """It acts for another organisation: what is newest holds, whatever arrives first."""
    street = event.community_code[:9] if event.community_code else next(iter(event.account_streets), None)
    values = {
        "role": event.role,
        "organisation_id": event.organisation_id,
        "street_code": street,
        "community_code": event.community_code,
        "verified": event.verified,
        "subject_version": envelope.subject_version,
    }
    statement = insert(KnownAccount).values(id=event.account_id, district_code=envelope.district_code, **values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"], set_=values, where=KnownAccount.subject_version < envelope.subject_version
        )
    )


def verify_account(session: Session, event: AccountVerified, envelope: Envelope) -> None:
    """May arrive before the account's opening."""
    values = {
        "street_code": event.street_code,
        "community_code": event.community_code,
        "verified": True,
        "subject_version": envelope.subject_version,
    }
    statement = insert(KnownAccount).values(
        id=event.account_id, district_code=envelope.district_code, role=None, organisation_id=None, **values
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"], set_=values, where=KnownAccount.subject_version < envelope.subject_version
        )
    )
