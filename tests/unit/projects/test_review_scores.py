"""Normalisation in exact numbers, the draw's published algorithm, and the clock of a pitch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import ConflictError
from services.projects.review import domain as review
from services.projects.roadshows import domain as roadshows

POINTS = st.integers(0, 1000).map(lambda points: Fraction(points, 10))
SHEETS = st.dictionaries(
    st.sampled_from(["p1", "p2", "p3", "p4"]),
    st.dictionaries(st.sampled_from(["a", "b", "c"]), POINTS, min_size=1),
    min_size=1,
)
RULES = st.sampled_from(["raw", "trimmed_mean", "z_score"])


@given(st.fractions(min_value=0, max_value=10_000))
def test_a_root_is_the_largest_of_twelve_places_that_is_not_above(value: Fraction) -> None:
    found = review.root(value)
    assert found**2 <= value < (found + Fraction(1, 10**12)) ** 2
    assert (found * 10**12).denominator == 1


@given(SHEETS, RULES)
def test_scores_stay_within_the_scale_and_do_not_depend_on_order(
    sheets: dict[str, dict[str, Fraction]], rule: str
) -> None:
    found = review.judge_scores(sheets, rule)
    assert found.keys() == sheets.keys()
    assert all(0 <= score <= 100 for score in found.values())
    turned = {paper: dict(reversed(given.items())) for paper, given in reversed(sheets.items())}
    assert review.judge_scores(turned, rule) == found


@given(SHEETS, st.integers(-1000, 1000).map(lambda points: Fraction(points, 10)))
def test_a_strict_judge_weighs_as_much_as_a_mild_one(sheets: dict[str, dict[str, Fraction]], shift: Fraction) -> None:
    """Moving all scores of one judge by the same amount changes nobody's rank."""
    moved = {
        paper: {judge: score + shift if judge == "a" else score for judge, score in given.items()}
        for paper, given in sheets.items()
    }
    before, after = standard(sheets), standard(moved)
    assert before == after


def standard(sheets: dict[str, dict[str, Fraction]]) -> dict[str, Fraction]:
    """The averages in deviations, by the formula as docs/roadshow.md gives it."""
    found = {}
    for paper, given_scores in sheets.items():
        values = []
        for judge, score in given_scores.items():
            own = [other[judge] for other in sheets.values() if judge in other]
            mean = sum(own, Fraction()) / len(own)
            deviation = review.root(sum(((each - mean) ** 2 for each in own), Fraction()) / len(own))
            values.append(rounded((score - mean) / deviation) if deviation else Fraction())
        found[paper] = sum(values, Fraction()) / len(values)
    return found


def rounded(value: Fraction) -> Fraction:
    """To six places, halves away from zero."""
    size = (abs(value) * 10**6 + Fraction(1, 2)) // 1
    return Fraction(size if value > 0 else -size, 10**6)


@given(SHEETS)
def test_z_scores_are_the_formula_of_the_documentation(sheets: dict[str, dict[str, Fraction]]) -> None:
    every = [score for given_scores in sheets.values() for score in given_scores.values()]
    mean = sum(every, Fraction()) / len(every)
    deviation = review.root(sum(((each - mean) ** 2 for each in every), Fraction()) / len(every))
    wanted = {
        paper: min(Fraction(100), max(Fraction(), mean + deviation * average))
        for paper, average in standard(sheets).items()
    }
    assert review.judge_scores(sheets, "z_score") == wanted


def test_the_example_of_the_documentation() -> None:
    sheets = {
        "p1": {"a": Fraction(90), "b": Fraction(60)},
        "p2": {"a": Fraction(80), "b": Fraction(50)},
        "p3": {"a": Fraction(85), "b": Fraction(40)},
    }
    found = review.judge_scores(sheets, "z_score")
    assert {paper: review.two_places(score) for paper, score in found.items()} == {
        "p1": "90.34",
        "p2": "56.08",
        "p3": "56.08",
    }
    assert found["p2"] == found["p3"]  # equal in truth: the tie-break decides, not a rounding
    assert review.judge_scores(sheets, "raw") == {"p1": 75, "p2": 65, "p3": Fraction(125, 2)}


def test_a_judge_who_tells_nobody_apart_says_nothing() -> None:
    sheets = {"p1": {"a": Fraction(80), "b": Fraction(70)}, "p2": {"a": Fraction(60), "b": Fraction(70)}}
    found = review.judge_scores(sheets, "z_score")
    assert found["p1"] - 70 == 70 - found["p2"] > 0


def test_nothing_scored_is_nothing() -> None:
    assert review.judge_scores({"p1": {}}, "z_score") == {"p1": 0}
    assert review.judge_scores({}, "z_score") == {}


def test_the_vector_of_the_draw() -> None:
    """As docs/roadshow.md prints it: anybody may compute it with other tools."""
    secret, public = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", "03 08 11 17 22 30 + 05"
    assert roadshows.commitment(secret) == "2a8abfa8cb9906290437854193ca6bca41d4d4e26d1d454bd66a35158095e737"
    seed = roadshows.seed_of(secret, public)
    assert seed == "54482a6856750146dad46f61c8cd2a151f4bff9643987cd8fbe381daf0665a62"
    assert roadshows.draw(["prp_a", "prp_b", "prp_c", "prp_d"], seed) == ["prp_a", "prp_c", "prp_d", "prp_b"]


@given(st.lists(st.text("abc123", min_size=1), unique=True), st.text("0123456789abcdef", max_size=8))
def test_a_draw_is_an_order_of_the_same_whatever_the_order_given(names: list[str], seed: str) -> None:
    found = roadshows.draw(names, seed)
    assert sorted(found) == sorted(names)
    assert roadshows.draw(names[::-1], seed) == found


@given(st.integers(0, 3000), st.integers(0, 3000), st.none() | st.integers(0, 3000), st.none() | st.integers(0, 1200))
def test_a_pause_does_not_count_and_overtime_is_shown(
    ran: int, paused_seconds: int, pausing: int | None, allowed: int | None
) -> None:
    start = datetime(2030, 1, 7, tzinfo=UTC)
    until = start + timedelta(seconds=ran + paused_seconds)
    now = until + timedelta(seconds=pausing or 0)
    found = roadshows.timer(
        phase_at=start,
        paused_at=None if pausing is None else until,
        paused_seconds=paused_seconds,
        now=now,
        allowed=allowed,
    )
    assert found.elapsed == ran
    if allowed is None:
        assert (found.remaining, found.overtime) == (None, 0)
    else:
        assert found.remaining is not None
        assert found.overtime - found.remaining == ran - allowed
        assert min(found.overtime, found.remaining) == 0


@pytest.mark.parametrize("status", ["stopped", "running", "paused"])
@pytest.mark.parametrize("action", ["run", "pause", "resume", "stop"])
def test_the_clock_takes_the_steps_of_its_table_only(status: str, action: str) -> None:
    if (status, action) in roadshows.CLOCK_TRANSITIONS:
        assert roadshows.next_clock(status, action) == roadshows.CLOCK_TRANSITIONS[status, action]
    else:
        with pytest.raises(ConflictError, match="pitch_clock_conflict"):
            roadshows.next_clock(status, action)
