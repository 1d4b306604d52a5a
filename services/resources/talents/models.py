"""Tables of the talent grid."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Date, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.resources.models import Base
from services.resources.personal import Sealed


class Talent(Base, db.Tenanted, db.Versioned):
    """A capable resident or volunteer. Name and phone are ciphertext; of an account there is one row."""

    __tablename__ = "talent"
    id: Mapped[str] = db.key("tln")
    kind: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(10))
    name: Mapped[str | None] = mapped_column(Sealed("talent.name"))
    phone: Mapped[str | None] = mapped_column(Sealed("talent.phone"))
    account_id: Mapped[str | None] = db.ref("acc", nullable=True)
    community_code: Mapped[str | None] = mapped_column(String(12))
    cell_code: Mapped[str | None] = mapped_column(String(15))
    skills: Mapped[list[dict[str, Any]]]
    languages: Mapped[list[str]]
    availability: Mapped[list[dict[str, Any]]]
    publish_consented_at: Mapped[datetime | None]
    dispatch_consented_at: Mapped[datetime | None]
    consent_how: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        Index(
            "uq_talent_account",
            "district_code",
            "account_id",
            unique=True,
            postgresql_where=text("account_id IS NOT NULL"),
        ),
        Index("ix_talent_cell", "district_code", "cell_code", "status"),
        Index("ix_talent_skills", "skills", postgresql_using="gin", postgresql_ops={"skills": "jsonb_path_ops"}),
    )


class Credential(Base, db.Tenanted, db.Versioned):
    """A certificate that somebody else issued to a talent."""

    __tablename__ = "talent_credential"
    id: Mapped[str] = db.key("crd")
    talent_id: Mapped[str] = db.ref("tln", "talent.id")
    kind: Mapped[str] = mapped_column(String(40))
    issuer: Mapped[str] = mapped_column(String(120))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    status: Mapped[str] = mapped_column(String(10))
    verified_by: Mapped[str | None] = db.ref("acc", nullable=True, index=False)


class Skill(Base, db.Versioned):
    """A word of the district's taxonomy, where it differs from what the product brings."""

    __tablename__ = "talent_skill"
    id: Mapped[str] = db.key("skl")
    district_code: Mapped[str] = mapped_column(String(6), index=True)
    skill: Mapped[str] = mapped_column(String(40))
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(80))
    is_active: Mapped[bool] = mapped_column(Boolean)
    __table_args__ = (UniqueConstraint("district_code", "skill"),)


class TalentNorm(Base):
    """How many people of a skill there should be: a version, never changed but for what is in force."""

    __tablename__ = "talent_norm"
    id: Mapped[str] = db.key("tnm")
    district_code: Mapped[str] = mapped_column(String(6), index=True)
    skill: Mapped[str] = mapped_column(String(40))
    number: Mapped[int] = mapped_column(Integer)
    basis: Mapped[str] = mapped_column(String(10))
    people: Mapped[int] = mapped_column(Integer)
    residents: Mapped[int] = mapped_column(Integer)
    is_current: Mapped[bool] = mapped_column(Boolean)
    published_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("district_code", "skill", "number"),
        Index("uq_talent_norm_current", "district_code", "skill", unique=True, postgresql_where=text("is_current")),
    )


class CellResidents(Base, db.Tenanted):
    """How many people live in a cell, as of a day."""

    __tablename__ = "cell_residents"
    id: Mapped[str] = db.key("clr")
    cell_code: Mapped[str] = mapped_column(String(15))
    residents: Mapped[int] = mapped_column(Integer)
    as_of: Mapped[date] = mapped_column(Date)
    __table_args__ = (
        UniqueConstraint("district_code", "cell_code"),
        CheckConstraint("residents >= 0", name="residents"),
    )
