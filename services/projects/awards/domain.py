"""Money: tranche shares, the ledger's postings and balances, states of awards and tranches. Pure; all in fen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from chassis.errors import ConflictError
from contracts.projects.codes import ProjectsCode

AWARD_TRANSITIONS: dict[tuple[str, str], str] = {
    ("offered", "sign"): "agreed",
    ("agreed", "close"): "closed",
    ("agreed", "terminate"): "terminated",
}
TRANCHE_TRANSITIONS: dict[tuple[str, str], str] = {
    ("planned", "release"): "released",
    ("released", "pay"): "paid",
    ("planned", "cancel"): "cancelled",
    ("released", "cancel"): "cancelled",
}
POOL = "pool"
KINDS = ("pledged", "committed", "released", "disbursed", "returned", "refunded")


def next_award_status(status: str, action: str) -> str:
    """Conflict where the table has no such pair."""
    try:
        return AWARD_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ProjectsCode.AWARD_STATE, status=status, action=action) from None


def next_tranche_status(status: str, action: str) -> str:
    """Conflict where the table has no such pair: so a paid tranche is never paid again."""
    try:
        return TRANCHE_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ProjectsCode.TRANCHE_STATE, status=status, action=action) from None


def shares(amount_fen: int, percents: Sequence[int]) -> list[int]:
    """The tranches of an award: rounded down, the last one takes what is left, so that they add up exactly."""
    parts = [amount_fen * percent // 100 for percent in percents]
    parts[-1] += amount_fen - sum(parts)
    return parts


def accounts(kind: str, *, funder: str = "", award: str = "") -> tuple[str, str]:
    """``(debit, credit)`` of a posting: where money goes to, and where it comes from."""
    commitment, paid, source = f"commitment:{award}", f"paid:{award}", f"funder:{funder}"
    return {
        "pledged": (POOL, source),
        "committed": (commitment, POOL),
        "released": (POOL, commitment),
        "disbursed": (paid, commitment),
        "returned": (POOL, paid),
        "refunded": (source, POOL),
    }[kind]


class Posting(Protocol):
    """An entry of the ledger."""

    @property
    def kind(self) -> str: ...
    @property
    def debit(self) -> str: ...
    @property
    def credit(self) -> str: ...
    @property
    def amount_fen(self) -> int: ...


def balances(entries: Iterable[Posting]) -> dict[str, int]:
    """Balance per account; over all accounts they add up to zero."""
    sums: dict[str, int] = {}
    for entry in entries:
        sums[entry.debit] = sums.get(entry.debit, 0) + entry.amount_fen
        sums[entry.credit] = sums.get(entry.credit, 0) - entry.amount_fen
    return sums


def money(totals: dict[str, int]) -> dict[str, int]:
    """From sums per kind: ``pool = disbursed − returned + remaining``, to the fen."""
    total = {kind: totals.get(kind, 0) for kind in KINDS}
    pool = total["pledged"] - total["refunded"]
    committed = total["committed"] - total["released"]
    return {
        "pool_fen": pool,
        "committed_fen": committed,
        "disbursed_fen": total["disbursed"],
        "returned_fen": total["returned"],
        "remaining_fen": pool - total["disbursed"] + total["returned"],
        "uncommitted_fen": pool - committed + total["returned"],
    }


def check_release(*, number: int, milestone_accepted: bool, previous_paid: bool, previous_reported: bool) -> None:
    """Tranche n: its milestone accepted and tranche n−1 reported (DOMAIN.md)."""
    if number > 1 and not (milestone_accepted and previous_paid and previous_reported):
        raise ConflictError(
            ProjectsCode.TRANCHE_GUARD,
            number=number,
            milestone_accepted=milestone_accepted,
            previous_paid=previous_paid,
            previous_reported=previous_reported,
        )
