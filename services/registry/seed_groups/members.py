"""Writes of a seed group's members."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import ConflictError, NotFoundError
from contracts.registry import events
from contracts.registry.codes import RegistryCode
from contracts.registry.events_base import SeedMemberChanged
from services.registry.accounts import queries as accounts
from services.registry.personal import blind
from services.registry.seed_groups import queries, steps
from services.registry.seed_groups.models import SeedGroup, SeedMember


def add_seed_member(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    seed_group_id: str,
    kind: str,
    name: str,
    strengths: str,
    phone: str | None = None,
    account_id: str | None = None,
    duty: str | None = None,
) -> dict[str, Any]:
    """The threshold is looked at after each member."""
    group = steps.take(session, actor, seed_group_id, "join", now)
    if account_id is not None:
        accounts.find_account(session, actor, account_id)
    phone_index = blind(phone, "phone") if phone else None
    _refuse_member_twice(session, group, phone_index, account_id)
    member = SeedMember(
        district_code=group.district_code,
        street_code=group.street_code,
        seed_group_id=group.id,
        kind=kind,
        name=name,
        phone=phone,
        phone_index=phone_index,
        account_id=account_id,
        strengths=strengths,
        duty=duty,
        joined_at=now,
    )
    session.add(member)
    have = queries.counts(session, group)
    steps.record(session, group, events.SeedMemberAdded, seed_member_id=member.id, kind=kind, members=have["members"])
    return steps.weigh(session, group)


def change_seed_member(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    seed_group_id: str,
    seed_member_id: str,
    **changes: str | None,
) -> dict[str, Any]:
    """Kind, duty or strengths; the threshold is looked at afterwards."""
    group = steps.take(session, actor, seed_group_id, "change", now)
    member = _member(session, group, seed_member_id)
    for name, value in changes.items():
        setattr(member, name, value)
    session.flush()
    facts = {"seed_member_id": member.id, "kind": member.kind, "duty": member.duty}
    steps.record(session, group, SeedMemberChanged, **facts)
    return steps.weigh(session, group)


def remove_seed_member(
    session: Session, *, actor: Actor, now: datetime, seed_group_id: str, seed_member_id: str
) -> dict[str, Any]:
    """The row goes, and the personal data with it."""
    group = steps.take(session, actor, seed_group_id, "leave", now)
    session.delete(_member(session, group, seed_member_id))
    have = queries.counts(session, group)
    steps.record(session, group, events.SeedMemberLeft, seed_member_id=seed_member_id, members=have["members"])
    return steps.weigh(session, group)


def _member(session: Session, group: SeedGroup, seed_member_id: str) -> SeedMember:
    found = session.get(SeedMember, seed_member_id)
    if found is None or found.seed_group_id != group.id:
        raise NotFoundError(RegistryCode.SEED_MEMBER_NOT_FOUND)
    return found


def _refuse_member_twice(session: Session, group: SeedGroup, phone_index: str | None, account_id: str | None) -> None:
    same = []
    if phone_index:
        same.append(SeedMember.phone_index == phone_index)
    if account_id:
        same.append(SeedMember.account_id == account_id)
    if not same:
        return
    found = session.scalars(
        select(SeedMember.id).where(SeedMember.seed_group_id == group.id, or_(*same)).limit(1)
    ).first()
    if found is not None:
        raise ConflictError(RegistryCode.SEED_MEMBER_DUPLICATE)
