"""Organisations and projects as their owners told us, and who may not benefit from whom."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.resources.models import Base

ERASED_ROLE = "erased"  # of an account that is no more: news of it that come late change nothing


class KnownOrganisation(Base, db.Tenanted):
    """An organisation of registry; ``source_version`` is the version of the newest event applied."""

    __tablename__ = "known_organisation"
    id: Mapped[str] = db.key("org")
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    fields_of_work: Mapped[list[str]]
    hub_id: Mapped[str | None] = db.ref("org", nullable=True)
    status: Mapped[str] = mapped_column(String(20))
    source_version: Mapped[int] = mapped_column(BigInteger)


class KnownProject(Base, db.Tenanted):
    """A project of projects, running or closed."""

    __tablename__ = "known_project"
    id: Mapped[str] = db.key("prj")
    organisation_id: Mapped[str | None] = db.ref("org", nullable=True)
    title: Mapped[str] = mapped_column(String(200))
    fields_of_work: Mapped[list[str]]
    status: Mapped[str] = mapped_column(String(20))
    source_version: Mapped[int] = mapped_column(BigInteger)


class InterestedParty(Base):
    """A provider declared this organisation its interested party (慈善法 art. 40); holds for all its offers."""

    __tablename__ = "interested_party"
    id: Mapped[str] = db.key("ipt")
    district_code: Mapped[str] = mapped_column(String(6), index=True)
    provider_organisation_id: Mapped[str] = db.ref("org")
    organisation_id: Mapped[str] = db.ref("org")
    __table_args__ = (UniqueConstraint("district_code", "provider_organisation_id", "organisation_id"),)


class KnownAccount(Base, db.Tenanted):
    """An account of registry: whose it is and where; no personal fields."""

    __tablename__ = "known_account"
    id: Mapped[str] = db.key("acc")
    role: Mapped[str | None] = mapped_column(String(20))
    organisation_id: Mapped[str | None] = db.ref("org", nullable=True)
    account_streets: Mapped[list[str]]
    community_code: Mapped[str | None] = mapped_column(String(12))
    verified: Mapped[bool] = mapped_column(Boolean)
    source_version: Mapped[int] = mapped_column(BigInteger)
