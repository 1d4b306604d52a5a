"""Paper ballots by two keys: the batch's states, where two keys differ, and what a third makes of it. Pure.

A key is what one person read: sheet number to ``{"choice": …}`` or ``{"spoilt": true}``; a number that is not there was
not seen. Only what two people read alike counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.errors import ConflictError, FootprintError, InvalidError
from contracts.projects.codes_votes import VoteCode
from services.projects.votes import rules as voting
from services.projects.votes.rules import Choice

BATCH_TRANSITIONS: dict[tuple[str, str], str] = {
    ("opened", "key"): "half_keyed",
    ("half_keyed", "agree"): "agreed",
    ("half_keyed", "differ"): "differing",
    ("differing", "settle"): "differing",
    ("differing", "agree"): "agreed",
    ("agreed", "count"): "counted",
    **{(status, "void"): "void" for status in ("opened", "half_keyed", "differing", "agreed")},
}
FIRST, SECOND, THIRD = 1, 2, 3
ABSENT: dict[str, Any] = {"absent": True}
SPOILT: dict[str, Any] = {"spoilt": True}
Key = Mapping[int, Mapping[str, Any]]


def next_batch_status(status: str, action: str) -> str:
    """The batch's next state; conflict where the table has no such pair."""
    try:
        return BATCH_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(VoteCode.BATCH_STATE, status=status, action=action) from None


def next_key(status: str) -> int:
    """Which key comes next; conflict where both are there."""
    keys = {"opened": FIRST, "half_keyed": SECOND}
    if status not in keys:
        raise ConflictError(VoteCode.BATCH_STATE, status=status, action="key")
    return keys[status]


def check_persons(action: str, account_id: str | None, *, first: str | None, second: str | None) -> None:
    """Nobody agrees with himself: two people key, and a third settles."""
    taken = {first} if action == "key" else {first, second}
    if account_id is None or account_id in taken:
        raise ConflictError(VoteCode.BATCH_SAME_PERSON)


def check_entries(
    entries: Sequence[Mapping[str, Any]],
    *,
    rules: Mapping[str, Any],
    candidates: Sequence[str],
    numbers: Sequence[int],
    settling: bool = False,
) -> dict[int, dict[str, Any]]:
    """A key, or a settlement, of the sheets ``numbers``; lists every entry that is not valid, and why."""
    read: dict[int, dict[str, Any]] = {}
    problems = []
    for entry in entries:
        number = entry["number"]
        try:
            if number in read or number not in numbers:
                raise InvalidError(VoteCode.BATCH_ENTRIES)
            read[number] = _reading(entry, rules, candidates, settling)
        except FootprintError as error:
            problems.append({"number": number, "code": error.code})
    if problems:
        raise InvalidError(VoteCode.BATCH_ENTRIES, problems=problems)
    return read


def _reading(
    entry: Mapping[str, Any], rules: Mapping[str, Any], candidates: Sequence[str], settling: bool
) -> dict[str, Any]:
    filled = entry.get("proposal_ids") is not None or entry.get("points") is not None
    if filled + bool(entry["spoilt"]) + bool(entry["absent"]) != 1 or (entry["absent"] and not settling):
        raise InvalidError(VoteCode.BATCH_ENTRIES)
    if not filled:
        return dict(SPOILT if entry["spoilt"] else ABSENT)
    choice = voting.check_choice(rules, candidates, proposal_ids=entry.get("proposal_ids"), points=entry.get("points"))
    return {"choice": choice}


def agreed(sheets: int, first: Key, second: Key, third: Key) -> dict[int, Mapping[str, Any]]:
    """The sheets that two people read alike."""
    found = {}
    for number in range(1, sheets + 1):
        one, two = first.get(number, ABSENT), second.get(number, ABSENT)
        if one == two and one != ABSENT:
            found[number] = one
        elif number in third and third[number] in (one, two):
            found[number] = third[number]
    return found


def differences(sheets: int, first: Key, second: Key, third: Key) -> list[dict[str, Any]]:
    """The others, and in what they differ; nothing of what was read."""
    done = agreed(sheets, first, second, third)
    return [
        {"number": number, "problem": _problem(number in first, number in second)}
        for number in range(1, sheets + 1)
        if number not in done
    ]


def _problem(in_first: bool, in_second: bool) -> str:
    if in_first and in_second:
        return "differs"
    if in_first or in_second:
        return "missing_second" if in_first else "missing_first"
    return "missing_both"


def choices(readings: Mapping[int, Mapping[str, Any]]) -> list[Choice]:
    """The valid ballots of a batch."""
    return [reading["choice"] for reading in readings.values() if "choice" in reading]


def spoilt(readings: Mapping[int, Mapping[str, Any]]) -> int:
    """How many sheets were handed in and count for nothing."""
    return sum(1 for reading in readings.values() if reading.get("spoilt"))
