"""Needs: states and counters. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace

from chassis.errors import ConflictError
from contracts.resources.codes import ResourcesCode
from contracts.resources.codes_stock import StockCode

DRAFT, VERIFIED, OPEN, PARTLY = "draft", "verified", "open", "partly_met"
MET, UNMET, CANCELLED = "met", "unmet_closed", "cancelled"
STATUSES = (DRAFT, VERIFIED, OPEN, PARTLY, MET, UNMET, CANCELLED)
ACTIONS = ("verify", "open", "receive_part", "receive_all", "take_back", "close", "cancel")
MATCHABLE = (OPEN, PARTLY)

TRANSITIONS: dict[tuple[str, str], str] = {
    (DRAFT, "verify"): VERIFIED,
    (VERIFIED, "open"): OPEN,
    (OPEN, "receive_part"): PARTLY,
    (OPEN, "receive_all"): MET,
    (PARTLY, "receive_part"): PARTLY,
    (PARTLY, "receive_all"): MET,
    # A disputed gift went back after it was received: something is lacking again.
    (MET, "take_back"): PARTLY,
    (PARTLY, "take_back"): PARTLY,
    (UNMET, "take_back"): UNMET,
    (OPEN, "close"): UNMET,
    (PARTLY, "close"): UNMET,
    (DRAFT, "cancel"): CANCELLED,
    (VERIFIED, "cancel"): CANCELLED,
    (OPEN, "cancel"): CANCELLED,
    (PARTLY, "cancel"): CANCELLED,
    (CANCELLED, "take_back"): CANCELLED,
}


def next_status(status: str, action: str) -> str:
    """The table, or a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ResourcesCode.NEED_WRONG_STATUS, status=status, action=action) from None


def check_live(status: str) -> None:
    """Only what may still be matched stands or falls."""
    if status not in MATCHABLE:
        raise ConflictError(ResourcesCode.NEED_WRONG_STATUS, status=status, action="confirm")


def title_key(text: str) -> str:
    """Width, case, blanks and punctuation do not tell two titles apart."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in plain if char.isalnum())


def likeness(title: str, tags: Collection[str], other_title: str, other_tags: Collection[str]) -> list[str]:
    """Why two needs of one organisation may be the same: ``title``, ``tags``; empty where they are not."""
    found = []
    if title_key(title) == title_key(other_title):
        found.append("title")
    if tags and set(tags) == set(other_tags):
        found.append("tags")
    return found


def check_split(need: Counters, count: int, *, all_or_nothing: bool, splittable: bool) -> None:
    """A need of one provider takes one promise at a time; with all or nothing, the whole of it."""
    if splittable:
        return
    if need.allotted or need.received:
        raise ConflictError(StockCode.NEED_NOT_SPLITTABLE, allotted=need.allotted, received=need.received)
    if all_or_nothing and count != need.quantity:
        raise ConflictError(StockCode.NEED_ALL_OR_NOTHING, quantity=need.quantity, asked=count)


def check_whole(need: Counters, *, all_or_nothing: bool) -> None:
    """Before the first of it moves, all of it is promised."""
    if all_or_nothing and need.missing:
        raise ConflictError(StockCode.NEED_ALL_OR_NOTHING, missing=need.missing)


@dataclass(frozen=True, kw_only=True)
class Counters:
    """allotted (on its way) + received ≤ quantity, always."""

    quantity: int
    allotted: int = 0
    received: int = 0

    @property
    def missing(self) -> int:
        """What nobody has promised yet."""
        return self.quantity - self.allotted - self.received

    def allot(self, count: int) -> Counters:
        """Something is on its way; never more than is missing."""
        if not 0 < count <= self.missing:
            raise ConflictError(ResourcesCode.NEED_EXCEEDED, missing=self.missing, asked=count)
        return replace(self, allotted=self.allotted + count)

    def settle(self, *, allotted: int, received: int) -> Counters:
        """An allocation of ``allotted`` ended with ``received`` of it come; the rest is missing again."""
        if not (0 <= allotted <= self.allotted and self.received + received >= 0):
            raise ConflictError(ResourcesCode.ALLOCATION_QUANTITY, allotted=self.allotted, received=received)
        if self.allotted - allotted + self.received + received > self.quantity:
            raise ConflictError(ResourcesCode.NEED_EXCEEDED, missing=self.missing, asked=received)
        return replace(self, allotted=self.allotted - allotted, received=self.received + received)
