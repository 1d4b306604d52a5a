"""Tables of sign-in. Everything here runs on the system clock: tokens know no demonstration."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base
from services.registry.personal import Sealed


class SignInSession(Base, db.Tenanted):
    """A signed-in account. Refresh tokens are kept as digests; those that were used are in ``spent_refresh_token``.

    ``last_seen_at`` is the last refresh: every ten minutes or so while somebody works.
    """

    __tablename__ = "sign_in_session"
    id: Mapped[str] = db.key("ses")
    account_id: Mapped[str] = db.ref("acc", "account.id")
    refresh_digest: Mapped[str] = mapped_column(String(64), unique=True)
    previous_digest: Mapped[str | None] = mapped_column(String(64), index=True)
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(24))
    method: Mapped[str] = mapped_column(String(10), server_default="password", default="password")
    device: Mapped[str | None] = mapped_column(Sealed("sign_in_session.device"))
    address_prefix: Mapped[str | None] = mapped_column(Sealed("sign_in_session.address_prefix"))
    last_seen_at: Mapped[datetime | None]


class SpentRefreshToken(Base):
    """A refresh token that has been used, kept as long as its session could live: shown again, it betrays a theft.

    ``successor_digest`` is what it was exchanged for; ``final``: not even a lost reply excuses another use.
    """

    __tablename__ = "spent_refresh_token"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[str] = db.ref("ses", "sign_in_session.id")
    successor_digest: Mapped[str] = mapped_column(String(64))
    spent_at: Mapped[datetime]
    final: Mapped[bool]


class SignInAttempt(Base):
    """Failures since the last success, by the blind index of the login, whether or not such an account exists."""

    __tablename__ = "sign_in_attempt"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    login_index: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    locked_until: Mapped[datetime | None]
