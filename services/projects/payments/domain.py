"""Payment batches: transition tables, and what a row of the bank's answer does to a payment. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chassis.codes import Code
from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes_money import MoneyCode

BATCH_TRANSITIONS: dict[tuple[str, str], str] = {
    ("drafted", "approve"): "approved",
    ("drafted", "cancel"): "cancelled",
    ("approved", "cancel"): "cancelled",
    ("approved", "export"): "exported",
    ("exported", "export"): "exported",
    ("exported", "answer"): "exported",
    ("exported", "reconcile"): "reconciled",
}
PAYMENT_TRANSITIONS: dict[tuple[str, str], str] = {
    ("pending", "pay"): "paid",
    ("pending", "fail"): "failed",
    ("pending", "drop"): "dropped",
}
LIVE = ("pending", "paid")


def next_batch_status(status: str, action: str) -> str:
    """Conflict where the table has no such pair."""
    try:
        return BATCH_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(MoneyCode.BATCH_STATE, status=status, action=action) from None


def next_payment_status(status: str, action: str) -> str:
    """Conflict where the table has no such pair: a payment has one outcome."""
    try:
        return PAYMENT_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(MoneyCode.PAYMENT_STATE, status=status, action=action) from None


def check_second(*, first: str | None, second: str | None) -> None:
    """Who drafted does not approve."""
    if first == second:
        raise ConflictError(MoneyCode.SAME_PERSON)


def check_tranches(tranche_ids: Sequence[str], *, at_most: int) -> None:
    """Each once, and no more than the bank takes."""
    if len(set(tranche_ids)) != len(tranche_ids) or len(tranche_ids) > at_most:
        raise InvalidError(MoneyCode.BATCH_INVALID, at_most=at_most)


def check_amounts(amounts: Mapping[str, int]) -> None:
    """Nobody pays nothing."""
    empty = sorted(tranche for tranche, amount in amounts.items() if amount <= 0)
    if empty:
        raise InvalidError(MoneyCode.BATCH_INVALID, tranche_ids=empty)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A payment of the batch, as the answer is compared with it."""

    payment_id: str
    amount_fen: int
    status: str
    bank_reference: str | None


@dataclass(kw_only=True)
class Row:
    """A row of the answer: what it says (``None`` where that is not readable), and what becomes of it."""

    number: int
    payment_id: str | None = None
    outcome: str | None = None
    amount_fen: int | None = None
    bank_reference: str = ""
    reason: str = ""
    flaw: Code | None = None
    verdict: str = field(default="")


def judge(rows: Sequence[Row], batch: Mapping[str, Asked], used_references: Mapping[str, str]) -> None:
    """Sets each row's verdict: ``paid``, ``failed``, ``known`` or ``refused`` (with its flaw).

    ``used_references``: bank references of payments that are paid, in any batch, with their payment. A row that says
    again what is so already is known; one that contradicts is refused: nothing is paid twice and nothing is undone.
    """
    seen: set[str] = set()
    taken = dict(used_references)
    for row in rows:
        row.flaw = row.flaw or _flaw(row, batch, seen, taken)
        if row.flaw is not None:
            row.verdict = "refused"
            continue
        assert row.payment_id is not None
        seen.add(row.payment_id)
        settled = batch[row.payment_id].status != "pending"
        row.verdict = "known" if settled else str(row.outcome)
        if row.outcome == "paid":
            taken[row.bank_reference] = row.payment_id


def _flaw(row: Row, batch: Mapping[str, Asked], seen: set[str], taken: Mapping[str, str]) -> Code | None:
    asked = batch.get(row.payment_id or "")
    if asked is None:
        return MoneyCode.ANSWER_UNKNOWN
    if row.outcome not in ("paid", "failed"):
        return MoneyCode.ANSWER_STATUS
    if row.amount_fen != asked.amount_fen:
        return MoneyCode.ANSWER_AMOUNT
    if asked.payment_id in seen:
        return MoneyCode.ANSWER_REPEATED
    if row.outcome == "paid" and (
        not row.bank_reference or taken.get(row.bank_reference, asked.payment_id) != asked.payment_id
    ):
        return MoneyCode.ANSWER_REFERENCE
    if asked.status != "pending" and not _agrees(row, asked):
        return MoneyCode.ANSWER_SETTLED
    return None


def _agrees(row: Row, asked: Asked) -> bool:
    if row.outcome != asked.status:
        return False
    return asked.status == "failed" or row.bank_reference == asked.bank_reference
