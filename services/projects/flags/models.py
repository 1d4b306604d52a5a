"""Tables of flags."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, Integer, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class FlagRules(Base):
    """A published version of a district's rules; it never changes."""

    __tablename__ = "flag_rules"
    id: Mapped[str] = db.key("flr")
    district_code: Mapped[str] = mapped_column(String(6))
    number: Mapped[int] = mapped_column(Integer)
    answer_days: Mapped[int] = mapped_column(SmallInteger)
    rules: Mapped[list[dict[str, Any]]]
    published_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("district_code", "number"),)


class Flag(Base, db.Tenanted, db.Versioned):
    """What a rule found about a project or an order: one row per ``key``, however often it is found again."""

    __tablename__ = "flag"
    id: Mapped[str] = db.key("flg")
    subject: Mapped[str] = mapped_column(String(40))
    project_id: Mapped[str | None] = db.ref("prj", "project.id")
    order_id: Mapped[str | None] = db.ref("ord", "service_order.id")
    organisation_id: Mapped[str | None] = db.ref("org")
    rule: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(120))
    area: Mapped[str] = mapped_column(String(20))
    severity: Mapped[str] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(10))
    facts: Mapped[dict[str, Any]]
    grounds: Mapped[list[str]]
    named: Mapped[list[dict[str, Any]]]
    rules_number: Mapped[int] = mapped_column(Integer)
    answer_days: Mapped[int] = mapped_column(SmallInteger)
    raised_at: Mapped[datetime]
    explanation: Mapped[str | None] = mapped_column(Text)
    explained_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("district_code", "subject", "rule", "key"),
        CheckConstraint("num_nonnulls(project_id, order_id) = 1", name="one_subject"),
        Index("ix_flag_scope", "district_code", "street_code", "status"),
    )
