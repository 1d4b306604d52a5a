"""Meeting people: the same person each time, also when two clerks write at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.projects.identities.models import Person, PersonKey
from services.projects.personal import blind


def keys_of(
    *, account_id: str | None = None, name: str | None = None, phone: str | None = None, document: str | None = None
) -> list[str]:
    """What a person is found by, the strongest first. A name alone is nobody: there are none for it."""
    found = []
    if account_id:
        found.append(blind(account_id, "person account"))
    if document:
        found.append(blind(document, "person document"))
    if name and phone:
        found.append(blind(f"{name} {phone.replace('-', '')}", "person name and phone"))
    return found


def meet(
    session: Session,
    *,
    district_code: str,
    street_code: str | None,
    now: datetime,
    keys: Sequence[str],
    account_id: str | None = None,
) -> str | None:
    """The person these keys lead to, or a new one; ``None`` without a key. Keys nobody has become the person's.

    A key that leads to somebody with another account is not followed: names and phones are shared, accounts are not.
    """
    if not keys:
        return None
    _share(session, district_code)
    person_id = _found(session, district_code, keys, account_id)
    if person_id is None:
        person_id = _new(session, district_code, street_code, now, keys[0], account_id)
    elif account_id is not None:
        session.execute(
            update(Person).where(Person.id == person_id, Person.account_id.is_(None)).values(account_id=account_id)
        )
    rows = [{"district_code": district_code, "digest": key, "person_id": person_id} for key in sorted(keys)]
    session.execute(insert(PersonKey).values(rows).on_conflict_do_nothing())
    return person_id


def _found(session: Session, district_code: str, keys: Sequence[str], account_id: str | None) -> str | None:
    rows = session.execute(
        select(PersonKey.digest, Person.id, Person.account_id)
        .join(Person, Person.id == PersonKey.person_id)
        .where(PersonKey.district_code == district_code, PersonKey.digest.in_(keys))
    )
    known = {digest: (person_id, account) for digest, person_id, account in rows}
    for key in keys:
        person_id, account = known.get(key, (None, None))
        if person_id is not None and (account is None or account_id is None or account == account_id):
            return person_id
    return None


def _new(
    session: Session, district_code: str, street_code: str | None, now: datetime, key: str, account_id: str | None
) -> str:
    """Whoever is second at the key takes the first one's person."""
    person = Person(district_code=district_code, street_code=street_code, account_id=account_id, met_at=now)
    session.add(person)
    session.flush()
    claimed = insert(PersonKey).values(district_code=district_code, digest=key, person_id=person.id)
    if session.scalar(claimed.on_conflict_do_nothing().returning(PersonKey.person_id)) is not None:
        return person.id
    session.delete(person)
    session.flush()
    first = select(PersonKey.person_id).where(PersonKey.district_code == district_code, PersonKey.digest == key)
    return session.scalars(first).one()


def merge(session: Session, *, district_code: str, kept_id: str, merged_id: str) -> None:
    """Every key leads to the one that is kept. The caller moves the rows that name the other one."""
    session.execute(update(PersonKey).where(PersonKey.person_id == merged_id).values(person_id=kept_id))
    session.execute(update(Person).where(Person.merged_into == merged_id).values(merged_into=kept_id))
    kept, merged = session.get_one(Person, kept_id), session.get_one(Person, merged_id)
    kept.account_id = kept.account_id or merged.account_id
    merged.account_id, merged.merged_into = None, kept_id
    session.flush()


def hold(session: Session, district_code: str) -> None:
    """Before a merge: nobody is met meanwhile."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"people:{district_code}", 0))))


def _share(session: Session, district_code: str) -> None:
    session.execute(select(func.pg_advisory_xact_lock_shared(func.hashtextextended(f"people:{district_code}", 0))))


def forget(session: Session, person_id: str) -> None:
    """Nothing leads to the person any more; that there was one stays counted."""
    session.execute(delete(PersonKey).where(PersonKey.person_id == person_id))


def forget_account(session: Session, account_id: str) -> None:
    """An account was erased."""
    mine = select(Person.id).where(Person.account_id == account_id)
    session.execute(delete(PersonKey).where(PersonKey.person_id.in_(mine)))
