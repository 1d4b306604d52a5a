"""Reading the inbox, and finding whom an event concerns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.notify import kinds
from contracts.notify.codes import NotifyCode
from contracts.notify.messages import MessageView, PreferenceView
from services.notify.catalogue.notice import Notice, To
from services.notify.known import queries as known
from services.notify.messages.models import Message, Preference
from services.notify.redirects import queries as redirects


@dataclass(frozen=True)
class Recipient:
    """An account to be told."""

    account_id: str
    organisation_id: str | None = None
    streets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Audience:
    """Accounts to be told, the organisations they were found for, and organisations that have no account yet."""

    recipients: tuple[Recipient, ...]
    organisation_ids: frozenset[str]
    absent: frozenset[str]


def audience_of(session: Session, district_code: str, notice: Notice, facts: dict[str, Any]) -> Audience:
    """Whom an event concerns, each account once."""
    told = {one for to in notice.to if to.by == "organisation" for one in _ids(facts, to)}
    wanted = frozenset(redirects.survivors(session, district_code, told) if told else told)
    found = known.list_accounts_of(session, district_code, wanted)
    absent = wanted - {row.organisation_id for row in found}
    named = {one for to in notice.to if to.by == "account" for one in _ids(facts, to)}
    rows = {row.id: row for row in found} | known.list_accounts(session, district_code, named)
    roles = {role for to in notice.to for role in to.roles}
    roles |= {one for to in notice.to if to.by == "role" for one in _ids(facts, to)}
    if roles:
        held = known.list_accounts_by_role(session, district_code, roles, facts.get("street_codes") or [])
        rows |= {row.id: row for row in held}
    recipients = {
        **{one: Recipient(one) for one in named},
        **{row.id: Recipient(row.id, row.organisation_id, tuple(row.account_streets)) for row in rows.values()},
    }
    organisations = wanted | {row.organisation_id for row in rows.values() if row.organisation_id}
    return Audience(tuple(recipients.values()), frozenset(organisations), frozenset(absent))


def _ids(facts: dict[str, Any], to: To) -> list[str]:
    value = facts.get(to.name)
    if isinstance(value, list):
        return [str(one) for one in value]
    return [str(value)] if value else []


def get_message(session: Session, *, actor: Actor, message_id: str) -> dict[str, Any]:
    """One message of mine."""
    return render(_mine(session, actor, message_id))


def lock_message(session: Session, actor: Actor, message_id: str) -> Message:
    """One message of mine, locked."""
    return _mine(session, actor, message_id, lock=True)


def _mine(session: Session, actor: Actor, message_id: str, *, lock: bool = False) -> Message:
    row = db.get_scoped(session, Message, message_id, actor, lock=lock)
    if row is None or row.account_id != actor.account_id:
        raise NotFoundError(NotifyCode.MESSAGE_NOT_FOUND, message_id=message_id)
    return row


def list_messages(
    session: Session, *, actor: Actor, unread: bool | None = None, kind: str | None = None, **page: Any
) -> dict[str, Any]:
    """My messages, newest first."""
    statement = db.scoped(select(Message), Message, actor).where(Message.account_id == actor.account_id)
    if unread is not None:
        statement = statement.where(Message.status == ("unread" if unread else "read"))
    if kind is not None:
        statement = statement.where(Message.kind == kind)
    return db.page(session, statement, by=Message.id, render=render, **page)


def count_unread(session: Session, *, actor: Actor) -> dict[str, Any]:
    """How many of my messages I have not read."""
    mine = db.scoped(select(func.count(Message.id)), Message, actor)
    unread = mine.where(Message.account_id == actor.account_id, Message.status == "unread")
    return {"unread": session.scalar(unread) or 0}


def list_preferences(session: Session, *, actor: Actor) -> dict[str, Any]:
    """Every kind on every channel, as it is for me."""
    rows = session.scalars(
        select(Preference).where(
            Preference.district_code == actor.district_code, Preference.account_id == actor.account_id
        )
    )
    own = {(row.kind, row.channel): row.enabled for row in rows}
    items = [
        preference_view(kind, channel, own.get((kind, channel), True))
        for kind in kinds.KINDS
        for channel in kinds.PREFERENCE_CHANNELS
    ]
    return {"items": items, "next_cursor": None}


def muted_accounts(session: Session, district_code: str, kind: str, channel: str) -> set[str]:
    """Accounts that switched this kind off on this channel."""
    rows = session.scalars(
        select(Preference.account_id).where(
            Preference.district_code == district_code,
            Preference.kind == kind,
            Preference.channel == channel,
            Preference.enabled.is_(False),
        )
    )
    return set(rows)


def preference_view(kind: str, channel: str, enabled: bool) -> dict[str, Any]:
    """One preference as people see it."""
    mandatory = channel == kinds.INBOX or kind in kinds.MANDATORY_KINDS
    row = {
        "kind": kind,
        "kind_zh": kinds.KINDS[kind],
        "channel": channel,
        "enabled": enabled or mandatory,
        "mandatory": mandatory,
    }
    shown: dict[str, Any] = PreferenceView().dump(row)
    return shown


def render(row: Message) -> dict[str, Any]:
    """A message as its reader sees it."""
    shown: dict[str, Any] = MessageView().dump(row)
    return shown
