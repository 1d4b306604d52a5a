"""Writes of party building."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.registry.codes_assess import PartyCode
from contracts.registry.events_party import (
    PartyActivityRecorded,
    PartyKindSet,
    PartyMembersCounted,
    PartyOrganisationDissolved,
    PartyOrganisationFounded,
)
from services.registry import scope
from services.registry.active import find_active
from services.registry.party import domain, queries
from services.registry.party.models import (
    PartyActivity,
    PartyCover,
    PartyKind,
    PartyMemberCount,
    PartyOrganisation,
)
from services.registry.told import streets


def set_party_kind(
    session: Session, *, actor: Actor, code: str, zh: str, en: str, least_members: int, covers: bool
) -> dict[str, Any]:
    """Binds what is founded from now on."""
    db.check_street(actor, None)
    scope.hold(session, f"party_kind:{actor.district_code}:{code}")
    row = session.scalars(select(PartyKind).filter_by(district_code=actor.district_code, code=code)).one_or_none()
    if row is None:
        row = PartyKind(district_code=actor.district_code, code=code)
        session.add(row)
    row.zh, row.en, row.least_members, row.covers = zh, en, least_members, covers
    session.flush()
    outbox.record(session, PartyKindSet(party_kind_id=row.id, code=code, least_members=least_members, covers=covers))
    return {"code": code, "zh": zh, "en": en, "least_members": least_members, "covers": covers}


def found_party_organisation(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    organisation_id: str,
    kind: str,
    founded_on: date,
    member_count: int,
    covered_organisation_ids: list[str],
) -> dict[str, Any]:
    """An organisation is covered by one at a time."""
    wanted = list(dict.fromkeys([organisation_id, *covered_organisation_ids]))
    covered = [find_active(session, actor, one) for one in wanted]
    form = queries.kind_of(session, actor.district_code, kind)
    domain.check_members(form, member_count)
    today = clock.day_of(now)
    domain.check_day(founded_on, since=None, today=today)
    if form.covers:
        _refuse_covered(session, actor.district_code, wanted)
    row = PartyOrganisation(
        district_code=actor.district_code,
        street_code=covered[0].street_code,
        organisation_id=organisation_id,
        kind=kind,
        founded_on=founded_on,
        member_count=member_count,
        counted_on=today,
        status="active",
        created_at=now,
    )
    session.add(row)
    session.flush()
    place = {"district_code": row.district_code, "party_organisation_id": row.id}
    session.add_all(PartyCover(**place, street_code=one.street_code, organisation_id=one.id) for one in covered)
    _count(session, row, member_count, today)
    outbox.record(session, _founded(row, wanted))
    return queries.render(session, row)


def _founded(row: PartyOrganisation, covered: list[str]) -> PartyOrganisationFounded:
    return PartyOrganisationFounded(
        party_organisation_id=row.id,
        organisation_id=row.organisation_id,
        covered=covered,
        kind=row.kind,
        founded_on=row.founded_on.isoformat(),
        member_count=row.member_count,
        street_codes=streets(row),
    )


def _refuse_covered(session: Session, district_code: str, wanted: list[str]) -> None:
    for one in sorted(wanted):
        scope.hold(session, f"party:{one}")
    covering = [code for code, form in queries.kinds(session, district_code).items() if form.covers]
    taken = (
        select(PartyCover.id)
        .join(PartyOrganisation, PartyOrganisation.id == PartyCover.party_organisation_id)
        .where(
            PartyOrganisation.district_code == district_code,
            PartyOrganisation.status == "active",
            PartyOrganisation.kind.in_(covering),
            PartyCover.organisation_id.in_(wanted),
        )
    )
    if session.scalars(taken).first() is not None:
        raise ConflictError(PartyCode.PARTY_ALREADY_COVERED)


def count_party_members(
    session: Session, *, actor: Actor, now: datetime, party_organisation_id: str, member_count: int, as_of: date
) -> dict[str, Any]:
    """The newest day's count is the count; an older day corrects the history."""
    row = _take(session, actor, party_organisation_id)
    row.status = domain.next_status(row.status, "count")
    domain.check_day(as_of, since=row.founded_on, today=clock.day_of(now))
    _count(session, row, member_count, as_of)
    if as_of >= row.counted_on:
        row.member_count, row.counted_on = member_count, as_of
    session.flush()
    outbox.record(
        session,
        PartyMembersCounted(
            party_organisation_id=row.id,
            organisation_id=row.organisation_id,
            member_count=member_count,
            as_of=as_of.isoformat(),
            street_codes=streets(row),
        ),
    )
    return queries.render(session, row)


def _count(session: Session, row: PartyOrganisation, member_count: int, as_of: date) -> None:
    key = {"party_organisation_id": row.id, "as_of": as_of}
    known = session.scalars(select(PartyMemberCount).filter_by(**key)).one_or_none()
    if known is None:
        place = {"district_code": row.district_code, "street_code": row.street_code}
        session.add(PartyMemberCount(**place, **key, member_count=member_count))
    else:
        known.member_count = member_count


def record_party_activity(
    session: Session, *, actor: Actor, now: datetime, party_organisation_id: str, held_on: date, **told: Any
) -> dict[str, Any]:
    """On or after its founding, not in the future."""
    row = _take(session, actor, party_organisation_id)
    row.status = domain.next_status(row.status, "record")
    domain.check_day(held_on, since=row.founded_on, today=clock.day_of(now))
    activity = PartyActivity(
        district_code=row.district_code,
        street_code=row.street_code,
        party_organisation_id=row.id,
        organisation_id=row.organisation_id,
        held_on=held_on,
        recorded_at=now,
        **told,
    )
    session.add(activity)
    session.flush()
    outbox.record(
        session,
        PartyActivityRecorded(
            party_organisation_id=row.id,
            organisation_id=row.organisation_id,
            activity_id=activity.id,
            kind=activity.kind,
            held_on=held_on.isoformat(),
            attendance=activity.attendance,
            evidence=activity.evidence,
            street_codes=streets(row),
        ),
    )
    return queries.render(session, row)


def dissolve_party_organisation(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    party_organisation_id: str,
    dissolved_on: date,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Its organisations are covered no more."""
    row = _take(session, actor, party_organisation_id, expected_version)
    row.status = domain.next_status(row.status, "dissolve")
    domain.check_day(dissolved_on, since=row.founded_on, today=clock.day_of(now))
    row.dissolved_on, row.dissolved_reason = dissolved_on, reason
    session.flush()
    outbox.record(
        session,
        PartyOrganisationDissolved(
            party_organisation_id=row.id,
            organisation_id=row.organisation_id,
            dissolved_on=dissolved_on.isoformat(),
            street_codes=streets(row),
        ),
    )
    return queries.render(session, row)


def _take(session: Session, actor: Actor, row_id: str, expected: int | None = None) -> PartyOrganisation:
    code, column = PartyCode.PARTY_ORGANISATION_NOT_FOUND, PartyOrganisation.organisation_id
    return scope.take(session, PartyOrganisation, row_id, actor, code, column=column, expected=expected)
