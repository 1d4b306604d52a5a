"""Tables of merges."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class Merge(Base, db.Tenanted, db.Versioned):
    """One organisation goes into another. ``principals``: numbers of the merged one that were in force."""

    __tablename__ = "organisation_merge"
    id: Mapped[str] = db.key("mrg")
    survivor_id: Mapped[str] = db.ref("org", "organisation.id")
    merged_id: Mapped[str] = db.ref("org", "organisation.id")
    status: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str | None] = db.ref("acc", index=False)
    decided_by: Mapped[str | None] = db.ref("acc", index=False)
    decided_at: Mapped[datetime | None]
    decision: Mapped[str | None] = mapped_column(Text)
    undone_by: Mapped[str | None] = db.ref("acc", index=False)
    undone_at: Mapped[datetime | None]
    undo_reason: Mapped[str | None] = mapped_column(Text)
    status_before: Mapped[str | None] = mapped_column(String(10))
    principals: Mapped[list[str]]
    moved: Mapped[dict[str, Any]]
    restored: Mapped[int | None] = mapped_column(Integer)
    # Of organisations of two streets: the other one, and what each account's streets were before it served both.
    merged_street_code: Mapped[str | None] = mapped_column(String(9))
    streets_before: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    __table_args__ = (
        Index("uq_organisation_merge_open", "merged_id", unique=True, postgresql_where=text("status = 'proposed'")),
    )


class MergeMove(Base, db.Tenanted):
    """One reference that a merge moved: which column of which row, and what it said before and after."""

    __tablename__ = "merge_move"
    id: Mapped[str] = db.key("mmv")
    merge_id: Mapped[str] = db.ref("mrg", "organisation_merge.id")
    table_name: Mapped[str] = mapped_column(String(63))
    column_name: Mapped[str] = mapped_column(String(63))
    row_key: Mapped[dict[str, Any]]
    became: Mapped[str | None] = mapped_column(String(40))
