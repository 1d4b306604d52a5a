"""Facts of registry that notify needs to find recipients."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.notify.models import Base


class KnownAccount(Base, db.Tenanted):
    """An account as its events tell of it."""

    __tablename__ = "known_account"
    id: Mapped[str] = db.key("acc")
    role: Mapped[str] = mapped_column(String(40))
    organisation_id: Mapped[str | None] = db.ref("org", nullable=True)
    account_streets: Mapped[list[str]]
    community_code: Mapped[str | None] = mapped_column(String(12))
    verified: Mapped[bool]
    closed: Mapped[bool]
    subject_version: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (Index("ix_known_account_role", "district_code", "role"),)


class KnownOrganisation(Base, db.Tenanted):
    """An organisation as its events tell of it."""

    __tablename__ = "known_organisation"
    id: Mapped[str] = db.key("org")
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40))
    hub_id: Mapped[str | None] = db.ref("org", nullable=True)
    status: Mapped[str] = mapped_column(String(40))
    subject_version: Mapped[int] = mapped_column(BigInteger)


class HeldNotice(Base, db.Tenanted):
    """An event for an organisation without an account: told when its first account opens, so that nothing is lost."""

    __tablename__ = "held_notice"
    id: Mapped[str] = db.key("hld")
    organisation_id: Mapped[str] = db.ref("org")
    event_id: Mapped[str] = mapped_column(db.TypeId("evt"))
    envelope: Mapped[dict[str, Any]]
    held_at: Mapped[datetime] = mapped_column(index=True)
    __table_args__ = (UniqueConstraint("district_code", "organisation_id", "event_id"),)
