"""Tables of attendance."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base
from services.projects.personal import Sealed


class Attendance(Base, db.Tenanted, db.Versioned):
    """One person at one activity. ``credited_from`` to ``credited_until`` is what counts, once the activity is held.

    ``last_step``: the time step of the code that was last used, which is not accepted again.
    """

    __tablename__ = "activity_attendance"
    id: Mapped[str] = db.key("atn")
    activity_id: Mapped[str] = db.ref("act", "activity.id")
    project_id: Mapped[str] = db.ref("prj", "project.id")
    organisation_id: Mapped[str] = db.ref("org")
    sign_up_id: Mapped[str | None] = db.ref("sgu", "activity_sign_up.id", index=False)
    person_id: Mapped[str | None] = db.ref("psn", "person.id")
    account_id: Mapped[str | None] = db.ref("acc")
    name: Mapped[str | None] = mapped_column(Sealed("activity_attendance.name"))
    phone: Mapped[str | None] = mapped_column(Sealed("activity_attendance.phone"))
    part: Mapped[str] = mapped_column(String(12))
    method: Mapped[str] = mapped_column(String(10))
    walk_in: Mapped[bool] = mapped_column(Boolean)
    late: Mapped[bool] = mapped_column(Boolean)
    status: Mapped[str] = mapped_column(String(10))
    arrived_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    credited_from: Mapped[datetime | None]
    credited_until: Mapped[datetime | None]
    minutes: Mapped[int | None] = mapped_column(Integer)
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (
        Index(
            "uq_activity_attendance_person",
            "district_code",
            "activity_id",
            "person_id",
            unique=True,
            postgresql_where=text("person_id IS NOT NULL AND status <> 'merged'"),
        ),
    )


class CheckInAttempt(Base):
    """Wrong codes of one account at one activity since its last right one."""

    __tablename__ = "check_in_attempt"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    activity_id: Mapped[str] = mapped_column(db.TypeId("act"), primary_key=True)
    account_id: Mapped[str] = mapped_column(db.TypeId("acc"), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    locked_until: Mapped[datetime | None]


class OfflineList(Base, db.Tenanted):
    """A list that an organiser's phone took along; what it brings back names it."""

    __tablename__ = "offline_list"
    id: Mapped[str] = db.key("ofl")
    activity_id: Mapped[str] = db.ref("act", "activity.id")
    issued_to: Mapped[str | None] = db.ref("acc", index=False)
    issued_at: Mapped[datetime]
    valid_until: Mapped[datetime]
    people: Mapped[int] = mapped_column(Integer)


class OfflineRow(Base, db.Tenanted):
    """A row a phone brought back, by the id the phone gave it, and what became of it."""

    __tablename__ = "offline_row"
    id: Mapped[str] = db.key("ofw")
    activity_id: Mapped[str] = db.ref("act", "activity.id", index=False)
    list_id: Mapped[str] = db.ref("ofl", "offline_list.id")
    row_id: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(10))
    code: Mapped[str | None] = mapped_column(String(60))
    attendance_id: Mapped[str | None] = db.ref("atn", "activity_attendance.id", index=False)
    __table_args__ = (UniqueConstraint("district_code", "activity_id", "row_id"),)


class AttendanceCorrection(Base, db.Tenanted, db.Versioned):
    """What was changed in a record, or is asked to be: ``old`` and ``new`` are ``{arrived_at, left_at, status}``."""

    __tablename__ = "attendance_correction"
    id: Mapped[str] = db.key("atc")
    activity_id: Mapped[str] = db.ref("act", "activity.id")
    attendance_id: Mapped[str] = db.ref("atn", "activity_attendance.id")
    status: Mapped[str] = mapped_column(String(10))
    old: Mapped[dict[str, Any]]
    new: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    proposed_by: Mapped[str | None] = db.ref("acc", index=False)
    decided_by: Mapped[str | None] = db.ref("acc", index=False)
    decided_at: Mapped[datetime | None]
