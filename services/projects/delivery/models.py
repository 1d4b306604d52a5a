"""Tables of delivery."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, Index, Integer, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis import db
from services.projects.models import Base


class Project(Base, db.Tenanted, db.Versioned):
    """An awarded proposal under agreement. ``budget``: ``[{line, amount_fen}]``, adds up to ``award_fen``."""

    __tablename__ = "project"
    id: Mapped[str] = db.key("prj")
    proposal_id: Mapped[str] = db.ref("prp")
    round_id: Mapped[str] = db.ref("rnd")
    award_id: Mapped[str] = db.ref("awd")
    organisation_id: Mapped[str] = db.ref("org")
    title: Mapped[str] = mapped_column(String(200))
    fields: Mapped[list[str]]
    status: Mapped[str] = mapped_column(String(20), index=True)
    award_fen: Mapped[int] = mapped_column(BigInteger)
    budget: Mapped[list[dict[str, Any]]]
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    grade: Mapped[str | None] = mapped_column(String(1))
    reason: Mapped[str | None] = mapped_column(Text)
    recovery_plan: Mapped[str | None] = mapped_column(Text)
    recover_fen: Mapped[int | None] = mapped_column(BigInteger)
    closed_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("district_code", "proposal_id"),)


class Milestone(Base, db.Tenanted, db.Versioned):
    """A step of the plan; the tranche of ``tranche_number`` waits for it."""

    __tablename__ = "milestone"
    id: Mapped[str] = db.key("mls")
    project_id: Mapped[str] = db.ref("prj", "project.id")
    number: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date | None] = mapped_column(Date)
    tranche_number: Mapped[int | None] = mapped_column(SmallInteger)
    status: Mapped[str] = mapped_column(String(20))
    summary: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[list[dict[str, Any]]]
    note: Mapped[str | None] = mapped_column(Text)
    submitted_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("project_id", "number"),)


class Spending(Base, db.Tenanted):
    """Money spent from a budget line, with its receipts."""

    __tablename__ = "spending"
    id: Mapped[str] = db.key("spd")
    project_id: Mapped[str] = db.ref("prj", "project.id")
    line: Mapped[str] = mapped_column(String(60))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    spent_on: Mapped[date] = mapped_column(Date)
    purpose: Mapped[str] = mapped_column(String(200))
    receipts: Mapped[list[dict[str, Any]]]
    recorded_at: Mapped[datetime]
    invoices: Mapped[list[SpendingInvoice]] = relationship(
        back_populates="spending", order_by="SpendingInvoice.id", lazy="selectin"
    )


class SpendingInvoice(Base):
    """What an invoice of a spending says of itself. A number may come twice: that is flagged, not refused."""

    __tablename__ = "spending_invoice"
    id: Mapped[str] = db.key("siv")
    district_code: Mapped[str] = mapped_column(String(6))
    spending_id: Mapped[str] = db.ref("spd", "spending.id")
    code: Mapped[str | None] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(30))
    issued_on: Mapped[date | None] = mapped_column(Date)
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    spending: Mapped[Spending] = relationship(back_populates="invoices")
    __table_args__ = (Index("ix_spending_invoice_number", "district_code", "number"),)


class SpendingReceipt(Base):
    """A receipt's content hash is used once in a district: the key refuses the second time."""

    __tablename__ = "spending_receipt"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    spending_id: Mapped[str] = db.ref("spd", "spending.id")


class Report(Base, db.Tenanted):
    """A periodic, tranche or final report."""

    __tablename__ = "project_report"
    id: Mapped[str] = db.key("rpt")
    project_id: Mapped[str] = db.ref("prj", "project.id")
    kind: Mapped[str] = mapped_column(String(20))
    tranche_number: Mapped[int | None] = mapped_column(SmallInteger)
    period_from: Mapped[date | None] = mapped_column(Date)
    period_until: Mapped[date | None] = mapped_column(Date)
    text: Mapped[str] = mapped_column(Text)
    beneficiary_count: Mapped[int] = mapped_column(Integer)
    evidence: Mapped[list[dict[str, Any]]]
    submitted_at: Mapped[datetime]


class Evaluation(Base, db.Tenanted):
    """A mid-term or final evaluation; one of each kind."""

    __tablename__ = "evaluation"
    id: Mapped[str] = db.key("evl")
    project_id: Mapped[str] = db.ref("prj", "project.id")
    kind: Mapped[str] = mapped_column(String(20))
    score: Mapped[int] = mapped_column(SmallInteger)
    grade: Mapped[str] = mapped_column(String(1))
    comment: Mapped[str] = mapped_column(Text)
    evaluated_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("project_id", "kind"),)


class BudgetChange(Base, db.Tenanted, db.Versioned):
    """The whole budget as it should become."""

    __tablename__ = "budget_change"
    id: Mapped[str] = db.key("bch")
    project_id: Mapped[str] = db.ref("prj", "project.id")
    status: Mapped[str] = mapped_column(String(20))
    lines: Mapped[list[dict[str, Any]]]
    reason: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None]


class BudgetVersion(Base, db.Tenanted):
    """A budget that was in force: ``awarded``, ``told`` (a small shift), ``decided``, or by a changed ``agreement``."""

    __tablename__ = "budget_version"
    id: Mapped[str] = db.key("bgv")
    project_id: Mapped[str] = db.ref("prj", "project.id")
    number: Mapped[int] = mapped_column(SmallInteger)
    lines: Mapped[list[dict[str, Any]]]
    source: Mapped[str] = mapped_column(String(10))
    source_id: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("project_id", "number"),)


class EvaluationPolicy(Base):
    """From which score a project is graded A or B: policy of the district."""

    __tablename__ = "evaluation_policy"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    grade_a_from: Mapped[int] = mapped_column(SmallInteger)
    grade_b_from: Mapped[int] = mapped_column(SmallInteger)
