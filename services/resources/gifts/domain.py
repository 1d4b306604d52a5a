"""When a use may be recorded. Pure."""

from __future__ import annotations

from datetime import date

from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts.resources.codes import ResourcesCode
from contracts.resources.codes_needs import NeedCode
from contracts.resources.codes_stock import StockCode
from services.resources.needs.domain_residents import PROXY

USABLE = ("handed_over", "received", "reported")
RECEIPT = "/v1/trail/receipt?event_id="


def check_use(status: str, count: int, *, received: int, used: int) -> None:
    """Only what was received and is not used yet; never of a gift that is disputed, closed or gone back."""
    if status not in USABLE:
        raise ConflictError(ResourcesCode.ALLOCATION_WRONG_STATUS, status=status, action="use")
    if not 0 < count <= received - used:
        raise ConflictError(StockCode.USE_TOO_MUCH, unused=received - used, asked=count)


def check_day(used_on: date, today: date) -> None:
    """It has been used by now."""
    if used_on > today:
        raise InvalidError(StockCode.USE_AHEAD, used_on=used_on.isoformat())


def check_open(finished: bool) -> None:
    """After its last use there is none."""
    if finished:
        raise ConflictError(StockCode.USE_FINISHED)


def check_story(*, public: bool, received_by: str) -> None:
    """Of a resident only they themselves may agree that it is told publicly."""
    if public and received_by == PROXY:
        raise ForbiddenError(NeedCode.STORY_NOT_YOURS)


def receipt_of(event_id: str | None) -> str | None:
    """Where the trail hands out the receipt of that event."""
    return f"{RECEIPT}{event_id}" if event_id else None
