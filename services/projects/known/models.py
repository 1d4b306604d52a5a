"""What the registry said: organisations and accounts, each with the version it was said in."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base

ERASED_ROLE = "erased"  # of an account that is no more: news of it that come late change nothing


class KnownOrganisation(Base, db.Tenanted):
    """An organisation as the registry last described it."""

    __tablename__ = "known_organisation"

    id: Mapped[str] = db.key("org")
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(30))
    legal_tier: Mapped[str] = mapped_column(String(30))
    fields: Mapped[list[str]]
    hub_id: Mapped[str | None] = db.ref("org")
    status: Mapped[str] = mapped_column(String(30))
    in_breach: Mapped[bool] = mapped_column(Boolean)
    subject_version: Mapped[int]


class KnownOrganisationPast(Base):
    """Every description that was heard of an organisation: what held at an instant is the newest told until then."""

    __tablename__ = "known_organisation_past"

    organisation_id: Mapped[str] = mapped_column(db.TypeId("org"), primary_key=True)
    subject_version: Mapped[int] = mapped_column(primary_key=True)
    district_code: Mapped[str] = mapped_column(String(6), index=True)
    street_code: Mapped[str | None] = mapped_column(String(9))
    told_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(30))
    legal_tier: Mapped[str] = mapped_column(String(30))
    hub_id: Mapped[str | None] = db.ref("org", index=False)
    status: Mapped[str] = mapped_column(String(30))
    in_breach: Mapped[bool] = mapped_column(Boolean)


class KnownAccount(Base, db.Tenanted):
    """An account: role and place, nothing personal. ``opened_on``: opened on that day, or before."""

    __tablename__ = "known_account"

    id: Mapped[str] = db.key("acc")
    role: Mapped[str | None] = mapped_column(String(30))
    organisation_id: Mapped[str | None] = db.ref("org")
    community_code: Mapped[str | None] = mapped_column(String(12))
    verified: Mapped[bool] = mapped_column(Boolean)
    opened_on: Mapped[date | None]
    subject_version: Mapped[int]
