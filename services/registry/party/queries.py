"""Reads of party building."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import InvalidError
from contracts.registry.codes_assess import PartyCode
from contracts.registry.party import PartyActivityView, PartyKindView, PartyView, StreetCoverage
from services.registry import scope
from services.registry.designations.models import Designation
from services.registry.organisations.models import Organisation
from services.registry.party import domain
from services.registry.party.models import PartyActivity, PartyCover, PartyKind, PartyMemberCount, PartyOrganisation

_VIEW, _ACTIVITY, _KIND, _STREET = PartyView(), PartyActivityView(), PartyKindView(), StreetCoverage()
_COUNTS_SHOWN = 24


def kinds(session: Session, district_code: str) -> dict[str, domain.Kind]:
    """The defaults, and what the district says otherwise."""
    rows = session.scalars(select(PartyKind).where(PartyKind.district_code == district_code).order_by(PartyKind.id))
    own = {row.code: domain.Kind(row.zh, row.en, row.least_members, row.covers) for row in rows}
    return {**domain.DEFAULT_KINDS, **own}


def kind_of(session: Session, district_code: str, code: str) -> domain.Kind:
    """One form."""
    known = kinds(session, district_code)
    if code not in known:
        raise InvalidError(PartyCode.PARTY_KIND_UNKNOWN, kind=code)
    return known[code]


def list_party_kinds(session: Session, *, actor: Actor) -> dict[str, Any]:
    """All of them."""
    known = kinds(session, actor.district_code)
    return {"items": [_KIND.dump({**kind.__dict__, "code": code}) for code, kind in known.items()]}


def render(session: Session, row: PartyOrganisation) -> dict[str, Any]:
    """With whom it covers and its latest counts."""
    session.flush()
    covers = select(PartyCover.organisation_id).where(PartyCover.party_organisation_id == row.id)
    counts = (
        select(PartyMemberCount)
        .where(PartyMemberCount.party_organisation_id == row.id)
        .order_by(PartyMemberCount.as_of.desc())
        .limit(_COUNTS_SHOWN)
    )
    shown: dict[str, Any] = _VIEW.dump(
        {
            **scope.columns(row),
            "party_organisation_id": row.id,
            "covered_organisation_ids": sorted(set(session.scalars(covers)) - {row.organisation_id}),
            "counts": [scope.columns(count) for count in session.scalars(counts)],
        }
    )
    return shown


def get_party_organisation(session: Session, *, actor: Actor, party_organisation_id: str) -> dict[str, Any]:
    """One."""
    code, column = PartyCode.PARTY_ORGANISATION_NOT_FOUND, PartyOrganisation.organisation_id
    row = scope.find(session, PartyOrganisation, party_organisation_id, actor, code, column=column)
    return render(session, row)


def list_party_organisations(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **equal: Any
) -> dict[str, Any]:
    """Newest first."""

    def line(row: PartyOrganisation) -> dict[str, Any]:
        return render(session, row)

    statement = scope.visible(PartyOrganisation, PartyOrganisation.organisation_id, actor).filter_by(**equal)
    return db.page(session, statement, by=PartyOrganisation.id, render=line, cursor=cursor, limit=limit)


def list_party_activities(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **equal: Any
) -> dict[str, Any]:
    """Newest first."""

    def line(row: PartyActivity) -> dict[str, Any]:
        shown: dict[str, Any] = _ACTIVITY.dump({**scope.columns(row), "activity_id": row.id})
        return shown

    statement = scope.visible(PartyActivity, PartyActivity.organisation_id, actor).filter_by(**equal)
    return db.page(session, statement, by=PartyActivity.id, render=line, cursor=cursor, limit=limit)


def get_party_coverage(
    session: Session, *, actor: Actor, today: date, street_code: str | None = None, year: int | None = None
) -> dict[str, Any]:
    """Per street, of the organisations the actor may see."""
    year = year or today.year

    def of(model: Any, column: Any, *conditions: Any) -> Select[Any]:
        rows = scope.visible(model, column, actor).where(*conditions)
        return rows if street_code is None else rows.where(model.street_code == street_code)

    cso = of(Organisation, Organisation.id, Organisation.status == "active", Organisation.kind == "cso")
    party = of(PartyOrganisation, PartyOrganisation.organisation_id, PartyOrganisation.status == "active")
    activities = of(
        PartyActivity,
        PartyActivity.organisation_id,
        PartyActivity.held_on.between(date(year, 1, 1), date(year, 12, 31)),
    )
    flags = of(
        Designation,
        Designation.organisation_id,
        Designation.status == "granted",
        Designation.kind == "red_flag_party",
        Designation.valid_from <= today,
    )
    covering = [code for code, kind in kinds(session, actor.district_code).items() if kind.covers]
    covered = cso.where(Organisation.id.in_(_covered(covering)))
    forms = session.execute(_grouped(party, PartyOrganisation.street_code, PartyOrganisation.kind)).all()
    streets = _streets(
        {
            "organisations": _sum(session, cso, Organisation),
            "covered": _sum(session, covered, Organisation),
            "party_organisations": _sum(session, party, PartyOrganisation),
            "members": _sum(session, party, PartyOrganisation, func.sum(PartyOrganisation.member_count)),
            "activities": _sum(session, activities, PartyActivity),
            "attendance": _sum(session, activities, PartyActivity, func.sum(PartyActivity.attendance)),
            "red_flags": _sum(session, flags, Designation),
        },
        [(street, kind, count) for street, kind, count in forms],
    )
    return {"year": year, "items": streets}


def _covered(kinds_: list[str]) -> Select[Any]:
    return (
        select(PartyCover.organisation_id)
        .join(PartyOrganisation, PartyOrganisation.id == PartyCover.party_organisation_id)
        .where(PartyOrganisation.status == "active", PartyOrganisation.kind.in_(kinds_))
    )


def _grouped(rows: Select[Any], *columns: Any) -> Select[Any]:
    return rows.with_only_columns(*columns, func.count()).group_by(*columns)


def _sum(session: Session, rows: Select[Any], model: Any, value: Any = None) -> dict[str | None, int]:
    value = func.count() if value is None else value
    counted = rows.with_only_columns(model.street_code, value).group_by(model.street_code)
    return {street: int(count or 0) for street, count in session.execute(counted)}


def _streets(sums: dict[str, dict[str | None, int]], forms: list[tuple[str | None, str, int]]) -> list[dict[str, Any]]:
    by_kind: dict[str | None, Counter[str]] = {}
    for street, kind, count in forms:
        by_kind.setdefault(street, Counter())[kind] += count
    found = []
    for street in sorted({one for counts in sums.values() for one in counts}, key=lambda one: one or ""):
        row: dict[str, Any] = {name: counts.get(street, 0) for name, counts in sums.items()}
        share = domain.share_hundredths(row["covered"], row["organisations"])
        forms_here = dict(by_kind.get(street, Counter()))
        found.append(_STREET.dump({**row, "street_code": street, "coverage_hundredths": share, "by_kind": forms_here}))
    return found
