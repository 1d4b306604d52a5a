"""Tables of single sign-on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db, secretbox
from services.registry import settings
from services.registry.models import Base


class OidcRequest(Base, db.Tenanted):
    """A sign-in on its way through a provider. Single use: claimed for the exchange, then finished."""

    __tablename__ = "oidc_request"
    id: Mapped[str] = db.key("oir")
    provider: Mapped[str] = mapped_column(String(40))
    state_digest: Mapped[str] = mapped_column(String(64), unique=True)
    binding_digest: Mapped[str] = mapped_column(String(64))
    nonce: Mapped[str] = mapped_column(String(64))
    verifier: Mapped[str] = mapped_column(secretbox.Sealed("oidc_request.verifier", settings.DATA_KEY_FILE))
    redirect_uri: Mapped[str] = mapped_column(Text)
    begun_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class AccountIdentity(Base, db.Tenanted):
    """Who an account is at a provider: a keyed digest of the subject, which is personal data like any other id."""

    __tablename__ = "account_identity"
    id: Mapped[str] = db.key("idy")
    account_id: Mapped[str] = db.ref("acc", "account.id")
    provider: Mapped[str] = mapped_column(String(40))
    subject_index: Mapped[str] = mapped_column(String(64))
    linked_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("district_code", "provider", "subject_index"),)


class ProviderKeys(Base):
    """A provider's public keys, fetched by the job process: no service call waits for somebody else's network."""

    __tablename__ = "provider_keys"
    provider: Mapped[str] = mapped_column(String(40), primary_key=True)
    jwks: Mapped[dict[str, Any]] = mapped_column(JSONB)
    fetched_at: Mapped[datetime]
