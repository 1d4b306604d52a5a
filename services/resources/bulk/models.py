"""Table of rows that became offers or needs."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.resources.models import Base


class ImportedRow(Base):
    """What a row of a sheet last became, found by its digest: the same row again is known, also after a crash.

    ``sheet``: ``offers`` or ``needs``; ``line``: its number in the sheet of that job.
    """

    __tablename__ = "imported_row"
    id: Mapped[str] = db.key("imr")
    district_code: Mapped[str] = mapped_column(String(6), index=True)
    sheet: Mapped[str] = mapped_column(String(10))
    digest: Mapped[str] = mapped_column(String(64))
    offer_id: Mapped[str | None] = db.ref("ofr", "offer.id", nullable=True)
    need_id: Mapped[str | None] = db.ref("ned", "need.id", nullable=True)
    job_id: Mapped[str] = mapped_column(String(60))
    line: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (
        UniqueConstraint("district_code", "sheet", "digest"),
        CheckConstraint("(offer_id IS NULL) <> (need_id IS NULL)", name="one_of_both"),
    )
