"""Payee accounts: the transition table, what a number must look like, how it is masked. Pure."""

from __future__ import annotations

import re

from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes_money import MoneyCode

TRANSITIONS: dict[tuple[str, str], str] = {
    ("registered", "verify"): "verified",
    ("registered", "retire"): "retired",
    ("verified", "retire"): "retired",
}
_NUMBER = re.compile(r"[0-9]{8,32}")


def next_status(status: str, action: str) -> str:
    """Conflict where the table has no such pair."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(MoneyCode.PAYEE_STATE, status=status, action=action) from None


def digits(account_number: str) -> str:
    """Without blanks and hyphens; raises ``payee_invalid``."""
    found = re.sub(r"[ -]", "", account_number)
    if not _NUMBER.fullmatch(found):
        raise InvalidError(MoneyCode.PAYEE_INVALID)
    return found


def mask_account(account_number: str) -> str:
    """6222020200112230 → ****2230."""
    return f"****{account_number[-4:]}"


def mask_holder(holder: str) -> str:
    """张三丰 → 张**; a longer name, of an organisation, likewise."""
    return holder[:1] + "*" * min(max(len(holder) - 1, 1), 2)


def check_second(*, first: str | None, second: str | None) -> None:
    """Nobody verifies what they wrote down."""
    if first == second:
        raise ConflictError(MoneyCode.SAME_PERSON)
