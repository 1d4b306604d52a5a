"""The chassis's own tables; every service's database has them beside its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    String,
    Text,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, JSONB, UUID
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis import db


class Base(db.Model):
    """Tables of the chassis."""

    __abstract__ = True
    metadata = db.new_metadata()


POSITION = Sequence("outbox_position", metadata=Base.metadata)


class OutboxEvent(Base):
    """An event that was recorded in the transaction of its fact. Written once: whether it waits, and when it was sent,
    is told by the two tables below (:data:`WAITS`, :data:`SENT_AT`); ``sent_at`` only of events sent before these were.
    """

    __tablename__ = "outbox"
    id: Mapped[str] = db.key("evt")
    position: Mapped[int] = mapped_column(BigInteger, POSITION, unique=True, server_default=POSITION.next_value())
    name: Mapped[str] = mapped_column(String(80))
    district_code: Mapped[str] = mapped_column(String(6))
    subject: Mapped[str] = mapped_column(String(80))
    subject_version: Mapped[int] = mapped_column(BigInteger)
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    headers: Mapped[dict[str, Any]]
    payload: Mapped[dict[str, Any]]
    sent_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("district_code", "subject", "subject_version"),
        Index("ix_outbox_trace", text("(headers ->> 'cloudEvents_correlationid')")),  # ./run trace
    )


class OutboxWaiting(Base):
    """An event the broker has not confirmed yet; the row is written with the event's and deleted by the relay."""

    __tablename__ = "outbox_waiting"
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class OutboxSent(Base):
    """A batch the broker has confirmed: when, and which positions. A position is in one batch at most."""

    __tablename__ = "outbox_sent"
    sent_at: Mapped[datetime] = mapped_column(primary_key=True)
    first_position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    positions: Mapped[Any] = mapped_column(INT8MULTIRANGE)
    __table_args__ = (Index("ix_outbox_sent_positions", "positions", postgresql_using="gist"),)


# Of an OutboxEvent in a statement of one's own.
WAITS = select(OutboxWaiting.position).where(OutboxWaiting.position == OutboxEvent.position).exists()
_BATCH = select(OutboxSent.sent_at).where(OutboxSent.positions.contains(OutboxEvent.position))
SENT_AT = func.coalesce(OutboxEvent.sent_at, _BATCH.limit(1).scalar_subquery())


class SubjectVersion(Base):
    """The gapless version counter of each aggregate's events."""

    __tablename__ = "subject_version"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    subject: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)


class InboxEvent(Base):
    """An event a handler has applied; the row commits with the handler's effect."""

    __tablename__ = "inbox"
    handler: Mapped[str] = mapped_column(String(120), primary_key=True)
    event_id: Mapped[str] = mapped_column(db.TypeId("evt"), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(index=True)


class CommandLog(Base):
    """A command that was carried out, and the ids its reply is rendered from again."""

    __tablename__ = "command_log"
    command_id: Mapped[str] = mapped_column(UUID(as_uuid=False), primary_key=True)
    operation: Mapped[str] = mapped_column(String(80))
    request_hash: Mapped[str] = mapped_column(String(64))
    reply: Mapped[Any] = mapped_column(JSONB, nullable=True)
    done_at: Mapped[datetime] = mapped_column(index=True)
    trace_id: Mapped[str | None] = mapped_column(String(64), index=True)


class Timer(Base):
    """A clock that fires once at ``due_at`` of the district clock, under replicas and after restarts."""

    __tablename__ = "timer"
    id: Mapped[str] = db.key("tmr")
    district_code: Mapped[str] = mapped_column(String(6))
    name: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]]
    due_at: Mapped[datetime]
    retry_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str | None] = mapped_column(Text)
    fired_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    trace_id: Mapped[str | None] = mapped_column(String(64), index=True)
    causation_id: Mapped[str | None] = mapped_column(String(60))
    __table_args__ = (
        Index(
            "ix_timer_due",
            "district_code",
            "due_at",
            postgresql_where=text("fired_at IS NULL AND cancelled_at IS NULL"),
        ),
    )


class Periodic(Base):
    """When a periodic task last ran; the row is the lock that keeps replicas from running it twice."""

    __tablename__ = "periodic"
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    next_at: Mapped[datetime]


class Job(Base):
    """Long work, claimed with SKIP LOCKED by the service's job process."""

    __tablename__ = "job"
    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    district_code: Mapped[str] = mapped_column(String(6))
    street_code: Mapped[str | None] = mapped_column(String(9))
    account_id: Mapped[str | None] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(String(12), default="queued")
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    lease_until: Mapped[datetime | None]
    result: Mapped[Any] = mapped_column(JSONB, nullable=True)
    error: Mapped[Any] = mapped_column(JSONB, nullable=True)
    trace_id: Mapped[str | None] = mapped_column(String(64), index=True)
    causation_id: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_job_open", "created_at", postgresql_where=text("status IN ('queued', 'running')")),)


class Parked(Base):
    """A message that could not be handled: byte for byte, with the error and its fingerprint."""

    __tablename__ = "parked"
    id: Mapped[str] = db.key("prk")
    queue: Mapped[str] = mapped_column(String(160), index=True)
    event_id: Mapped[str | None] = mapped_column(String(60))
    headers: Mapped[dict[str, Any]]
    content_type: Mapped[str | None] = mapped_column(String(80))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    error: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(String(64), index=True)
    parked_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]  # a replay was asked for; the relay sends it
    asked_by: Mapped[str | None] = mapped_column(String(60))
    refusal: Mapped[str | None] = mapped_column(Text)  # why the last replay that was asked for was not sent
    settled_at: Mapped[datetime | None]
    settled_as: Mapped[str | None] = mapped_column(String(12))
    settled_by: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        Index("ix_parked_asked", "asked_at", postgresql_where=text("settled_at IS NULL AND asked_at IS NOT NULL")),
    )


class Retrying(Base):
    """An event on its way through the retry tiers, which all services share; known for counting, not for delivery."""

    __tablename__ = "retrying"
    queue: Mapped[str] = mapped_column(String(160), primary_key=True)
    event_id: Mapped[str] = mapped_column(db.TypeId("evt"), primary_key=True)
    attempt: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[datetime]
    error: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(String(64))
    updated_at: Mapped[datetime]


class RevokedSession(Base):
    """A session that ended before its access tokens did; the row goes when the last of them has expired."""

    __tablename__ = "revoked_session"
    session_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    until: Mapped[datetime] = mapped_column(index=True)


class DistrictClock(Base):
    """How far a demonstration has moved a district's clock ahead; forward only."""

    __tablename__ = "district_clock"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    offset_seconds: Mapped[int] = mapped_column(BigInteger)


def clock_offset(session: Session, district_code: str) -> int:
    """Seconds the district clock runs ahead; ``chassis.clock`` caches it for the transaction."""
    found = session.scalar(select(DistrictClock.offset_seconds).where(DistrictClock.district_code == district_code))
    return found or 0
