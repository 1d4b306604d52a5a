"""Flags: their states, what becomes of one when the facts change, and rules that may be published. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes_flags import FlagCode

TRANSITIONS: dict[tuple[str, str], str] = {
    ("open", "explain"): "explained",
    ("open", "accept"): "accepted",
    ("open", "uphold"): "upheld",
    ("open", "withdraw"): "withdrawn",
    ("explained", "explain"): "explained",
    ("explained", "accept"): "accepted",
    ("explained", "uphold"): "upheld",
    ("explained", "reopen"): "open",
    ("explained", "withdraw"): "withdrawn",
    ("accepted", "close"): "closed",
    ("accepted", "reopen"): "open",
    ("upheld", "close"): "closed",
    ("upheld", "reopen"): "open",
    ("closed", "reopen"): "open",
    ("withdrawn", "reopen"): "open",
}
UNSETTLED = frozenset({"open", "explained"})


@dataclass(frozen=True)
class Named:
    """Something a finding points at."""

    kind: str
    id: str


@dataclass(frozen=True)
class Finding:
    """What a rule found. ``key`` tells findings of a rule about one project apart; ``facts`` are shown and may drift
    from day to day; only other ``grounds`` make it another case that must be answered anew."""

    rule: str
    key: str
    facts: Mapping[str, Any]
    grounds: tuple[str, ...]
    named: tuple[Named, ...] = field(default=())


def next_status(status: str, action: str) -> str:
    """The state after ``action``; a pair that is not in the table is a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(FlagCode.FLAG_STATE, status=status, action=action) from None


def on_review(status: str, *, known: Sequence[str], found: Sequence[str] | None) -> str | None:
    """The action that a review takes on a flag: ``found`` are the grounds of today, ``None`` where there are none.

    Settled flags stay settled as long as the grounds are those that were judged.
    """
    if found is None:
        return "withdraw" if status in UNSETTLED else None
    if status == "withdrawn":
        return "reopen"
    if status != "open" and list(found) != list(known):
        return "reopen"
    return None


def answer_until(raised_at: datetime, answer_days: int) -> datetime:
    """Until when the organisation may explain before staff can uphold."""
    return raised_at + timedelta(days=answer_days)


def check_heard(status: str, *, raised_at: datetime, answer_days: int, now: datetime) -> None:
    """A flag is upheld only after the organisation explained, or let its time pass."""
    if status == "open" and now < answer_until(raised_at, answer_days):
        raise ConflictError(FlagCode.FLAG_UNHEARD, answer_until=answer_until(raised_at, answer_days).isoformat())


def amended(
    current: Sequence[Mapping[str, Any]],
    changes: Iterable[Mapping[str, Any]],
    *,
    bounds: Mapping[str, Mapping[str, tuple[int, int]]],
    today: date,
) -> tuple[list[dict[str, Any]], list[str]]:
    """The next version and which rules differ; a rule that differs holds since today.

    ``bounds``: least and greatest of each number of each rule. Raises ``flag_rules_invalid`` with every problem.
    """
    rules = {rule["key"]: dict(rule) for rule in current}
    problems: list[str] = []
    changed: list[str] = []
    for change in changes:
        key = change["key"]
        if key not in rules:
            problems.append(f"no rule {key}")
            continue
        problems += _number_problems(key, change.get("numbers", {}), bounds[key])
        numbers = {**rules[key]["numbers"], **change.get("numbers", {})}
        after = {**rules[key], **change, "numbers": numbers}
        if after != rules[key]:
            rules[key] = {**after, "since": today.isoformat()}
            changed.append(key)
    if problems:
        raise InvalidError(FlagCode.FLAG_RULES_INVALID, problems=problems)
    return list(rules.values()), sorted(set(changed))


def _number_problems(key: str, numbers: Mapping[str, int], bounds: Mapping[str, tuple[int, int]]) -> list[str]:
    problems = [f"{key}: no number {name}" for name in sorted(set(numbers) - set(bounds))]
    for name, value in sorted(numbers.items()):
        least, most = bounds.get(name, (value, value))
        if not least <= value <= most:
            problems.append(f"{key}.{name}: {least} to {most}")
    return problems
