"""What changed since the kept market last looked, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import BigInteger, Connection, Integer, SmallInteger, String, UniqueConstraint, event
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, UOWTransaction, mapped_column

from chassis import clock, db, ids
from services.resources.models import Base
from services.resources.needs.models import Need
from services.resources.offers.models import Offer

OFFER, NEED = "offer", "need"


class MarketChange(Base, db.Tenanted):
    """An offer or need that the kept market has not looked at since it changed; written in the change's transaction."""

    __tablename__ = "market_change"
    id: Mapped[str] = db.key("mkc")
    noun: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[str] = mapped_column(String(40))
    touched_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("district_code", "noun", "subject_id"),)


class LiveMarket(Base, db.Tenanted, db.Versioned):
    """One of a district. ``owner``: the process that has it in memory, until ``lease_until``.

    ``value`` = ``bound`` proves the optimum; ``difference``: of the last cold solve, which must be 0.
    ``built_at``: null before the first; ``building``: percent of a building that is under way.
    """

    __tablename__ = "live_market"
    id: Mapped[str] = db.key("lmk")
    owner: Mapped[str] = mapped_column(String(40))
    lease_until: Mapped[datetime]
    value: Mapped[int] = mapped_column(BigInteger)
    bound: Mapped[int] = mapped_column(BigInteger)
    offers: Mapped[int] = mapped_column(Integer)
    needs: Mapped[int] = mapped_column(Integer)
    matched: Mapped[int] = mapped_column(BigInteger)
    wanted: Mapped[int] = mapped_column(BigInteger)
    changes: Mapped[int] = mapped_column(BigInteger)
    built_at: Mapped[datetime | None]
    building: Mapped[int | None] = mapped_column(SmallInteger)
    as_of: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    difference: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (UniqueConstraint("district_code"),)


def note(connection: Connection, rows: Iterable[Offer | Need]) -> None:
    """Once per subject. An update and not nothing where it is noted already: whoever takes the note away must wait for
    this transaction, or it would read the subject as it was."""
    now = clock.system_now()
    values = [
        {"id": ids.new_id("mkc"), "district_code": row.district_code, "street_code": None, "touched_at": now}
        | {"noun": OFFER if isinstance(row, Offer) else NEED, "subject_id": row.id}
        for row in sorted(rows, key=lambda row: row.id)  # one order for all, or two transactions wait for each other
    ]
    new = insert(MarketChange)
    again = new.on_conflict_do_update(
        index_elements=["district_code", "noun", "subject_id"], set_={"touched_at": new.excluded["touched_at"]}
    )
    connection.execute(again.returning(MarketChange.id), values)  # RETURNING: many rows in one statement


@event.listens_for(Session, "after_flush")
def _note_flushed(session: Session, flush: UOWTransaction) -> None:
    """What a flush wrote, in one statement however much it was."""
    rows = [row for row in (*session.new, *session.dirty) if isinstance(row, Offer | Need)]
    if changed := [row for row in rows if row in session.new or session.is_modified(row)]:
        note(session.connection(), changed)
