"""Tables of brand pages and of known work."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, String, Text, UniqueConstraint, and_, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class BrandPage(Base, db.Tenanted, db.Versioned):
    """What an organisation tells the public of itself."""

    __tablename__ = "brand_page"
    id: Mapped[str] = db.key("brd")
    organisation_id: Mapped[str] = db.ref("org", "organisation.id", unique=True)
    slug: Mapped[str] = mapped_column(String(40))
    tagline_zh: Mapped[str] = mapped_column(String(100))
    tagline_en: Mapped[str] = mapped_column(String(200))
    story_zh: Mapped[str] = mapped_column(Text)
    story_en: Mapped[str] = mapped_column(Text)
    visibility: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(String(10))
    published_at: Mapped[datetime | None]
    hidden_reason: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (UniqueConstraint("district_code", "slug"),)


class BrandHonour(Base, db.Tenanted):
    """An honour others gave; who removed it and why is kept."""

    __tablename__ = "brand_honour"
    id: Mapped[str] = db.key("hon")
    brand_id: Mapped[str] = db.ref("brd", "brand_page.id")
    title: Mapped[str] = mapped_column(String(100))
    awarded_by: Mapped[str] = mapped_column(String(100))
    awarded_on: Mapped[date]
    evidence: Mapped[list[dict[str, Any]]]
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    removed_reason: Mapped[str | None] = mapped_column(Text)


class BrandPhoto(Base, db.Tenanted):
    """A photo and the consent it rests on; the reference to the file goes with the consent."""

    __tablename__ = "brand_photo"
    id: Mapped[str] = db.key("pho")
    brand_id: Mapped[str] = db.ref("brd", "brand_page.id")
    file: Mapped[dict[str, Any] | None]
    caption_zh: Mapped[str] = mapped_column(String(100))
    caption_en: Mapped[str] = mapped_column(String(200))
    people: Mapped[int] = mapped_column(Integer)
    minors: Mapped[bool]
    guardian_consent: Mapped[bool]
    consent_on: Mapped[date | None]
    consent_until: Mapped[date | None]
    consent_document: Mapped[dict[str, Any] | None]
    added_by: Mapped[str | None] = db.ref("acc", index=False)
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)


class KnownProject(Base, db.Tenanted):
    """A project of an organisation, as projects' events tell it. Each event writes its own columns."""

    __tablename__ = "known_project"
    id: Mapped[str] = db.key("prj")
    organisation_id: Mapped[str | None] = db.ref("org")
    title: Mapped[str] = mapped_column(String(300))
    status: Mapped[str] = mapped_column(String(12))
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    grade: Mapped[str | None] = mapped_column(String(4))
    beneficiaries: Mapped[int] = mapped_column(Integer)
    status_version: Mapped[int] = mapped_column(BigInteger)
    report_version: Mapped[int] = mapped_column(BigInteger)


class KnownOrder(Base, db.Tenanted):
    """A service order an organisation delivered: minutes told at delivery, counted once it is confirmed.

    Done again after a dispute, it counts anew for whoever confirmed it last; ``…_version``: the order's version that
    told it, so that what comes late or twice changes nothing.
    """

    __tablename__ = "known_order"
    id: Mapped[str] = db.key("ord")
    organisation_id: Mapped[str | None] = db.ref("org")
    minutes: Mapped[int] = mapped_column(Integer)
    confirmed_on: Mapped[date | None]
    stars: Mapped[int | None] = mapped_column(Integer)
    minutes_version: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    confirmed_version: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    void_version: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    stars_version: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))

    @classmethod
    def counts(cls) -> ColumnElement[bool]:
        """Confirmed, and not voided by a dispute since."""
        return and_(cls.confirmed_on.is_not(None), cls.confirmed_version >= cls.void_version)
