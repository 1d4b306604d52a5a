"""Tables of activities."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Float, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base
from services.projects.personal import Sealed


class Activity(Base, db.Tenanted, db.Versioned):
    """Something a project does with people at a place. Coordinates are kept to three decimals (about 100 m).

    ``secret``: what its check-in codes follow from; it never leaves the service.
    """

    __tablename__ = "activity"
    id: Mapped[str] = db.key("act")
    project_id: Mapped[str] = db.ref("prj", "project.id")
    organisation_id: Mapped[str] = db.ref("org")
    community_code: Mapped[str | None] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    place: Mapped[str] = mapped_column(String(200))
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    capacity: Mapped[int | None] = mapped_column(Integer)
    walk_ins: Mapped[bool] = mapped_column(Boolean)
    status: Mapped[str] = mapped_column(String(10), index=True)
    secret: Mapped[str] = mapped_column(Sealed("activity.secret"))
    opened_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)


class ActivityReschedule(Base, db.Tenanted):
    """It was put off or moved: the old times, the new ones (none yet when put off), and why."""

    __tablename__ = "activity_reschedule"
    id: Mapped[str] = db.key("arc")
    activity_id: Mapped[str] = db.ref("act", "activity.id")
    old_starts_at: Mapped[datetime]
    old_ends_at: Mapped[datetime]
    new_starts_at: Mapped[datetime | None]
    new_ends_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str | None] = db.ref("acc", index=False)
    changed_at: Mapped[datetime]


class SignUp(Base, db.Tenanted, db.Versioned):
    """One person who means to come: an account, or somebody without one by name. ``number``: on the paper list."""

    __tablename__ = "activity_sign_up"
    id: Mapped[str] = db.key("sgu")
    activity_id: Mapped[str] = db.ref("act", "activity.id")
    number: Mapped[int] = mapped_column(Integer)
    person_id: Mapped[str | None] = db.ref("psn", "person.id")
    account_id: Mapped[str | None] = db.ref("acc")
    name: Mapped[str | None] = mapped_column(Sealed("activity_sign_up.name"))
    phone: Mapped[str | None] = mapped_column(Sealed("activity_sign_up.phone"))
    part: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(10))
    queued_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("district_code", "activity_id", "number"),
        Index(
            "uq_activity_sign_up_person",
            "district_code",
            "activity_id",
            "person_id",
            unique=True,
            postgresql_where=text("person_id IS NOT NULL AND status <> 'merged'"),
        ),
    )


class ActivityPolicy(Base):
    """What a district set of the numbers of activities; what it did not is the default."""

    __tablename__ = "activity_policy"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    numbers: Mapped[dict[str, Any]]
