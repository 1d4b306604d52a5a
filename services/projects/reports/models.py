"""Tables of periodic reports."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, Integer, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class ReportPolicy(Base):
    """What a district (``scope`` = ``district``) or one round (its id) set; what it did not is inherited."""

    __tablename__ = "report_policy"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    scope: Mapped[str] = mapped_column(String(40), primary_key=True)
    rules: Mapped[dict[str, Any]]


class ReportPlan(Base, db.Tenanted, db.Versioned):
    """The anchor of a project's reports and the rules as they were when it was planned."""

    __tablename__ = "report_plan"
    __table_args__ = (UniqueConstraint("district_code", "project_id"),)

    id: Mapped[str] = db.key("rpn")
    project_id: Mapped[str] = db.ref("prj", "project.id")
    anchor_on: Mapped[date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(String(10))
    rules: Mapped[dict[str, Any]]


class ReportSlot(Base, db.Tenanted, db.Versioned):
    """A report that is due. ``original_due_on`` is written once; an extension moves ``due_on`` of this one only."""

    __tablename__ = "report_slot"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    id: Mapped[str] = db.key("rsl")
    project_id: Mapped[str] = db.ref("prj", "project.id")
    organisation_id: Mapped[str] = db.ref("org")
    milestone_id: Mapped[str | None] = db.ref("mls", "milestone.id", index=False)
    number: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[str] = mapped_column(String(10), index=True)
    period_from: Mapped[date] = mapped_column(Date)
    period_until: Mapped[date] = mapped_column(Date)
    original_due_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    calendar_confirmed: Mapped[bool] = mapped_column(Boolean)
    late: Mapped[bool] = mapped_column(Boolean)
    extensions: Mapped[list[dict[str, Any]]]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]


class ReportVersion(Base, db.Tenanted):
    """A report as it was handed in, with the platform's figures of that moment."""

    __tablename__ = "report_version"
    __table_args__ = (UniqueConstraint("report_slot_id", "number"),)

    id: Mapped[str] = db.key("rsv")
    report_slot_id: Mapped[str] = db.ref("rsl", "report_slot.id")
    number: Mapped[int] = mapped_column(SmallInteger)
    text: Mapped[str] = mapped_column(Text)
    activity_count: Mapped[int] = mapped_column(Integer)
    beneficiary_count: Mapped[int] = mapped_column(Integer)
    service_minutes: Mapped[int] = mapped_column(BigInteger)
    spending: Mapped[list[dict[str, Any]]]
    deviation: Mapped[str] = mapped_column(Text)
    next_period: Mapped[str] = mapped_column(Text)
    figures: Mapped[dict[str, Any]]
    evidence: Mapped[list[dict[str, Any]]]
    submitted_at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(String(10))
    note: Mapped[str | None] = mapped_column(Text)
