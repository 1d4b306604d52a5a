"""A district's own wording; what has no row is as shipped."""

from __future__ import annotations

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.notify.models import Base


class Template(Base, db.Tenanted, db.Versioned):
    """The wording of the message of one event in one district."""

    __tablename__ = "template"
    id: Mapped[str] = db.key("tpl")
    event_name: Mapped[str] = mapped_column(String(80))
    title_zh: Mapped[str] = mapped_column(String(200))
    body_zh: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(String(200))
    body_en: Mapped[str] = mapped_column(Text)
    __table_args__ = (UniqueConstraint("district_code", "event_name"),)
