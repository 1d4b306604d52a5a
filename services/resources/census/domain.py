"""The census: states, forms that make sense, answers that fit, and coverage that adds up. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chassis.errors import ConflictError, InvalidError
from contracts.resources.codes_census import CensusCode

DRAFT, OPEN, CLOSED, CANCELLED = "draft", "open", "closed", "cancelled"
STATUSES = (DRAFT, OPEN, CLOSED, CANCELLED)
ACTIONS = ("change", "set_place", "assign", "open", "record", "close", "cancel")
TRANSITIONS: dict[tuple[str, str], str] = {
    (DRAFT, "change"): DRAFT,
    (DRAFT, "set_place"): DRAFT,
    (DRAFT, "assign"): DRAFT,
    (DRAFT, "open"): OPEN,
    (DRAFT, "cancel"): CANCELLED,
    (OPEN, "set_place"): OPEN,
    (OPEN, "assign"): OPEN,
    (OPEN, "record"): OPEN,
    (OPEN, "close"): CLOSED,
    (OPEN, "cancel"): CANCELLED,
}
SUBMITTED, VERIFIED, REJECTED, LISTED = "submitted", "verified", "rejected", "listed"
RECORD_STATUSES = (DRAFT, SUBMITTED, VERIFIED, REJECTED, LISTED)
RECORD_ACTIONS = ("change", "submit", "return", "verify", "reject", "list")
RECORD_TRANSITIONS: dict[tuple[str, str], str] = {
    (DRAFT, "change"): DRAFT,
    (DRAFT, "submit"): SUBMITTED,
    (SUBMITTED, "return"): DRAFT,
    (SUBMITTED, "verify"): VERIFIED,
    (SUBMITTED, "reject"): REJECTED,
    (VERIFIED, "reject"): REJECTED,
    (VERIFIED, "list"): LISTED,
}
UNDECIDED = (SUBMITTED, VERIFIED)
VISITED = (SUBMITTED, VERIFIED, LISTED)
CHOICES = frozenset({"single", "multiple"})
LONGEST = 2_000


def next_status(status: str, action: str) -> str:
    """The campaign's table, or a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(CensusCode.STATE, status=status, action=action) from None


def next_record_status(status: str, action: str) -> str:
    """The record's table, or a conflict."""
    try:
        return RECORD_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(CensusCode.RECORD_STATE, status=status, action=action) from None


def check_plan(*, starts_on: date, ends_on: date, questions: Sequence[Mapping[str, Any]]) -> None:
    """Raises ``census_invalid`` with every problem."""
    problems = [] if starts_on <= ends_on else ["ends_on: before it starts"]
    problems += [f"question {key}: asked twice" for key in _twice(question["key"] for question in questions)]
    for question in questions:
        key, options = question["key"], question["options"]
        if (question["kind"] in CHOICES) != (len(options) >= 2):
            problems.append(f"question {key}: a choice has two options at least, other questions none")
        problems += [f"question {key}: option {name} twice" for name in _twice(option["key"] for option in options)]
    if problems:
        raise InvalidError(CensusCode.INVALID, problems=problems)


def _twice(keys: Iterable[str]) -> list[str]:
    return sorted(key for key, count in Counter(keys).items() if count > 1)


def accepted(questions: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that fit, unanswered ones left out. Raises ``census_invalid``, which never repeats an answer."""
    known = {question["key"]: question for question in questions}
    problems = [f"no question {key}" for key in sorted(set(answers) - set(known))]
    fitting: dict[str, Any] = {}
    for key, question in known.items():
        given = answers.get(key)
        if given is None or given == "" or given == []:
            problems += [f"question {key}: not answered"] if question["required"] else []
        elif _fits(question, given):
            fitting[key] = sorted(given) if question["kind"] == "multiple" else given
        else:
            problems.append(f"question {key}: not an answer to it")
    if problems:
        raise InvalidError(CensusCode.INVALID, problems=problems)
    return fitting


def _fits(question: Mapping[str, Any], given: Any) -> bool:
    kind, options = question["kind"], {option["key"] for option in question["options"]}
    if kind == "single":
        return isinstance(given, str) and given in options
    if kind == "multiple":
        words = isinstance(given, list) and all(isinstance(one, str) for one in given)
        return words and set(given) <= options and len(given) == len(set(given))
    if kind == "number":
        return isinstance(given, int) and not isinstance(given, bool) and 0 <= given <= 10**9
    storable = isinstance(given, str) and not any(char == "\x00" or "\ud800" <= char <= "\udfff" for char in given)
    return storable and len(given) <= LONGEST


def check_new_place(place_code: str, others: Iterable[str]) -> None:
    """A community is covered whole or by its cells, never both: a door would be counted twice."""
    clash = [one for one in others if one != place_code and (one.startswith(place_code) or place_code.startswith(one))]
    if clash:
        raise InvalidError(CensusCode.INVALID, problems=[f"{place_code}: covered by {sorted(clash)[0]} already"])


def check_second(*, first: str | None, second: str | None) -> None:
    """Nobody verifies what they recorded."""
    if first == second:
        raise ConflictError(CensusCode.RECORD_SAME_PERSON)


@dataclass(frozen=True, kw_only=True)
class Count:
    """What came in from a place."""

    visited: int = 0
    verified: int = 0
    listed: int = 0
    first_on: date | None = None
    last_on: date | None = None


def coverage(expected: Mapping[str, int], counts: Mapping[str, Count]) -> dict[str, Any]:
    """By place, by community and altogether. Who visited more than expected here does not make up for there."""
    places = [_line(code, [code], expected, counts) for code in sorted(expected)]
    by_community: dict[str, list[str]] = {}
    for code in sorted(expected):
        by_community.setdefault(code[:12], []).append(code)
    communities = [_line(code, parts, expected, counts) for code, parts in by_community.items()]
    return {"total": _line("", list(expected), expected, counts), "communities": communities, "places": places}


def _line(name: str, codes: Sequence[str], expected: Mapping[str, int], counts: Mapping[str, Count]) -> dict[str, Any]:
    found = [counts.get(code, Count()) for code in codes]
    whole = sum(expected[code] for code in codes)
    done = sum(min(one.visited, expected[code]) for code, one in zip(codes, found, strict=True))
    days = [day for one in found for day in (one.first_on, one.last_on) if day is not None]
    return {
        "place_code": name,
        "expected": whole,
        "visited": sum(one.visited for one in found),
        "verified": sum(one.verified for one in found),
        "listed": sum(one.listed for one in found),
        "permille": 1000 * done // whole if whole else 0,
        "first_on": min(days, default=None),
        "last_on": max(days, default=None),
    }
