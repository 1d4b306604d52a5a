"""Tables of accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint, false
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base
from services.registry.personal import Sealed


class Account(Base, db.Tenanted, db.Versioned):
    """Somebody who may sign in, in one role. Every personal field is ciphertext; the indexes are keyed digests.

    Login and name are null once the account is erased.
    """

    __tablename__ = "account"
    id: Mapped[str] = db.key("acc")
    role: Mapped[str] = mapped_column(String(20), index=True)
    login: Mapped[str | None] = mapped_column(Sealed("account.login"))
    login_index: Mapped[str] = mapped_column(String(64))
    password_hash: Mapped[str] = mapped_column(String(200))
    name: Mapped[str | None] = mapped_column(Sealed("account.name"))
    phone: Mapped[str | None] = mapped_column(Sealed("account.phone"))
    phone_index: Mapped[str | None] = mapped_column(String(64), index=True)
    email: Mapped[str | None] = mapped_column(Sealed("account.email"))
    organisation_id: Mapped[str | None] = db.ref("org", "organisation.id")
    street_codes: Mapped[list[str]]
    community_code: Mapped[str | None] = mapped_column(String(12))
    locale: Mapped[str] = mapped_column(String(8))
    verified: Mapped[bool]
    verified_by: Mapped[str | None] = db.ref("acc", index=False)
    opened_by: Mapped[str | None] = db.ref("acc", index=False)
    status: Mapped[str] = mapped_column(String(10))
    must_change_password: Mapped[bool] = mapped_column(server_default=false(), default=False)
    password_changed_at: Mapped[datetime | None]
    erasure_requested_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("district_code", "login_index"),
        Index("ix_account_street_codes", "street_codes", postgresql_using="gin"),
    )


class AccountChange(Base, db.Tenanted):
    """A step of an account that decides what it may do; of the person it says nothing but the reason."""

    __tablename__ = "account_change"
    id: Mapped[str] = db.key("ach")
    account_id: Mapped[str] = db.ref("acc", "account.id")
    step: Mapped[str] = mapped_column(String(12))
    was: Mapped[dict[str, Any] | None] = mapped_column(JSONB, nullable=True)
    became: Mapped[dict[str, Any]]
    reason: Mapped[str | None] = mapped_column(Text)
    changed_by: Mapped[str | None] = db.ref("acc", index=False)
    changed_by_role: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime]
