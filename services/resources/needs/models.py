"""Tables of needs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.resources.models import Base
from services.resources.personal import Sealed

_MATCHABLE = text("status IN ('open', 'partly_met')")


class NeedCaller(Base, db.Tenanted, db.Versioned):
    """Somebody who asked by phone. An account that the person opens later is linked; the caller stays."""

    __tablename__ = "need_caller"
    id: Mapped[str] = db.key("ncl")
    name: Mapped[str] = mapped_column(Sealed("need_caller.name"))
    phone: Mapped[str] = mapped_column(Sealed("need_caller.phone"))
    phone_index: Mapped[str | None] = mapped_column(String(64))
    consented_at: Mapped[datetime]
    taken_by: Mapped[str] = db.ref("acc", index=False)
    account_id: Mapped[str | None] = db.ref("acc")
    linked_by: Mapped[str | None] = db.ref("acc", index=False)
    linked_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("district_code", "street_code", "phone_index"),)


class Need(Base, db.Tenanted, db.Versioned):
    """What an organisation, a project or a resident lacks; the constraint keeps what is on its way within what is
    needed. A resident's names an account or a caller in place of an organisation.

    ``topics``: what is lacked, in concepts; ``substitute_topics``: what it takes instead; ``read_with``: the
    vocabulary that read its text; ``guess_permille``: how near a model's guess of the topics was, where no word was
    met.
    """

    __tablename__ = "need"
    id: Mapped[str] = db.key("ned")
    organisation_id: Mapped[str | None] = db.ref("org")
    project_id: Mapped[str | None] = db.ref("prj", nullable=True)
    status: Mapped[str] = mapped_column(String(20), default="draft")
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(120))
    title_key: Mapped[str] = mapped_column(String(240))
    summary: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(String(20))
    quantity: Mapped[int] = mapped_column(BigInteger)
    allotted: Mapped[int] = mapped_column(BigInteger, default=0)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    skills: Mapped[list[str]]
    tags: Mapped[list[str]]
    fields_of_work: Mapped[list[str]]
    urgency: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[date] = mapped_column(Date)
    community_code: Mapped[str | None] = mapped_column(String(12))
    place: Mapped[str] = mapped_column(String(200))
    topics: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    substitute_topics: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    read_with: Mapped[str] = mapped_column(String(24), server_default="")
    guessed_with: Mapped[str] = mapped_column(String(40), server_default="")
    guess_permille: Mapped[int | None] = mapped_column(Integer)
    entered: Mapped[dict[str, Any]]
    all_or_nothing: Mapped[bool] = mapped_column(Boolean)
    splittable: Mapped[bool] = mapped_column(Boolean)
    substitutes: Mapped[list[str]]
    gates: Mapped[dict[str, Any]]
    languages: Mapped[list[str]]
    persons: Mapped[int | None] = mapped_column(Integer)
    hours_per_week: Mapped[int | None] = mapped_column(Integer)
    times: Mapped[list[dict[str, Any]]]
    mode: Mapped[str] = mapped_column(String(10))
    beneficiary_groups: Mapped[list[str]]
    confirmed_on: Mapped[date | None] = mapped_column(Date)
    confirm_by: Mapped[date | None] = mapped_column(Date)
    requester_account_id: Mapped[str | None] = db.ref("acc")
    requested_by_account_id: Mapped[str | None] = db.ref("acc", index=False)
    linked_account_id: Mapped[str | None] = db.ref("acc")
    caller_id: Mapped[str | None] = db.ref("ncl", "need_caller.id")
    resident_text: Mapped[str | None] = mapped_column(Sealed("need.resident_text"))
    resident_place: Mapped[str | None] = mapped_column(Sealed("need.resident_place"))
    handler_organisation_id: Mapped[str | None] = db.ref("org")
    handler_benefits: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    taken_on_at: Mapped[datetime | None]
    shaped_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("allotted >= 0 AND received >= 0 AND allotted + received <= quantity", name="counters"),
        CheckConstraint("num_nonnulls(organisation_id, requester_account_id, caller_id) = 1", name="needer"),
        Index("ix_need_matchable", "district_code", "kind", "status"),
        Index("ix_need_topics", "topics", postgresql_using="gin", postgresql_where=_MATCHABLE),
        Index("ix_need_substitutes", "substitute_topics", postgresql_using="gin", postgresql_where=_MATCHABLE),
        Index("ix_need_newest", "district_code", "kind", "id", postgresql_where=_MATCHABLE),
        Index("ix_need_unread", "district_code", "id", postgresql_where=text("topics = '{}'")),
        Index("ix_need_read_with", "district_code", "read_with", "id"),
    )
