"""Double entry in fen: accounts, balanced entries, exact splits, the trial balance. Pure.

An entry is a set of postings that add up to zero: what one account gains, others give. Only a funder's account is
ever below zero (it is where money comes from), so no award is above its pool and no payment above its award.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chassis.errors import ConflictError
from contracts.projects.codes_money import MoneyCode

ACCOUNT_KINDS = ("funder", "pool", "commitment", "tranche", "disbursement", "return", "recovery")
KINDS = (
    "pledged",
    "committed",
    "released",
    "ordered",
    "cancelled",
    "disbursed",
    "claimed",
    "forgiven",
    "returned",
    "recovered",
    "restored",
    "refunded",
)
Postings = dict[str, int]


def account(kind: str, owner: str) -> str:
    """``pool:pol_…``: the account of a pool line, an award or a tranche."""
    return f"{kind}:{owner}"


def kind_of(name: str) -> str:
    """``pool`` of ``pool:pol_…``."""
    return name.partition(":")[0]


def moves(giver: str, taker: str, amount_fen: int) -> Postings:
    """From one account to another."""
    return {giver: -amount_fen, taker: amount_fen}


def check_balanced(postings: Mapping[str, int]) -> None:
    """At least two accounts, none without an amount, together zero. Anything else is a defect of ours."""
    if len(postings) < 2 or 0 in postings.values() or sum(postings.values()) != 0:
        raise ValueError(f"not a balanced entry: {dict(postings)}")


def turnover(postings: Mapping[str, int]) -> int:
    """How much an entry moves."""
    return sum(amount for amount in postings.values() if amount > 0)


def side(postings: Mapping[str, int], *, gains: bool) -> str:
    """The account of one side, for a reader; its kind where there are several."""
    names = sorted(name for name, amount in postings.items() if (amount > 0) is gains)
    return names[0] if len(names) == 1 else kind_of(names[0])


def split(amount_fen: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Pro rata by largest remainder, exact: parts add up, none above its weight while the amount is within the sum.

    Equal remainders go by name, so that the same input always gives the same parts. Raises ``pool_exceeded``.
    """
    total = sum(weights.values())
    if amount_fen > total or min(weights.values(), default=0) < 0:
        raise ConflictError(MoneyCode.SPLIT_EXCEEDED, amount_fen=amount_fen, available_fen=total)
    if total == 0:
        return {}
    floors = {name: amount_fen * weight // total for name, weight in weights.items()}
    rest = amount_fen - sum(floors.values())
    order = sorted(weights, key=lambda name: (-(amount_fen * weights[name] % total), name))
    parts = {name: floors[name] + (name in order[:rest]) for name in sorted(weights)}
    return {name: part for name, part in parts.items() if part}


@dataclass(frozen=True, kw_only=True)
class Line:
    """An account of the trial balance: what the database keeps, and what the postings add up to."""

    account: str
    kept_fen: int
    posted_fen: int

    @property
    def agrees(self) -> bool:
        return self.kept_fen == self.posted_fen and (self.posted_fen >= 0 or kind_of(self.account) == "funder")


def trial(lines: Sequence[Line], unbalanced: Iterable[str] = ()) -> dict[str, object]:
    """``{balanced, total_fen, wrong}``: every account agrees, all together are zero, no entry is lopsided."""
    total = sum(line.posted_fen for line in lines)
    wrong = [*(line.account for line in lines if not line.agrees), *unbalanced]
    return {"balanced": total == 0 and not wrong, "total_fen": total, "wrong": sorted(wrong)}


def money(totals: Mapping[str, int]) -> dict[str, int]:
    """From sums per kind: ``pool = disbursed − returned + remaining``, to the fen. Recovered money came back too."""
    total = {kind: totals.get(kind, 0) for kind in KINDS}
    pool = total["pledged"] - total["refunded"]
    committed = total["committed"] - total["released"]
    returned = total["returned"] + total["recovered"]
    return {
        "pool_fen": pool,
        "committed_fen": committed,
        "disbursed_fen": total["disbursed"],
        "returned_fen": returned,
        "remaining_fen": pool - total["disbursed"] + returned,
        "uncommitted_fen": pool - committed + returned,
    }
