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


def tell_accounts(session: Session, moved: Moved) -> list[str]:
    """Other services know whom an account acts for; returns the accounts' ids. Tokens follow within ten minutes."""
    ids = [str(key["id"]) for key in moved.get("account", [])]
    rows = session.scalars(select(Account).where(Account.id.in_(ids)).execution_options(populate_existing=True))
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
