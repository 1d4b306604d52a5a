"""What a merge does beyond moving references: numbers in force, details' history, organisations in a hub's care."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from contracts.registry.events_organisations import AccountMoved
from services.registry.accounts.models import Account
from services.registry.merges import moving
from services.registry.merges.models import Merge
from services.registry.organisations import history
from services.registry.organisations.item_queries import ITEMS
from services.registry.organisations.models import Organisation
from services.registry.organisations.models_details import OrganisationIdentifier

Moved = dict[str, list[dict[str, Any]]]
OWN_COLUMNS = ("hub_id", "merged_into_id")


def end_principals(session: Session, merged: Organisation) -> list[str]:
    """The survivor has its own numbers in force; these become others it is known by. Returns their ids."""
    statement = select(OrganisationIdentifier).where(
        OrganisationIdentifier.organisation_id == merged.id, OrganisationIdentifier.principal
    )
    rows = list(session.scalars(statement))
    for row in rows:
        row.principal = False
    session.flush()
    return [row.id for row in rows]


def begin_principals(session: Session, merge: Merge) -> None:
    """In force again."""
    session.expire_all()
    for row in session.scalars(select(OrganisationIdentifier).where(OrganisationIdentifier.id.in_(merge.principals))):
        row.principal = row.organisation_id == merge.merged_id
    session.flush()


def tell_items(
    session: Session,
    actor: Actor,
    source: Organisation,
    target: Organisation,
    moved: Moved,
    reason: str,
    now: datetime,
) -> None:
    """Details that changed hands are in the history of both, so that both can be seen as of an instant."""
    for kind in ITEMS.values():
        ids = [key["id"] for key in moved.get(kind.model.__tablename__, [])]
        rows = session.scalars(
            select(kind.model).where(kind.model.id.in_(ids)).execution_options(populate_existing=True)
        )
        for row in rows:
            facts = kind.facts(row)
            history.remember(session, actor, source, kind.name, facts, None, reason, now, item_id=row.id)
            history.remember(session, actor, target, kind.name, None, facts, reason, now, item_id=row.id)


def streets_of(merge: Merge) -> list[str]:
    """Whose people hear of it: one street, or the two."""
    return list(dict.fromkeys(code for code in (merge.street_code, merge.merged_street_code) if code))


def join_streets(session: Session, merge: Merge) -> list[str]:
    """Whoever acts for the survivor serves both streets from now on: rows keep the street they were written under.

    Returns the accounts that changed.
    """
    both = streets_of(merge)
    session.expire_all()
    changed: dict[str, list[str]] = {}
    mine = select(Account).where(Account.organisation_id == merge.survivor_id).order_by(Account.id).with_for_update()
    for row in session.scalars(mine) if len(both) > 1 else ():
        if row.street_codes and not set(both) <= set(row.street_codes):
            changed[row.id] = list(row.street_codes)
            row.street_codes = list(dict.fromkeys([*row.street_codes, *both]))
    merge.streets_before = {**changed}
    session.flush()
    return list(changed)


def part_streets(session: Session, merge: Merge) -> list[str]:
    """Each account serves what it did, unless somebody has changed that since. Returns those that changed."""
    both, changed = streets_of(merge), []
    session.expire_all()
    wanted = select(Account).where(Account.id.in_(merge.streets_before)).order_by(Account.id).with_for_update()
    for row in session.scalars(wanted):
        before = merge.streets_before[row.id]
        if row.street_codes == list(dict.fromkeys([*before, *both])):
            row.street_codes = before
            changed.append(row.id)
    session.flush()
    return changed


def tell_accounts(session: Session, moved: Moved, changed: list[str]) -> list[str]:
    """Other services know whom an account acts for, and where; returns those that act for another organisation.

    Tokens follow within ten minutes.
    """
    ids = [str(key["id"]) for key in moved.get("account", [])]
    wanted = {*ids, *changed}
    rows = session.scalars(select(Account).where(Account.id.in_(wanted)).execution_options(populate_existing=True))
    for row in rows:
        fact = AccountMoved(
            account_id=row.id,
            role=row.role,
            organisation_id=row.organisation_id,
            account_streets=row.street_codes,
            community_code=row.community_code,
            verified=row.verified,
            street_codes=row.street_codes,
        )
        outbox.record(session, fact)
    return ids


def move_cared_for(session: Session, actor: Actor, merge: Merge, now: datetime) -> None:
    """Organisations in the merged hub's care, and those merged into it before, follow; each with its event."""
    for column in OWN_COLUMNS:
        attribute = getattr(Organisation, column)
        rows = session.scalars(select(Organisation).where(attribute == merge.merged_id).with_for_update())
        for row in rows.all():
            became = None if row.id == merge.survivor_id else merge.survivor_id
            history.change(session, actor, row, merge.reason, now, **{column: became})
            moving.note(session, merge, "organisation", column, [{"id": row.id}], became)


def return_cared_for(session: Session, actor: Actor, merge: Merge, reason: str, now: datetime) -> None:
    """Back, where nobody has decided otherwise since."""
    for column in OWN_COLUMNS:
        became = dict(moving.moved_organisations(session, merge, column))
        statement = select(Organisation).where(Organisation.id.in_(became)).with_for_update()
        for row in session.scalars(statement).all():
            if getattr(row, column) == became[row.id]:
                history.change(session, actor, row, reason, now, **{column: merge.merged_id})
