"""Tables of sign-in. Everything here runs on the system clock: tokens know no demonstration."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class SignInSession(Base, db.Tenanted):
    """A signed-in account. Refresh tokens are kept as digests; the previous one is remembered to notice theft."""

    __tablename__ = "sign_in_session"
    id: Mapped[str] = db.key("ses")
    account_id: Mapped[str] = db.ref("acc", "account.id")
    refresh_digest: Mapped[str] = mapped_column(String(64), unique=True)
    previous_digest: Mapped[str | None] = mapped_column(String(64), index=True)
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """Failures since the last success, by the blind index of the login, whether or not such an account exists."""

    __tablename__ = "sign_in_attempt"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    login_index: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    locked_until: Mapped[datetime | None]
