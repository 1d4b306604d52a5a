"""Tables of privacy."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, ForeignKey, Index, Integer, String, event, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base
from services.registry.personal import Sealed

APPEND_ONLY = """
CREATE OR REPLACE FUNCTION refuse_change_of_access_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the access log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$
"""
TRIGGER = """
CREATE TRIGGER personal_access_append_only BEFORE UPDATE OR DELETE ON personal_access
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_access_log()
"""


class PersonalAccess(Base, db.Tenanted):
    """An entry of the access log: who saw which personal fields of whom, what for and why. Values are not in it.

    The database refuses to change or remove a row (trigger). The reason is somebody's text and may have to be sealed
    anew or erased; so it lies beside the log, and its keyed digest in it.
    """

    __tablename__ = "personal_access"
    id: Mapped[str] = db.key("pal")
    account_id: Mapped[str] = db.ref("acc")
    role: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(40), index=True)
    fields: Mapped[list[str]]
    purpose: Mapped[str] = mapped_column(String(20))
    reason_digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class PersonalAccessReason(Base):
    """Why, in words; null once the person it is about was erased."""

    __tablename__ = "personal_access_reason"
    id: Mapped[str] = mapped_column(db.TypeId("pal"), ForeignKey("personal_access.id"), primary_key=True)
    reason: Mapped[str | None] = mapped_column(Sealed("personal_access_reason.reason"))


# The migration makes them too, and refuses TRUNCATE besides, with which tests empty their databases.
@event.listens_for(PersonalAccess.__table__, "after_create")
def _guard(table: object, connection: Connection, **_: object) -> None:
    for statement in (APPEND_ONLY, TRIGGER):
        connection.execute(text(statement))


class Consent(Base, db.Tenanted, db.Versioned):
    """Somebody's consent to one purpose, as one version of its notice explained it."""

    __tablename__ = "consent"
    id: Mapped[str] = db.key("cns")
    account_id: Mapped[str] = db.ref("acc", "account.id")
    purpose: Mapped[str] = mapped_column(String(30))
    text_version: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(10))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    __table_args__ = (
        Index("uq_consent_given", "account_id", "purpose", unique=True, postgresql_where=text("status = 'given'")),
    )


class PersonalExport(Base, db.Tenanted):
    """A copy of somebody's data, made for them alone; it goes after some days."""

    __tablename__ = "personal_export"
    id: Mapped[str] = db.key("pex")
    account_id: Mapped[str] = db.ref("acc", "account.id")
    content: Mapped[str | None] = mapped_column(Sealed("personal_export.content"))
    requested_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
