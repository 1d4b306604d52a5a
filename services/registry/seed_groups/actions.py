"""Writes of seed groups."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, db
from chassis.actor import Actor
from chassis.errors import InvalidError
from contracts import roles
from contracts.registry import events
from contracts.registry.codes import RegistryCode
from services.registry.organisations import actions as organisations
from services.registry.organisations import queries as fields
from services.registry.organisations.models import Organisation
from services.registry.places import queries as places
from services.registry.policies.queries import number
from services.registry.seed_groups import domain, queries, steps
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
    steps.record(
        session, row, events.SeedGroupStarted, street_code=street_code, community_code=community_code, hub_id=row.hub_id
    )
    return queries.render(session, row)


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
    member_ids: list[str] | None = None,
) -> dict[str, Any]:
    """A meeting that took place; it counts when enough of those who are members now were there."""
    group = steps.take(session, actor, seed_group_id, "meet", now)
    if held_on > clock.day_of(now):
        raise InvalidError(RegistryCode.SEED_MEETING_IN_FUTURE)
    members = set(session.scalars(select(SeedMember.id).filter_by(seed_group_id=group.id)))
    present = domain.check_present(member_ids, members, attendance)
    needed = domain.quorum(len(members), number(session, group.district_code, "seed_quorum_percent"))
    meeting = SeedMeeting(
        district_code=group.district_code,
        street_code=group.street_code,
        seed_group_id=group.id,
        held_on=held_on,
        attendance=attendance,
        topic=topic,
        evidence=evidence,
        members=len(members),
        needed=needed,
        quorate=present >= needed,
    )
    session.add(meeting)
    session.flush()
    facts = {"meeting_id": meeting.id, "held_on": held_on.isoformat(), "attendance": attendance}
    steps.record(session, group, events.SeedMeetingHeld, **facts)
    return steps.weigh(session, group)


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
    group = steps.take(session, actor, seed_group_id, "file", now, expected_version)
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
    steps.record(session, group, events.SeedGroupFiled, **facts)
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
    group = steps.take(session, actor, seed_group_id, "dissolve", now, expected_version)
    group.purpose = f"{group.purpose}\n（解散原因）{reason}".strip()
    steps.record(session, group, events.SeedGroupDissolved)
    return queries.render(session, group)


def _hub(session: Session, actor: Actor, hub_id: str | None) -> str | None:
    if actor.role == roles.HUB:
        return actor.organisation_id
    if hub_id is None:
        return None
    row = session.scalars(db.scoped(select(Organisation), Organisation, actor).filter_by(id=hub_id)).one_or_none()
    if row is None or row.kind != "hub" or row.status != "active":
        raise InvalidError(RegistryCode.ORGANISATION_HUB_INVALID, hub_id=hub_id)
    return hub_id
