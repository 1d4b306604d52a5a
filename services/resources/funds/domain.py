"""Whether a funds offer may back a line of a round's pool. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from contracts.resources.codes import FundsRefusal


@dataclass(frozen=True, kw_only=True)
class Funds:
    """What is read of the offer; ``streets`` and ``fields`` are what it is bound to (empty: nothing). ``by_name``: to
    organisations or groups of beneficiaries, which no round keeps."""

    kind: str
    is_open: bool
    provider_id: str
    free: int
    streets: frozenset[str]
    fields: frozenset[str]
    by_name: bool = False
    lot_size: int = 1
    minimum_lot: int = 1

    def parts(self, amount_fen: int) -> bool:
        """Whether so much may go: whole lots, or all that is free."""
        whole = amount_fen % self.lot_size == 0 and amount_fen >= self.minimum_lot
        return whole or amount_fen == self.free


def refusal(
    offer: Funds | None,
    *,
    funder_id: str,
    amount_fen: int,
    round_streets: Collection[str],
    round_fields: Collection[str],
) -> FundsRefusal | None:
    """The first reason to refuse; ``None``: reserve. An offer's earmark holds if all that the line is for lies inside:
    the line's own earmark, which the round keeps, or else the whole round. No fields named: nothing to compare."""
    if offer is None:
        return FundsRefusal.OFFER_UNKNOWN
    outside_streets = bool(offer.streets) and not (round_streets and offer.streets.issuperset(round_streets))
    outside_fields = bool(offer.fields and round_fields) and not offer.fields.issuperset(round_fields)
    checks = (
        (FundsRefusal.NOT_FUNDS, offer.kind != "funds"),
        (FundsRefusal.NOT_THAT_FUNDER, offer.provider_id != funder_id),
        (FundsRefusal.NOT_OPEN, not offer.is_open),
        (FundsRefusal.INSUFFICIENT, not 0 < amount_fen <= offer.free),
        (FundsRefusal.EARMARK_MISMATCH, offer.by_name or outside_streets or outside_fields),
        (FundsRefusal.LOTS, not offer.parts(amount_fen)),
    )
    return next((reason for reason, holds in checks if holds), None)
