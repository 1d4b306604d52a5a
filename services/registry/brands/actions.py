"""Writes of brand pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, ids, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, NotFoundError
from contracts.registry.codes_assess import BrandCode
from contracts.registry.events_brand import (
    BrandChanged,
    BrandDrafted,
    BrandHidden,
    BrandHonourAdded,
    BrandHonourRemoved,
    BrandPhotoAdded,
    BrandPhotoWithdrawn,
    BrandPublished,
)
from services.registry import scope
from services.registry.active import find_active
from services.registry.brands import domain, queries
from services.registry.brands.models import BrandHonour, BrandPage, BrandPhoto
from services.registry.told import streets


def draft_brand(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    organisation_id: str,
    slug: str | None = None,
    visibility: dict[str, str] | None = None,
    **texts: str,
) -> dict[str, Any]:
    """One page per organisation, seen by its keepers until it is published."""
    organisation = find_active(session, actor, organisation_id)
    domain.check_public(texts)
    scope.hold(session, f"brand:{actor.district_code}")
    if session.scalars(select(BrandPage.id).filter_by(organisation_id=organisation.id)).first() is not None:
        raise ConflictError(BrandCode.BRAND_EXISTS)
    row = BrandPage(
        id=ids.new_id("brd"),
        district_code=organisation.district_code,
        street_code=organisation.street_code,
        organisation_id=organisation.id,
        slug=slug or f"o-{organisation.id[-12:]}",
        visibility=visibility or {},
        status="draft",
        created_at=now,
        **{name: texts.get(name, "") for name in domain.TEXTS},
    )
    _refuse_taken(session, row)
    session.add(row)
    session.flush()
    outbox.record(session, BrandDrafted(brand_id=row.id, organisation_id=organisation.id, street_codes=streets(row)))
    return queries.render(session, row)


def _refuse_taken(session: Session, row: BrandPage) -> None:
    same = select(BrandPage.id).where(
        BrandPage.district_code == row.district_code, BrandPage.slug == row.slug, BrandPage.id != row.id
    )
    if session.scalars(same).first() is not None:
        raise ConflictError(BrandCode.BRAND_SLUG_TAKEN)


def change_brand(
    session: Session, *, actor: Actor, brand_id: str, expected_version: int | None = None, **changes: Any
) -> dict[str, Any]:
    """Only what is sent; a section's visibility likewise."""
    row = _take(session, actor, brand_id, expected_version)
    domain.check_public({name: changes[name] for name in domain.TEXTS if name in changes})
    if "visibility" in changes:
        changes["visibility"] = {**row.visibility, **changes["visibility"]}
    changed = sorted(name for name, value in changes.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, changes[name])
    if row.status == "published":
        domain.check_story(row.story_zh)
    if "slug" in changed:
        scope.hold(session, f"brand:{row.district_code}")
        with session.no_autoflush:
            _refuse_taken(session, row)
    if changed:
        record = BrandChanged(
            brand_id=row.id, organisation_id=row.organisation_id, changed=changed, street_codes=streets(row)
        )
        outbox.record(session, record)
    return queries.render(session, row)


def publish_brand(
    session: Session, *, actor: Actor, now: datetime, brand_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """For everybody, section by section."""
    row = _take(session, actor, brand_id, expected_version)
    row.status = domain.next_status(row.status, "publish")
    domain.check_story(row.story_zh)
    row.published_at, row.hidden_reason = now, None
    session.flush()
    record = BrandPublished(
        brand_id=row.id, organisation_id=row.organisation_id, slug=row.slug, street_codes=streets(row)
    )
    outbox.record(session, record)
    return queries.render(session, row)


def hide_brand(
    session: Session, *, actor: Actor, brand_id: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Off the public site at once."""
    row = _take(session, actor, brand_id, expected_version)
    row.status = domain.next_status(row.status, "hide")
    row.hidden_reason = reason
    session.flush()
    outbox.record(session, BrandHidden(brand_id=row.id, organisation_id=row.organisation_id, street_codes=streets(row)))
    return queries.render(session, row)


def add_brand_honour(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    brand_id: str,
    title: str,
    awarded_by: str,
    awarded_on: date,
    evidence: list[dict[str, Any]],
) -> dict[str, Any]:
    """Given by others, before today."""
    row = _take(session, actor, brand_id)
    domain.check_public({"title": title, "awarded_by": awarded_by})
    domain.check_honour(awarded_on, clock.day_of(now))
    honour = BrandHonour(
        district_code=row.district_code,
        street_code=row.street_code,
        brand_id=row.id,
        title=title,
        awarded_by=awarded_by,
        awarded_on=awarded_on,
        evidence=evidence,
        added_at=now,
    )
    session.add(honour)
    session.flush()
    outbox.record(session, BrandHonourAdded(**_about(row), honour_id=honour.id))
    return queries.render(session, row)


def remove_brand_honour(
    session: Session, *, actor: Actor, now: datetime, brand_id: str, honour_id: str, reason: str
) -> dict[str, Any]:
    """Off the page; the record stays."""
    row = _take(session, actor, brand_id)
    honour = session.get(BrandHonour, honour_id)
    if honour is None or honour.brand_id != row.id or honour.removed_at is not None:
        raise NotFoundError(BrandCode.BRAND_HONOUR_NOT_FOUND)
    honour.removed_at, honour.removed_reason = now, reason
    session.flush()
    outbox.record(session, BrandHonourRemoved(**_about(row), honour_id=honour.id))
    return queries.render(session, row)


def add_brand_photo(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    brand_id: str,
    file: dict[str, Any],
    people: int,
    minors: bool,
    consent: dict[str, Any] | None = None,
    **captions: str,
) -> dict[str, Any]:
    """With people in it, only with their consent on file."""
    row = _take(session, actor, brand_id)
    domain.check_public(captions)
    domain.check_photo(file["media_type"], people=people, minors=minors, consent=consent, today=clock.day_of(now))
    given = consent or {}
    photo = BrandPhoto(
        district_code=row.district_code,
        street_code=row.street_code,
        brand_id=row.id,
        file=file,
        people=max(people, 1) if minors else people,
        minors=minors,
        guardian_consent=bool(given.get("guardian")),
        consent_on=given.get("given_on"),
        consent_until=given.get("until"),
        consent_document=given.get("document"),
        added_by=actor.account_id,
        added_at=now,
        **captions,
    )
    session.add(photo)
    session.flush()
    record = BrandPhotoAdded(**_about(row), photo_id=photo.id, sha256=file["sha256"], consented=bool(given))
    outbox.record(session, record)
    return queries.render(session, row)


def withdraw_brand_photo(
    session: Session, *, actor: Actor, now: datetime, brand_id: str, photo_id: str, reason: str
) -> dict[str, Any]:
    """At once; the reference to the file is erased, the record of the consent and its withdrawal stays."""
    row = _take(session, actor, brand_id)
    photo = session.get(BrandPhoto, photo_id)
    if photo is None or photo.brand_id != row.id:
        raise NotFoundError(BrandCode.BRAND_PHOTO_NOT_FOUND)
    if photo.withdrawn_at is not None:
        raise ConflictError(BrandCode.BRAND_PHOTO_WITHDRAWN)
    photo.file, photo.withdrawn_at, photo.withdrawn_reason = None, now, reason
    session.flush()
    outbox.record(session, BrandPhotoWithdrawn(**_about(row), photo_id=photo.id))
    return queries.render(session, row)


def _about(row: BrandPage) -> dict[str, Any]:
    return {"brand_id": row.id, "organisation_id": row.organisation_id, "street_codes": streets(row)}


def _take(session: Session, actor: Actor, brand_id: str, expected: int | None = None) -> BrandPage:
    code, column = BrandCode.BRAND_NOT_FOUND, BrandPage.organisation_id
    return scope.take(session, BrandPage, brand_id, actor, code, column=column, expected=expected)
