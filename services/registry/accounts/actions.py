"""Writes of accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError
from contracts import roles
from contracts.registry.codes import RegistryCode
from contracts.registry.events import AccountOpened, AccountVerified
from contracts.registry.events_duties import AccountProposed
from services.registry import scope
from services.registry.accounts import domain, history, passwords, queries
from services.registry.accounts.models import Account
from services.registry.organisations.models import Organisation
from services.registry.personal import blind
from services.registry.places import queries as places
from services.registry.policies.queries import number


def open_account(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    role: str,
    street_codes: list[str],
    verified: bool,
    organisation_id: str | None = None,
    community_code: str | None = None,
    must_change_password: bool | None = None,
    **person: Any,
) -> dict[str, Any]:
    """One person, one role; a hub's or CSO's account is bound to its organisation's street.

    Who guards or audits signs in only once another person has confirmed the account.
    """
    domain.check_opener(actor.role, role)
    _refuse_self_grant(session, actor, person)
    streets = posting(
        session,
        actor,
        role=role,
        organisation_id=organisation_id,
        street_codes=street_codes,
        community_code=community_code,
    )
    guarded = domain.first_status(role) == "pending"
    row = Account(
        role=role,
        street_codes=streets,
        organisation_id=organisation_id,
        community_code=community_code,
        verified=verified and role == roles.RESIDENT and community_code is not None,
        verified_by=actor.account_id if verified else None,
        must_change_password=guarded or _must_change(session, actor.district_code, must_change_password),
        opened_by=actor.account_id,
    )
    create(session, actor=actor, now=now, row=row, **person)
    return queries.render(row)


def create(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    row: Account,
    login: str,
    password: str,
    name: str,
    phone: str | None = None,
    email: str | None = None,
    locale: str = "zh-CN",
) -> Account:
    """Seal, hash, store, announce."""
    row.district_code = actor.district_code
    row.street_code = row.street_codes[0] if row.street_codes else None
    row.login, row.login_index = login, blind(login, "login")
    row.name, row.phone, row.email, row.locale = name, phone, email, locale
    row.phone_index = blind(phone, "phone") if phone else None
    row.status, row.created_at = domain.first_status(row.role), now
    _refuse_taken(session, row)
    passwords.check_new(session, row.district_code, password, login=login)
    row.password_hash = passwords.hash_password(password)
    session.add(row)
    session.flush()
    history.remember(session, actor, row, "opened", now=now)
    if row.status == "active":
        tell_opened(session, row)
    else:
        outbox.record(session, AccountProposed(account_id=row.id, role=row.role, street_codes=row.street_codes))
    return row


def posting(
    session: Session,
    actor: Actor,
    *,
    role: str,
    organisation_id: str | None,
    street_codes: list[str],
    community_code: str | None,
) -> list[str]:
    """The streets of a role with its organisation and place, once all agree."""
    organisation = _organisation(session, actor, organisation_id)
    domain.check_organisation(role, organisation.kind if organisation else None)
    streets = list(dict.fromkeys(street_codes))
    if not streets and role in domain.STREET_BOUND and organisation and organisation.street_code:
        streets = [organisation.street_code]
    domain.check_streets(role, streets, community_code)
    for street in streets or (None,):
        db.check_street(actor, street)
    places.check_streets(session, actor.district_code, streets)
    places.check_community(session, actor.district_code, community_code, streets[0] if streets else None)
    return streets


def tell_opened(session: Session, row: Account) -> None:
    """Everybody knows the account: it signs in from now on."""
    outbox.record(
        session,
        AccountOpened(
            account_id=row.id,
            role=row.role,
            organisation_id=row.organisation_id,
            account_streets=row.street_codes,
            community_code=row.community_code,
            verified=row.verified,
            street_codes=row.street_codes,
        ),
    )


def verify_resident(
    session: Session, *, actor: Actor, account_id: str, community_code: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Somebody of the street saw that the resident lives there."""
    row = queries.find_account(session, actor, account_id, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    domain.check_verifiable(row.role, row.verified)
    places.check_community(session, row.district_code, community_code, row.street_code)
    row.community_code, row.verified, row.verified_by = community_code, True, actor.account_id
    session.flush()
    outbox.record(
        session,
        AccountVerified(
            account_id=row.id,
            community_code=community_code,
            street_code=str(row.street_code),
            street_codes=row.street_codes,
        ),
    )
    return queries.render(row)


def _must_change(session: Session, district_code: str, asked: bool | None) -> bool:
    return bool(number(session, district_code, "password_first_change")) if asked is None else asked


def _refuse_self_grant(session: Session, actor: Actor, person: dict[str, Any]) -> None:
    """Somebody who opens accounts opens none with his own phone or e-mail."""
    own = session.get(Account, actor.account_id) if actor.account_id else None
    phone, email = person.get("phone"), (person.get("email") or "").casefold()
    domain.check_no_self_grant(
        same_phone=bool(own and phone and own.phone_index == blind(phone, "phone")),
        same_email=bool(own and email and (own.email or "").casefold() == email),
    )


def _refuse_taken(session: Session, row: Account) -> None:
    scope.hold(session, f"login:{row.login_index}")
    taken = select(Account.id).where(Account.district_code == row.district_code, Account.login_index == row.login_index)
    if session.scalars(taken).first() is not None:
        raise ConflictError(RegistryCode.ACCOUNT_LOGIN_TAKEN)


def _organisation(session: Session, actor: Actor, organisation_id: str | None) -> Organisation | None:
    if organisation_id is None:
        return None
    statement = db.scoped(select(Organisation), Organisation, actor).where(Organisation.id == organisation_id)
    row: Organisation | None = session.scalars(statement).one_or_none()
    if row is None:
        raise InvalidError(RegistryCode.ORGANISATION_NOT_FOUND)
    if row.status != "active":
        raise InvalidError(RegistryCode.ORGANISATION_CLOSED)
    return row
