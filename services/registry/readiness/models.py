"""Tables of registration readiness."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class ReadinessRuleSet(Base, db.Tenanted, db.Versioned):
    """The conditions for one legal form from a day on; never changed afterwards, a new number follows."""

    __tablename__ = "readiness_rule_set"
    id: Mapped[str] = db.key("rrs")
    legal_form: Mapped[str] = mapped_column(String(16))
    number: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[date]
    rules: Mapped[list[dict[str, Any]]]
    set_by: Mapped[str | None] = db.ref("acc", index=False)
    __table_args__ = (UniqueConstraint("district_code", "legal_form", "number"),)


class ReadinessDeclaration(Base, db.Tenanted, db.Versioned):
    """What an organisation says of itself: counts, sums and yes or no, nobody's name."""

    __tablename__ = "readiness_declaration"
    id: Mapped[str] = db.key("rdy")
    organisation_id: Mapped[str] = db.ref("org", "organisation.id", unique=True)
    facts: Mapped[dict[str, Any]]
    declared_by: Mapped[str | None] = db.ref("acc", index=False)
