"""Tables of hub programmes."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class Programme(Base, db.Tenanted, db.Versioned):
    """What a hub undertakes for a street."""

    __tablename__ = "programme"
    id: Mapped[str] = db.key("prg")
    hub_id: Mapped[str] = db.ref("org", "organisation.id")
    title: Mapped[str] = mapped_column(String(100))
    goals: Mapped[list[dict[str, Any]]]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    budget_fen: Mapped[int] = mapped_column(BigInteger)
    award_id: Mapped[str | None] = db.ref("awd", index=False)
    status: Mapped[str] = mapped_column(String(10))
    closing_reason: Mapped[str | None] = mapped_column(Text)


class ProgrammeVisit(Base, db.Tenanted):
    """A supervision visit that counts towards a programme."""

    __tablename__ = "programme_visit"
    id: Mapped[str] = db.key("pgv")
    programme_id: Mapped[str] = db.ref("prg", "programme.id")
    visit_id: Mapped[str] = db.ref("vis", "supervision_visit.id", unique=True, index=False)
