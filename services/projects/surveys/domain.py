"""Needs surveys: states, questionnaires that make sense, answers that fit, and what they add up to. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes_rounds import RoundsCode

TRANSITIONS: dict[tuple[str, str], str] = {
    ("draft", "change"): "draft",
    ("draft", "open"): "open",
    ("draft", "drop"): "dropped",
    ("open", "close"): "closed",
    ("open", "drop"): "dropped",
}
CHOICES = frozenset({"single", "multiple"})
SCALE = range(1, 6)
LONGEST = 2_000


def next_status(status: str, action: str) -> str:
    """The state after ``action``; a pair that is not in the table is a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(RoundsCode.SURVEY_STATE, status=status, action=action) from None


def check_questions(questions: Sequence[Mapping[str, Any]]) -> None:
    """Keys are distinct, choices have options, nothing else has. Raises ``needs_survey_invalid`` with every problem."""
    problems = [f"question {key} is asked twice" for key in _twice(question["key"] for question in questions)]
    for question in questions:
        key, options = question["key"], question["options"]
        if question["kind"] in CHOICES and len(options) < 2:
            problems.append(f"question {key}: two options at least")
        if question["kind"] not in CHOICES and options:
            problems.append(f"question {key}: a {question['kind']} has no options")
        problems += [f"question {key}: option {name} twice" for name in _twice(option["key"] for option in options)]
    if problems:
        raise InvalidError(RoundsCode.SURVEY_INVALID, problems=problems)


def _twice(keys: Iterable[str]) -> list[str]:
    return sorted(key for key, count in Counter(keys).items() if count > 1)


def accepted(questions: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that fit, unanswered ones left out. Raises ``survey_answer_invalid`` with every problem."""
    known = {question["key"]: question for question in questions}
    problems = [f"no question {key}" for key in sorted(set(answers) - set(known))]
    fitting: dict[str, Any] = {}
    for key, question in known.items():
        given = answers.get(key)
        if given is None or given == "" or given == []:
            problems += [f"question {key} is not answered"] if question["required"] else []
        elif _fits(question, given):
            fitting[key] = sorted(given) if question["kind"] == "multiple" else given
        else:
            problems.append(f"question {key}: not an answer to it")
    if problems:
        raise InvalidError(RoundsCode.SURVEY_ANSWER_INVALID, problems=problems)
    return fitting


def _fits(question: Mapping[str, Any], given: Any) -> bool:
    kind, options = question["kind"], {option["key"] for option in question["options"]}
    if kind == "single":
        return isinstance(given, str) and given in options
    if kind == "multiple":
        words = isinstance(given, list) and all(isinstance(one, str) for one in given)
        return words and set(given) <= options and len(given) == len(set(given)) <= question["limit"]
    if kind == "scale":
        return isinstance(given, int) and not isinstance(given, bool) and given in SCALE
    return isinstance(given, str) and len(given) <= LONGEST and _storable(given)


def _storable(text: str) -> bool:
    """PostgreSQL holds neither NUL nor half a surrogate pair, which JSON can spell."""
    return not any(char == "\x00" or "\ud800" <= char <= "\udfff" for char in text)


def count_question(question: Mapping[str, Any], answers: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """Counts of one question over ``(respondent, answers)``; a scale's mean is an exact fraction."""
    key, kind = question["key"], question["kind"]
    given = [(respondent, row[key]) for respondent, row in answers if key in row]
    chosen: Counter[str] = Counter()
    by_respondent: dict[str, Counter[str]] = {option["key"]: Counter() for option in question["options"]}
    for respondent, answer in given if kind in CHOICES else ():
        for name in [answer] if isinstance(answer, str) else answer:
            chosen[name] += 1
            by_respondent[name][respondent] += 1
    return {
        "key": key,
        "kind": kind,
        "answered": len(given),
        "options": [
            {
                "key": option["key"],
                "field": option["field"],
                "count": chosen[option["key"]],
                "by_respondent": dict(sorted(by_respondent[option["key"]].items())),
            }
            for option in question["options"]
        ],
        "mean": str(Fraction(sum(answer for _, answer in given), len(given))) if kind == "scale" and given else None,
    }


def count_fields(counted: Iterable[Mapping[str, Any]], round_fields: Sequence[str]) -> list[dict[str, Any]]:
    """How often each field was asked for, the most wanted first; fields of the round are named even when nobody did."""
    found = Counter(dict.fromkeys(round_fields, 0))
    for question in counted:
        for option in question["options"]:
            if option["field"]:
                found[option["field"]] += option["count"]
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [{"field": field, "count": count, "of_round": field in round_fields} for field, count in ranked]
