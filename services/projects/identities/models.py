"""Tables of identities."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class Person(Base, db.Tenanted):
    """Somebody who came or was served; nothing is known here but that it is one person.

    ``account_id``: of whom it is known. ``merged_into``: it proved to be another one's second entry.
    """

    __tablename__ = "person"
    id: Mapped[str] = db.key("psn")
    account_id: Mapped[str | None] = db.ref("acc")
    merged_into: Mapped[str | None] = db.ref("psn", "person.id")
    met_at: Mapped[datetime]


class PersonKey(Base):
    """A keyed digest that leads to a person: of the account, of name and phone, of a document. Gone when erased."""

    __tablename__ = "person_key"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = db.ref("psn", "person.id")
