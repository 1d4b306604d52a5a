"""Needs surveys: questionnaires that make sense, answers that fit, counts that add up. Pure rules."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import InvalidError
from services.projects.surveys import domain

few = settings(max_examples=100, deadline=None)


def option(key: str, field: str | None = None) -> dict[str, Any]:
    return {"key": key, "text": key, "field": field}


def question(key: str, kind: str, *options: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"key": key, "kind": kind, "text": key, "options": list(options), "limit": 2, "required": True, **more}


QUESTIONS = [
    question("first", "single", option("a", "elder_care"), option("b", "youth")),
    question("some", "multiple", option("a", "elder_care"), option("b"), option("c", "youth")),
    question("how", "scale", required=False),
    question("words", "text", required=False),
]
answers = st.fixed_dictionaries(
    {
        "first": st.sampled_from(["a", "b"]),
        "some": st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=2, unique=True),
    },
    optional={"how": st.integers(1, 5), "words": st.text(alphabet="需要老人", min_size=1, max_size=5)},
)


@pytest.mark.parametrize(
    "wrong",
    [
        [question("a", "scale"), question("a", "text")],
        [question("a", "single", option("x"))],
        [question("a", "multiple", option("x"), option("x"))],
        [question("a", "text", option("x"), option("y"))],
    ],
)
def test_a_questionnaire_that_cannot_be_answered_is_refused(wrong: list[dict[str, Any]]) -> None:
    with pytest.raises(InvalidError, match="needs_survey_invalid"):
        domain.check_questions(wrong)


def test_a_questionnaire_that_makes_sense_is_taken() -> None:
    domain.check_questions(QUESTIONS)


@pytest.mark.parametrize(
    "given_answers",
    [
        {},
        {"first": "a"},
        {"first": "z", "some": ["a"]},
        {"first": ["a"], "some": ["a"]},
        {"first": "a", "some": ["a", "b", "c"]},
        {"first": "a", "some": ["a", "a"]},
        {"first": "a", "some": "a"},
        {"first": "a", "some": ["a"], "how": 6},
        {"first": "a", "some": ["a"], "how": True},
        {"first": "a", "some": ["a"], "words": "\x00"},
        {"first": "a", "some": ["a"], "words": "\ud800"},
        {"first": "a", "some": ["a"], "words": 3},
        {"first": "a", "some": ["a"], "else": 1},
        {"first": "a", "some": [{"a": 1}]},
    ],
)
def test_an_answer_that_does_not_fit_is_refused(given_answers: dict[str, Any]) -> None:
    with pytest.raises(InvalidError, match="survey_answer_invalid"):
        domain.accepted(QUESTIONS, given_answers)


@given(answers)
@few
def test_an_answer_that_fits_is_kept_as_given(one: dict[str, Any]) -> None:
    found = domain.accepted(QUESTIONS, one)
    assert {**found, "some": sorted(found["some"])} == {**one, "some": sorted(one["some"])}


@given(st.lists(st.tuples(st.sampled_from(["resident", "organisation"]), answers), max_size=20))
@few
def test_counts_add_up(rows: list[tuple[str, dict[str, Any]]]) -> None:
    counted = [domain.count_question(each, rows) for each in QUESTIONS]
    chosen = Counter(name for _, row in rows for name in row["some"])
    assert {item["key"]: item["count"] for item in counted[1]["options"]} == {key: chosen[key] for key in "abc"}
    assert sum(item["count"] for item in counted[0]["options"]) == len(rows) == counted[0]["answered"]
    for item in counted[0]["options"]:
        assert sum(item["by_respondent"].values()) == item["count"]
    scores = [row["how"] for _, row in rows if "how" in row]
    assert counted[2]["mean"] == (str(Fraction(sum(scores), len(scores))) if scores else None)
    fields = domain.count_fields(counted, ["elder_care", "environment"])
    assert [item["count"] for item in fields] == sorted((item["count"] for item in fields), reverse=True)
    named = {item["field"]: (item["count"], item["of_round"]) for item in fields}
    wanted = sum((row["first"] == "a") + ("a" in row["some"]) for _, row in rows)
    assert named["elder_care"] == (wanted, True)
    assert named["environment"] == (0, True)
    assert named.get("youth", (0, False))[1] is False
