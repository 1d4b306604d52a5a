"""Recoveries: the transition table, the plan's sums, what is missing on a day. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes_money import MoneyCode

TRANSITIONS: dict[tuple[str, str], str] = {
    ("open", "recover_part"): "partly_recovered",
    ("open", "recover_rest"): "settled",
    ("partly_recovered", "recover_part"): "partly_recovered",
    ("partly_recovered", "recover_rest"): "settled",
    ("open", "propose_write_off"): "write_off_proposed",
    ("partly_recovered", "propose_write_off"): "write_off_proposed",
    ("write_off_proposed", "approve_write_off"): "written_off",
    ("write_off_proposed", "refuse_write_off"): "partly_recovered",
}
LONGEST = timedelta(days=3653)
OPEN = ("open", "partly_recovered", "write_off_proposed")


def next_status(status: str, action: str) -> str:
    """Conflict where the table has no such pair."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(MoneyCode.RECOVERY_STATE, status=status, action=action) from None


def plan(
    instalments: Sequence[Mapping[str, Any]] | None, *, amount_fen: int, today: date, days: int
) -> list[dict[str, Any]]:
    """``[{due_on, amount_fen}]`` by day, adding up to the amount; without instalments, all of it in ``days`` days.

    Every day lies ahead, and within :data:`LONGEST`.
    """
    if instalments is None:
        return [{"due_on": (today + timedelta(days=days)).isoformat(), "amount_fen": amount_fen}]
    wrong = sum(row["amount_fen"] for row in instalments) != amount_fen
    if wrong or any(row["amount_fen"] <= 0 or not today < row["due_on"] <= today + LONGEST for row in instalments):
        raise InvalidError(MoneyCode.RECOVERY_PLAN_INVALID, amount_fen=amount_fen)
    ordered = sorted(instalments, key=lambda row: row["due_on"])
    return [{"due_on": row["due_on"].isoformat(), "amount_fen": row["amount_fen"]} for row in ordered]


def missing_fen(instalments: Sequence[Mapping[str, Any]], *, recovered_fen: int, day: date) -> int:
    """What was due up to and with ``day`` and is not there."""
    due: int = sum(row["amount_fen"] for row in instalments if date.fromisoformat(row["due_on"]) <= day)
    return max(due - recovered_fen, 0)


def check_amount(*, amount_fen: int, open_fen: int) -> None:
    """Never more than is claimed."""
    if not 0 < amount_fen <= open_fen:
        raise ConflictError(MoneyCode.RECOVERY_EXCEEDED, open_fen=open_fen)


def check_second(*, first: str | None, second: str | None) -> None:
    """Two people give money up, not one."""
    if first == second:
        raise ConflictError(MoneyCode.SAME_PERSON)
