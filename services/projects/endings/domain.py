"""Rules of endings: the transition table of an early end, who is heard, what is settled, what a closing lacks. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts.projects.codes_endings import EndingsCode

STATUSES = ("proposed", "answered", "approved", "refused", "withdrawn")
ACTIONS = ("answer", "approve", "refuse", "withdraw")
TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("proposed", "answer"): "answered",
    ("proposed", "approve"): "approved",
    ("proposed", "refuse"): "refused",
    ("proposed", "withdraw"): "withdrawn",
    ("answered", "approve"): "approved",
    ("answered", "refuse"): "refused",
    ("answered", "withdraw"): "withdrawn",
}
OPEN = ("proposed", "answered")
TEXTS: Mapping[str, tuple[str, str]] = {
    "status": ("项目处于结项阶段", "The project is at its final report or acceptance"),
    "milestones": ("里程碑全部验收", "Every milestone is accepted"),
    "reports": ("到期报告全部通过", "Every report that is due is accepted"),
    "evaluation": ("结项评估已完成", "The final evaluation is made"),
    "unspent": ("结余资金已退回", "Unspent money was returned"),
    "changes": ("没有待决的变更", "No change waits for a decision"),
    "flags": ("须处理的预警均已处理", "Every flag that must be settled is settled"),
    "termination": ("没有进行中的提前终止", "No early end is under way"),
    "trail": ("留痕已跟上并通过校验", "The trail has caught up and verifies"),
}


def next_status(status: str, action: str) -> str:
    """The state after ``action``; whatever is not in the table is a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(EndingsCode.TERMINATION_STATE, status=status, action=action) from None


def checklist(found: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Every item in its order, from what is open of each; nothing stops at the first that is not met."""
    return [
        {"key": key, "met": not found[key], "zh": zh, "en": en, "open": list(found[key])}
        for key, (zh, en) in TEXTS.items()
    ]


def check_reports(numbers: Sequence[int]) -> None:
    """Reports that were due and that nobody accepted."""
    if numbers:
        raise ConflictError(EndingsCode.REPORTS_OPEN, numbers=list(numbers))


def check_flags(flag_ids: Sequence[str]) -> None:
    """Flags that the district wants settled first."""
    if flag_ids:
        raise ConflictError(EndingsCode.FLAGS_OPEN, flag_ids=list(flag_ids))


def check_cause(*, cause: str, side: str) -> None:
    """Nobody accuses themselves of a breach."""
    if cause == "breach" and side == "organisation":
        raise ForbiddenError(EndingsCode.TERMINATION_CAUSE, cause=cause)


def check_debarment(*, cause: str, asked: bool) -> None:
    """Only a breach bars an organisation."""
    if asked and cause != "breach":
        raise InvalidError(EndingsCode.DEBARMENT_UNFOUNDED, cause=cause)


def check_answer(*, proposed_by: str, side: str) -> None:
    """The other side answers."""
    if proposed_by == side:
        raise ForbiddenError(EndingsCode.TERMINATION_OWN)


def check_withdrawal(*, proposed_by: str, side: str) -> None:
    """Who proposed withdraws."""
    if proposed_by != side:
        raise ForbiddenError(EndingsCode.TERMINATION_OWN)


def check_heard(*, cause: str, proposed_by: str, agrees: bool | None, today: date, hear_until_on: date) -> None:
    """By agreement both sides agree; the bureau's approval is the funder's word on what the organisation proposed.
    Otherwise the organisation has answered, or its days for it are over."""
    if cause == "agreement" and proposed_by == "funder":
        if not agrees:
            raise ConflictError(EndingsCode.TERMINATION_UNAGREED)
        return
    if proposed_by == "funder" and agrees is None and today <= hear_until_on:
        raise ConflictError(EndingsCode.TERMINATION_UNHEARD, hear_until_on=hear_until_on.isoformat())


def _refused(spendings: Sequence[tuple[str, str, int]], disallowed: Sequence[Mapping[str, str]]) -> set[str]:
    """Each a payment of this project, named once."""
    refused = [row["spending_id"] for row in disallowed]
    known = {spending_id for spending_id, _, _ in spendings}
    if not set(refused) <= known or len(set(refused)) != len(refused):
        raise InvalidError(EndingsCode.DISALLOWED_INVALID, spending_ids=sorted(set(refused) - known))
    return set(refused)


def settlement(
    *,
    budget: Sequence[Mapping[str, Any]],
    spendings: Sequence[tuple[str, str, int]],
    disallowed: Sequence[Mapping[str, str]],
    award_fen: int,
    paid_fen: int,
    returned_fen: int,
) -> dict[str, Any]:
    """What the two sides owe each other. ``spendings``: ``(id, line, fen)``.

    To recover: paid, less what came back, less what was spent and is allowed; never below zero, since an organisation
    that spent ahead of its tranches is not paid for an early end. To release: awarded and never paid.
    """
    refused = _refused(spendings, disallowed)
    spent: dict[str, int] = {}
    allowed: dict[str, int] = {}
    for spending_id, line, amount in spendings:
        spent[line] = spent.get(line, 0) + amount
        allowed[line] = allowed.get(line, 0) + (0 if spending_id in refused else amount)
    planned = {row["line"]: row["amount_fen"] for row in budget}
    total = sum(allowed.values())
    return {
        "paid_fen": paid_fen,
        "returned_fen": returned_fen,
        "spent_fen": sum(spent.values()),
        "allowed_fen": total,
        "recover_fen": max(paid_fen - returned_fen - total, 0),
        "released_fen": award_fen - paid_fen,
        "lines": [
            {
                "line": line,
                "planned_fen": planned.get(line, 0),
                "spent_fen": spent.get(line, 0),
                "allowed_fen": allowed.get(line, 0),
            }
            for line in [*planned, *sorted(set(spent) - set(planned))]
        ],
        "disallowed": [dict(row) for row in disallowed],
    }
