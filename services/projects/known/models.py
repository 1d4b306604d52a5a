"""What the registry said: organisations and accounts, each with the version it was said in."""

from __future__ import annotations

from sqlalchemy import Boolean, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


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


class KnownAccount(Base, db.Tenanted):
    """An account: role and place, nothing personal."""

    __tablename__ = "known_account"

    id: Mapped[str] = db.key("acc")
    role: Mapped[str | None] = mapped_column(String(30))
    organisation_id: Mapped[str | None] = db.ref("org")
    community_code: Mapped[str | None] = mapped_column(String(12))
    verified: Mapped[bool] = mapped_column(Boolean)
    subject_version: Mapped[int]
