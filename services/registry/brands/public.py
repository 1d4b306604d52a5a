"""The public page: what everybody sees, and a little more for people who signed in. Nobody is named."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import PUBLIC, Actor
from chassis.errors import NotFoundError
from contracts.registry.codes_assess import BrandCode
from contracts.registry.public_brands import PublicBrandLine, PublicBrandView
from services.registry import scope
from services.registry.assessments.models import Assessment
from services.registry.brands import domain
from services.registry.brands.models import BrandHonour, BrandPage, BrandPhoto, KnownOrder, KnownProject
from services.registry.designations import queries as designations
from services.registry.designations.domain import NEEDS_PARTY
from services.registry.organisations.models import Organisation
from services.registry.organisations.queries import fields_of
from services.registry.party.models import PartyCover, PartyOrganisation
from services.registry.party.queries import kinds
from services.registry.places.models import Place

_VIEW, _LINE = PublicBrandView(), PublicBrandLine()
_DISTRICT = "区民政局 / District civil-affairs bureau"
_MOST = 100


def _published(actor: Actor) -> Select[Any]:
    """Pages that are public, of organisations that exist."""
    statement = db.scoped(select(BrandPage), BrandPage, actor)
    return statement.join(Organisation, Organisation.id == BrandPage.organisation_id).where(
        BrandPage.status == "published", Organisation.status == "active"
    )


def _find(session: Session, actor: Actor, slug: str) -> BrandPage:
    row: BrandPage | None = session.scalars(_published(actor).where(BrandPage.slug == slug)).one_or_none()
    if row is None:
        raise NotFoundError(BrandCode.BRAND_NOT_FOUND)
    return row


def get_public_brand(session: Session, *, actor: Actor, today: date, slug: str) -> dict[str, Any]:
    """Each section by its visibility."""
    row = _find(session, actor, slug)
    organisation = session.get_one(Organisation, row.organisation_id)
    told: dict[str, Any] = {
        "slug": row.slug,
        "name": organisation.name,
        "kind": organisation.kind,
        "legal_tier": organisation.legal_tier,
        "field_names": _fields(session, organisation),
        "street_code": organisation.street_code,
        "street_name": _street(session, organisation),
        "founded_on": organisation.founded_on,
        "tagline_zh": row.tagline_zh,
        "tagline_en": row.tagline_en,
        "published_at": row.published_at,
    }
    signed_in = actor.role != PUBLIC
    told |= {"story_zh": None, "story_en": None}
    for section, read in _SECTIONS.items():
        shown = domain.shows(row.visibility, section, signed_in=signed_in)
        told[section] = read(session, row, today) if shown else None
    if domain.shows(row.visibility, "story", signed_in=signed_in):
        told |= {"story_zh": row.story_zh, "story_en": row.story_en}
    view: dict[str, Any] = _VIEW.dump(told)
    return view


def _fields(session: Session, organisation: Organisation) -> list[dict[str, str]]:
    known = {entry["code"]: entry for entry in fields_of(session, organisation.district_code)}
    return [known[code] for code in organisation.fields if code in known]


def _street(session: Session, organisation: Organisation) -> str | None:
    statement = select(Place.name).filter_by(
        district_code=organisation.district_code, code=organisation.street_code, level="street"
    )
    return session.scalars(statement).first()


def _honours(session: Session, row: BrandPage, today: date) -> list[dict[str, Any]]:
    """Others' honours and the district's designations, newest first; those of party building have their section."""
    own = session.scalars(select(BrandHonour).where(BrandHonour.brand_id == row.id, BrandHonour.removed_at.is_(None)))
    found: list[dict[str, Any]] = [
        {"kind": "honour", "title": one.title, "awarded_by": one.awarded_by, "awarded_on": one.awarded_on}
        for one in own
    ]
    party = domain.shows(row.visibility, "party", signed_in=False)
    found.extend(
        {"kind": "designation", "title": one.title, "awarded_by": _DISTRICT, "awarded_on": one.valid_from}
        for one in designations.of_organisation(session, row.organisation_id, today)
        if party or one.kind not in NEEDS_PARTY
    )
    return sorted(found, key=lambda one: str(one["awarded_on"]), reverse=True)[:_MOST]


def _grade(session: Session, row: BrandPage, today: date) -> dict[str, Any] | None:
    held = session.scalars(
        select(Assessment).where(
            Assessment.organisation_id == row.organisation_id,
            Assessment.status == "confirmed",
            Assessment.grade.is_not(None),
            Assessment.valid_until >= today,
        )
    ).one_or_none()
    if held is None:
        return None
    return {"grade": held.grade, "graded_on": held.graded_on, "valid_until": held.valid_until}


def _party(session: Session, row: BrandPage, today: date) -> dict[str, Any] | None:
    kind = session.scalars(
        select(PartyOrganisation.kind)
        .join(PartyCover, PartyCover.party_organisation_id == PartyOrganisation.id)
        .where(PartyCover.organisation_id == row.organisation_id, PartyOrganisation.status == "active")
    ).first()
    known = kinds(session, row.district_code).get(kind or "")
    return None if known is None else {"kind_zh": known.zh, "kind_en": known.en}


def _projects(session: Session, row: BrandPage, today: date) -> list[dict[str, Any]]:
    """Newest first; one that was terminated is no merit and no shame: it is not shown."""
    rows = session.scalars(
        select(KnownProject)
        .where(KnownProject.organisation_id == row.organisation_id, KnownProject.status != "terminated")
        .order_by(KnownProject.id.desc())
        .limit(_MOST)
    )
    return [
        {"title": one.title, "status": one.status, "started_on": one.started_on, "grade": one.grade} for one in rows
    ]


def _hours(session: Session, row: BrandPage, today: date) -> dict[str, int]:
    orders = select(func.count(), func.coalesce(func.sum(KnownOrder.minutes), 0)).where(
        KnownOrder.organisation_id == row.organisation_id, KnownOrder.counts()
    )
    count, minutes = session.execute(orders).one()
    reached = select(func.coalesce(func.sum(KnownProject.beneficiaries), 0)).where(
        KnownProject.organisation_id == row.organisation_id, KnownProject.status != "terminated"
    )
    return {"minutes": int(minutes), "orders": count, "beneficiaries": int(session.scalar(reached) or 0)}


def _photos(session: Session, row: BrandPage, today: date) -> list[dict[str, Any]]:
    rows = session.scalars(select(BrandPhoto).filter_by(brand_id=row.id, withdrawn_at=None).order_by(BrandPhoto.id))
    return [
        {"photo_id": one.id, "caption_zh": one.caption_zh, "caption_en": one.caption_en}
        for one in rows
        if _may_be_shown(one, today)
    ][:_MOST]


def _may_be_shown(photo: BrandPhoto, today: date) -> bool:
    return domain.may_be_shown(
        people=photo.people, consent_on=photo.consent_on, consent_until=photo.consent_until, today=today
    )


_SECTIONS: dict[str, Any] = {
    "honours": _honours,
    "grade": _grade,
    "party": _party,
    "projects": _projects,
    "hours": _hours,
    "photos": _photos,
}


def get_public_photo(session: Session, *, actor: Actor, today: date, slug: str, photo_id: str) -> dict[str, Any]:
    """Where the photo's file is; only while page, section and consent allow it."""
    row = _find(session, actor, slug)
    photo = session.get(BrandPhoto, photo_id)
    shown = domain.shows(row.visibility, "photos", signed_in=actor.role != PUBLIC)
    if photo is None or photo.brand_id != row.id or photo.file is None or not shown:
        raise NotFoundError(BrandCode.BRAND_PHOTO_NOT_FOUND)
    if photo.withdrawn_at is not None or not _may_be_shown(photo, today):
        raise NotFoundError(BrandCode.BRAND_PHOTO_NOT_FOUND)
    return photo.file


def list_public_brands(
    session: Session,
    *,
    actor: Actor,
    street_code: str | None = None,
    field: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """Newest first."""
    statement = _published(actor)
    if street_code is not None:
        statement = statement.where(BrandPage.street_code == street_code)
    if field is not None:
        statement = statement.where(Organisation.fields.cast(JSONB).contains([field]))

    def line(row: BrandPage) -> dict[str, Any]:
        name = session.get_one(Organisation, row.organisation_id).name
        shown: dict[str, Any] = _LINE.dump({**scope.columns(row), "name": name})
        return shown

    return db.page(session, statement, by=BrandPage.id, render=line, cursor=cursor, limit=limit)
