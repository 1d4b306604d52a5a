"""Writing the ledger. The caller holds the lock of the offer's row, so numbers follow one another."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import ids
from services.resources.stock.domain import CARRIED, About, Balance
from services.resources.stock.models import StockMovement


def record(
    session: Session,
    *,
    offer_id: str,
    district_code: str,
    street_code: str | None,
    at: datetime,
    before: Balance,
    after: Balance,
    about: About,
) -> None:
    """Enter a movement. What changed without one (the release before wrote it) is carried over first, visibly."""
    last = _last(session, district_code, offer_id)
    row: dict[str, Any] = {"offer_id": offer_id, "district_code": district_code, "street_code": street_code, "at": at}
    known = balance_of(last) if last else Balance()
    number = last.number if last else 0
    if known != before:
        session.add(_movement(row, number, known, before, About(kind=CARRIED)))
        session.flush()
        number += 1
    session.add(_movement(row, number, before, after, about))
    session.flush()


def first(
    *, offer_id: str, district_code: str, street_code: str | None, at: datetime, after: Balance, about: About
) -> StockMovement:
    """The entry a ledger begins with, of an offer that is new: nothing is before it. Not stored yet."""
    row: dict[str, Any] = {"offer_id": offer_id, "district_code": district_code, "street_code": street_code, "at": at}
    return _movement(row, 0, Balance(), after, about)


def balance_of(row: StockMovement) -> Balance:
    """After the movement."""
    return Balance(
        free=row.free_after, reserved=row.reserved_after, handed_over=row.handed_over_after, retired=row.retired_after
    )


def _last(session: Session, district_code: str, offer_id: str) -> StockMovement | None:
    statement = select(StockMovement).where(
        StockMovement.district_code == district_code, StockMovement.offer_id == offer_id
    )
    return session.scalars(statement.order_by(StockMovement.number.desc()).limit(1)).first()


def _movement(row: dict[str, Any], last: int, before: Balance, after: Balance, about: About) -> StockMovement:
    return StockMovement(
        id=ids.new_id("mov"),
        number=last + 1,
        previous=last or None,
        **row,
        **asdict(about),
        **{f"{place}_before": count for place, count in asdict(before).items()},
        **{f"{place}_after": count for place, count in asdict(after).items()},
    )
