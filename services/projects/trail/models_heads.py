"""Tables about heads: the log's keys, where heads were copied to, what witnesses answered, and other logs' heads."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.projects.models import Base


class TrailKey(Base):
    """A public key of the log. ``valid_until`` null: in use; an old one stays, its heads hold for ever."""

    __tablename__ = "trail_key"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    algorithm: Mapped[str] = mapped_column(String(20))
    public_key: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]


class TrailCopy(Base):
    """How far a witness has been told; ``failure``: why the last attempt did not succeed."""

    __tablename__ = "trail_copy"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    witness: Mapped[str] = mapped_column(String(300), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    told_at: Mapped[datetime | None]
    tried_at: Mapped[datetime]
    failure: Mapped[str | None] = mapped_column(Text)


class TrailCosignature(Base):
    """Another log's signature of a head of ours: it saw this head, and that it extends what it had seen."""

    __tablename__ = "trail_cosignature"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    witness: Mapped[str] = mapped_column(String(200), primary_key=True)
    seen_at: Mapped[str] = mapped_column(String(40))
    key_id: Mapped[str] = mapped_column(String(64))
    algorithm: Mapped[str] = mapped_column(String(20))
    signature: Mapped[str] = mapped_column(Text)
    public_key: Mapped[str] = mapped_column(Text)


class TrailPeer(Base):
    """A key of another log that this one bears witness to; named by an operator, who had it from a trusted source."""

    __tablename__ = "trail_peer"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    log: Mapped[str] = mapped_column(String(200), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    algorithm: Mapped[str] = mapped_column(String(20))
    public_key: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime]


class TrailSeenHead(Base):
    """A head of another log, with our cosignature; ``forked``: it contradicts another one, and has none."""

    __tablename__ = "trail_seen_head"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    log: Mapped[str] = mapped_column(String(200), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[str] = mapped_column(String(64), primary_key=True)
    time: Mapped[str] = mapped_column(String(40))
    key_id: Mapped[str] = mapped_column(String(64))
    algorithm: Mapped[str] = mapped_column(String(20))
    signature: Mapped[str] = mapped_column(Text)
    public_key: Mapped[str] = mapped_column(Text)
    seen_at: Mapped[str] = mapped_column(String(40))
    cosignature: Mapped[str | None] = mapped_column(Text)
    cosigned_with: Mapped[str | None] = mapped_column(String(64))
    forked: Mapped[bool] = mapped_column(Boolean)
