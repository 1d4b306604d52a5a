"""Writes of seed groups."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis import clock, db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError, NotFoundError
from chassis.events import Event
from contracts import roles
from contracts.registry import events
from contracts.registry.codes import RegistryCode
from services.registry.accounts import queries as accounts
from services.registry.organisations import actions as organisations
from services.registry.organisations import queries as fields
from services.registry.organisations.models import Organisation
from services.registry.personal import blind
from services.registry.places import queries as places
from services.registry.seed_groups import domain, queries
from services.registry.seed_groups.models import SeedGroup, SeedMeeting, SeedMember


def start_seed_group(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    name: str,
    street_code: str,
    purpose: str,
    field_codes: list[str],
    community_code: str | None = None,
    hub_id: str | None = None,
) -> dict[str, Any]:
    """In a street of the actor's; a hub that starts it looks after it."""
    db.check_street(actor, street_code)
    places.check_streets(session, actor.district_code, [street_code])
    places.check_community(session, actor.district_code, community_code, street_code)
    fields.check_fields(session, actor.district_code, field_codes)
    row = SeedGroup(
        district_code=actor.district_code,
        street_code=street_code,
        community_code=community_code,
        name=name,
        purpose=purpose,
        fields=list(dict.fromkeys(field_codes)),
        hub_id=_hub(session, actor, hub_id),
        status="gathering",
        created_at=now,
        touched_at=now,
    )
    session.add(row)
    session.flush()
    _record(
        session, row, events.SeedGroupStarted, street_code=street_code, community_code=community_code, hub_id=row.hub_id
    )
    return queries.render(session, row)


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
) -> dict[str, Any]:
    """The threshold is looked at after each member."""
    group = _take(session, actor, seed_group_id, "join", now)
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
        joined_at=now,
    )
    session.add(member)
    have = queries.counts(session, group)
    _record(session, group, events.SeedMemberAdded, seed_member_id=member.id, kind=kind, members=have["members"])
    return _weigh(session, group)


def remove_seed_member(
    session: Session, *, actor: Actor, now: datetime, seed_group_id: str, seed_member_id: str
) -> dict[str, Any]:
    """The row goes, and the personal data with it."""
    group = _take(session, actor, seed_group_id, "leave", now)
    member = session.get(SeedMember, seed_member_id)
    if member is None or member.seed_group_id != group.id:
        raise NotFoundError(RegistryCode.SEED_MEMBER_NOT_FOUND)
    session.delete(member)
    have = queries.counts(session, group)
    _record(session, group, events.SeedMemberLeft, seed_member_id=seed_member_id, members=have["members"])
    return _weigh(session, group)


def hold_seed_meeting(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    seed_group_id: str,
    held_on: date,
    attendance: int,
    topic: str,
    evidence: list[dict[str, Any]],
) -> dict[str, Any]:
    """A meeting that took place."""
    group = _take(session, actor, seed_group_id, "meet", now)
    if held_on > clock.day_of(now):
        raise InvalidError(RegistryCode.SEED_MEETING_IN_FUTURE)
    meeting = SeedMeeting(
        district_code=group.district_code,
        street_code=group.street_code,
        seed_group_id=group.id,
        held_on=held_on,
        attendance=attendance,
        topic=topic,
        evidence=evidence,
    )
    session.add(meeting)
    session.flush()
    _record(
        session,
        group,
        events.SeedMeetingHeld,
        meeting_id=meeting.id,
        held_on=held_on.isoformat(),
        attendance=attendance,
    )
    return _weigh(session, group)


def file_seed_group(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    seed_group_id: str,
    filing_number: str,
    responsible_person: str,
    name: str | None = None,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """备案: the group becomes an organisation, in the care of the same hub."""
    group = _take(session, actor, seed_group_id, "file", now, expected_version)
    organisation = organisations.create(
        session,
        actor=actor,
        now=now,
        kind="cso",
        legal_tier="filed",
        name=name or group.name,
        fields=group.fields,
        reason=f"种子团队备案 {group.id}",
        filing_number=filing_number,
        responsible_person=responsible_person,
        street_code=group.street_code,
        community_code=group.community_code,
        hub_id=group.hub_id,
        seed_group_id=group.id,
        introduction=group.purpose,
        founded_on=clock.day_of(now),
    )
    group.organisation_id = organisation.id
    facts = {"organisation_id": organisation.id, "street_code": group.street_code, "hub_id": group.hub_id}
    _record(session, group, events.SeedGroupFiled, **facts)
    return queries.render(session, group)


def dissolve_seed_group(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    seed_group_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """The group gives up."""
    group = _take(session, actor, seed_group_id, "dissolve", now, expected_version)
    group.purpose = f"{group.purpose}\n（解散原因）{reason}".strip()
    _record(session, group, events.SeedGroupDissolved)
    return queries.render(session, group)


def _take(
    session: Session, actor: Actor, seed_group_id: str, action: str, now: datetime, expected: int | None = None
) -> SeedGroup:
    """Locked, in the actor's streets, and moved on by ``action``."""
    group = queries.find_group(session, actor, seed_group_id, lock=True)
    db.check_street(actor, group.street_code)
    db.check_version(group, expected)
    group.status = domain.next_status(group.status, action)
    group.touched_at = now  # members and meetings are part of what the version stands for
    return group


def _weigh(session: Session, group: SeedGroup) -> dict[str, Any]:
    """Ready when the threshold is met, gathering again when it no longer is."""
    have = queries.counts(session, group)
    short = domain.missing(have, queries.threshold(session, group.district_code))
    if group.status == "gathering" and not short:
        group.status = domain.next_status(group.status, "reach")
        _record(session, group, events.SeedGroupReady, **have)
    elif group.status == "ready" and short:
        group.status = domain.next_status(group.status, "shrink")
    return queries.render(session, group)


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


def _hub(session: Session, actor: Actor, hub_id: str | None) -> str | None:
    if actor.role == roles.HUB:
        return actor.organisation_id
    if hub_id is None:
        return None
    row = session.scalars(db.scoped(select(Organisation), Organisation, actor).filter_by(id=hub_id)).one_or_none()
    if row is None or row.kind != "hub":
        raise InvalidError(RegistryCode.ORGANISATION_HUB_INVALID, hub_id=hub_id)
    return hub_id


def _record(session: Session, group: SeedGroup, kind: Callable[..., Event], /, **facts: Any) -> None:
    streets = [group.street_code] if group.street_code else []
    outbox.record(session, kind(seed_group_id=group.id, street_codes=streets, **facts))
