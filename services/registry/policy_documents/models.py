"""Tables of policy documents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class PolicyDocument(Base, db.Tenanted, db.Versioned):
    """A document by its number and issuer; what it says is in its versions."""

    __tablename__ = "policy_document"
    id: Mapped[str] = db.key("pdc")
    title: Mapped[str] = mapped_column(String(200))
    document_number: Mapped[str] = mapped_column(String(60))
    issuer: Mapped[str] = mapped_column(String(100))
    topics: Mapped[list[str]]
    url: Mapped[str | None] = mapped_column(String(500))
    number: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(10))
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        Index(
            "uq_policy_document_number",
            "district_code",
            "document_number",
            unique=True,
            postgresql_where=text("document_number <> ''"),
        ),
    )


class PolicyDocumentVersion(Base, db.Tenanted):
    """A version in force from a day, until a day or until further notice."""

    __tablename__ = "policy_document_version"
    id: Mapped[str] = db.key("pdv")
    document_id: Mapped[str] = db.ref("pdc", "policy_document.id")
    number: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    summary: Mapped[str] = mapped_column(Text)
    evidence: Mapped[list[dict[str, Any]]]
    account_id: Mapped[str | None] = db.ref("acc", index=False)
    written_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("document_id", "number"),)
