"""Batches of an offer: earliest expiry first out, back to where it came from. The caller holds the offer's lock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import ids
from services.resources.stock import domain
from services.resources.stock.models import BatchPart, StockBatch


def made(
    *, offer_id: str, district_code: str, street_code: str | None, rows: Iterable[dict[str, Any]]
) -> list[StockBatch]:
    """Batches of a new offer, not stored yet; ``rows``: ``{label, quantity, expires_on}`` each."""
    place = {"offer_id": offer_id, "district_code": district_code, "street_code": street_code}
    return [StockBatch(id=ids.new_id("bch"), handed_over=0, retired=0, **place, **row) for row in rows]


def of_offer(session: Session, offer_id: str) -> Sequence[StockBatch]:
    """In the order they were named."""
    return session.scalars(select(StockBatch).where(StockBatch.offer_id == offer_id).order_by(StockBatch.id)).all()


def take(session: Session, *, offer_id: str, allocation_id: str, count: int, today: date) -> list[dict[str, Any]]:
    """Out they go, earliest expiry first: ``[{batch, quantity, expires_on}]``; empty for an offer without batches."""
    rows = {row.id: row for row in of_offer(session, offer_id)}
    if not rows:
        return []
    facts = [
        domain.Batch(id=row.id, expires_on=row.expires_on, left=row.quantity - row.handed_over - row.retired)
        for row in rows.values()
    ]
    told = []
    for batch_id, part in domain.first_out(facts, count, today):
        row = rows[batch_id]
        row.handed_over += part
        _part(session, row, allocation_id).quantity += part
        until = row.expires_on.isoformat() if row.expires_on else None
        told.append({"batch": row.label, "quantity": part, "expires_on": until})
    return told


def bring_back(session: Session, *, allocation_id: str, count: int, today: date, restock: bool) -> int:
    """What came back, latest expiry first. Answers how much of it may be given again: nothing that is past its day or
    written off."""
    parts = session.execute(
        select(BatchPart, StockBatch)
        .join(StockBatch, StockBatch.id == BatchPart.batch_id)
        .where(BatchPart.allocation_id == allocation_id, BatchPart.quantity > 0)
        .order_by(StockBatch.expires_on.desc().nulls_first(), StockBatch.id.desc())
    ).all()
    if not parts:
        return count if restock else 0
    good, missing = 0, count
    for part, batch in parts:
        back = min(part.quantity, missing)
        part.quantity -= back
        batch.handed_over -= back
        missing -= back
        if restock and not domain.is_past(batch.expires_on, today):
            good += back
        else:
            batch.retired += back
    session.flush()
    return good


def retire_expired(session: Session, *, offer_id: str, free: int, today: date) -> int:
    """Of what is free, how much lies in batches past their day: it leaves the offer now, the rest when it is free."""
    left, gone = free, 0
    for row in of_offer(session, offer_id):
        waiting = row.quantity - row.handed_over - row.retired
        if left and waiting and domain.is_past(row.expires_on, today):
            count = min(waiting, left)
            row.retired += count
            left -= count
            gone += count
    session.flush()
    return gone


def retire_all(session: Session, *, offer_id: str, count: int) -> None:
    """The free part leaves the offer, earliest expiry last to be missed: batches follow in the order of their days."""
    rows = sorted(of_offer(session, offer_id), key=lambda row: (row.expires_on or date.max, row.id))
    for row in rows:
        part = min(row.quantity - row.handed_over - row.retired, count)
        row.retired += part
        count -= part
    session.flush()


def _part(session: Session, batch: StockBatch, allocation_id: str) -> BatchPart:
    found = session.scalars(
        select(BatchPart).where(BatchPart.batch_id == batch.id, BatchPart.allocation_id == allocation_id)
    ).one_or_none()
    if found is None:
        place = {"district_code": batch.district_code, "street_code": batch.street_code}
        found = BatchPart(id=ids.new_id("bpt"), batch_id=batch.id, allocation_id=allocation_id, quantity=0, **place)
        session.add(found)
        session.flush()
    return found
