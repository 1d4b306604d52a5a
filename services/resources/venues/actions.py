"""Cutting windows and holding time. The caller holds the lock of the venue's row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from chassis import ids
from services.resources.allocations.models import Allocation
from services.resources.offers import holding
from services.resources.offers import queries as offers
from services.resources.offers.models import Offer
from services.resources.stock.domain import SPLIT, About
from services.resources.venues import domain
from services.resources.venues.models import VenueHold


def cut_windows(session: Session, offer: Offer, free: Sequence[dict[str, Any]], parts: list[dict[str, Any]]) -> None:
    """Where a part of a free window is wanted, the window becomes several: the part keeps its place in the list, so
    that a running round still means the same by its number."""
    for part in parts:
        if part in free:
            continue
        for window in free:
            pieces = domain.cut(*offers.windows_of([window, part]))
            if pieces and window in offer.windows:
                _replace(session, offer, window, part, [_stored(piece) for piece in pieces])
                break


def _replace(
    session: Session, offer: Offer, window: dict[str, Any], part: dict[str, Any], pieces: list[dict[str, Any]]
) -> None:
    rest = [piece for piece in pieces if piece != part]
    windows = [part if one == window else one for one in offer.windows]
    offer.windows = [*windows, *rest]
    if rest:
        holding.grow(session, offer, len(rest), About(kind=SPLIT))


def _stored(window: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() for name, value in window.items()}


def hold(session: Session, row: Allocation) -> None:
    """Its windows, and no others, are held by this allocation. A racing overlap fails here, whatever came before."""
    session.execute(delete(VenueHold).where(VenueHold.allocation_id == row.id))
    place = {"offer_id": row.offer_id, "district_code": row.district_code, "street_code": row.street_code}
    for window in offers.windows_of(row.windows):
        session.add(VenueHold(id=ids.new_id("vhd"), allocation_id=row.id, **place, **window))
    session.flush()


def let_go(session: Session, row: Allocation) -> None:
    """The time is free again."""
    session.execute(delete(VenueHold).where(VenueHold.allocation_id == row.id))
