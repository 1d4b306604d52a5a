"""Tables of the vocabulary: the district's edits of the shipped words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.resources.models import Base


class Vocabulary(Base, db.Tenanted, db.Versioned):
    """A district's vocabulary, written with its first edit; ``number`` counts the edits."""

    __tablename__ = "vocabulary"
    id: Mapped[str] = db.key("voc")
    number: Mapped[int] = mapped_column(BigInteger, default=0)
    __table_args__ = (UniqueConstraint("district_code"),)


class VocabularyEdit(Base, db.Tenanted):
    """Who added or retired which word of which concept, and why."""

    __tablename__ = "vocabulary_edit"
    id: Mapped[str] = db.key("vce")
    vocabulary_id: Mapped[str] = db.ref("voc", "vocabulary.id")
    number: Mapped[int] = mapped_column(BigInteger)
    concept: Mapped[str] = mapped_column(String(40))
    word: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    account_id: Mapped[str] = db.ref("acc")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    __table_args__ = (UniqueConstraint("district_code", "number"),)
