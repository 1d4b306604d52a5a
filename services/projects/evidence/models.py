"""Tables of evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class EvidencePhoto(Base, db.Tenanted, db.Versioned):
    """A photo that one project or one order names, with what was read from it; the same file elsewhere is a row there.

    The place has three decimals (about 100 m). ``file`` is the shown copy. ``dhash`` and ``vhash``: 64 bits, signed.
    """

    __tablename__ = "evidence_photo"
    id: Mapped[str] = db.key("evp")
    subject: Mapped[str] = mapped_column(String(40))
    project_id: Mapped[str | None] = db.ref("prj", "project.id")
    order_id: Mapped[str | None] = db.ref("ord", "service_order.id")
    organisation_id: Mapped[str | None] = db.ref("org")
    requester_account_id: Mapped[str | None] = db.ref("acc")
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    status: Mapped[str] = mapped_column(String(10), index=True)
    problem: Mapped[str | None] = mapped_column(String(60))
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    taken_at: Mapped[datetime | None]
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    dhash: Mapped[int | None] = mapped_column(BigInteger)
    vhash: Mapped[int | None] = mapped_column(BigInteger)
    comparable: Mapped[bool] = mapped_column(Boolean, default=False)
    band_0: Mapped[int | None] = mapped_column(Integer)
    band_1: Mapped[int | None] = mapped_column(Integer)
    band_2: Mapped[int | None] = mapped_column(Integer)
    band_3: Mapped[int | None] = mapped_column(Integer)
    file: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    consent: Mapped[str] = mapped_column(String(10), default="none")
    consent_reference: Mapped[str | None] = mapped_column(String(100))
    consent_changed_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(200))
    __table_args__ = (
        UniqueConstraint("district_code", "subject", "sha256"),
        CheckConstraint("num_nonnulls(project_id, order_id) = 1", name="one_subject"),
        Index("ix_evidence_photo_sha256", "district_code", "sha256"),
        *(Index(f"ix_evidence_photo_band_{n}", "district_code", f"band_{n}") for n in range(4)),
    )


class EvidenceUse(Base):
    """What names a photo: a milestone, a spending, a report, an order, an activity."""

    __tablename__ = "evidence_use"
    id: Mapped[str] = db.key("evu")
    district_code: Mapped[str] = mapped_column(String(6))
    photo_id: Mapped[str] = db.ref("evp", "evidence_photo.id")
    source: Mapped[str] = mapped_column(String(12))
    source_id: Mapped[str] = mapped_column(String(40))
    used_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("district_code", "photo_id", "source", "source_id"),
        Index("ix_evidence_use_source", "district_code", "source", "source_id"),
    )


class EvidenceTwin(Base):
    """Two photos that are the same file (``same``) or look alike: the hashes differ in ``bits``. Kept both ways."""

    __tablename__ = "evidence_twin"
    photo_id: Mapped[str] = mapped_column(db.TypeId("evp"), ForeignKey("evidence_photo.id"), primary_key=True)
    other_id: Mapped[str] = mapped_column(
        db.TypeId("evp"), ForeignKey("evidence_photo.id"), primary_key=True, index=True
    )
    district_code: Mapped[str] = mapped_column(String(6))
    same: Mapped[bool] = mapped_column(Boolean)
    bits: Mapped[int] = mapped_column(SmallInteger)


class ActivityEvidence(Base, db.Tenanted):
    """Photos and files that show an activity."""

    __tablename__ = "activity_evidence"
    id: Mapped[str] = db.key("aev")
    project_id: Mapped[str] = db.ref("prj", "project.id")
    activity_id: Mapped[str] = db.ref("act", "activity.id")
    evidence: Mapped[list[dict[str, Any]]]
    added_at: Mapped[datetime]


class EvidencePolicy(Base):
    """The district's numbers for photos; what it did not set is the default."""

    __tablename__ = "evidence_policy"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    numbers: Mapped[dict[str, Any]]
