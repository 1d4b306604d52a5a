"""Tables of beneficiaries."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base
from services.projects.personal import Sealed


class Beneficiary(Base, db.Tenanted, db.Versioned):
    """A person whom a project serves. Erased, it still counts: the number stays, who it was does not."""

    __tablename__ = "beneficiary"
    id: Mapped[str] = db.key("bnf")
    project_id: Mapped[str] = db.ref("prj", "project.id")
    organisation_id: Mapped[str] = db.ref("org")
    person_id: Mapped[str] = db.ref("psn", "person.id")
    account_id: Mapped[str | None] = db.ref("acc")
    name: Mapped[str | None] = mapped_column(Sealed("beneficiary.name"))
    phone: Mapped[str | None] = mapped_column(Sealed("beneficiary.phone"))
    health: Mapped[bool] = mapped_column(Boolean)
    under_14: Mapped[bool] = mapped_column(Boolean)
    consent_by: Mapped[str | None] = mapped_column(String(10))
    consent_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(10))
    registered_by: Mapped[str | None] = db.ref("acc", index=False)
    __table_args__ = (
        Index(
            "uq_beneficiary_person",
            "district_code",
            "project_id",
            "person_id",
            unique=True,
            postgresql_where=text("status <> 'merged'"),
        ),
    )


class BeneficiaryGroup(Base, db.Tenanted):
    """People served who were not registered one by one: a number that says it is an estimate, and from what."""

    __tablename__ = "beneficiary_group"
    id: Mapped[str] = db.key("bng")
    project_id: Mapped[str] = db.ref("prj", "project.id")
    activity_id: Mapped[str | None] = db.ref("act", "activity.id")
    label: Mapped[str] = mapped_column(String(100))
    estimated: Mapped[int] = mapped_column(Integer)
    basis: Mapped[str] = mapped_column(Text)
    counted_by: Mapped[str | None] = db.ref("acc", index=False)
    counted_at: Mapped[datetime]
