"""Review: conflicts of interest, points, spread and outliers. Pure; scores are exact fractions out of 100."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from statistics import median
from typing import Any

from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes import ProjectsCode

SHEET_TRANSITIONS: dict[tuple[str, str], str] = {("open", "fill"): "open", ("open", "lock"): "locked"}
CORRECTION_TRANSITIONS: dict[tuple[str, str], str] = {("asked", "sign"): "signed"}
Rubric = Sequence[Mapping[str, Any]]


def next_sheet_status(status: str, action: str) -> str:
    """A locked sheet takes no step at all."""
    try:
        return SHEET_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ProjectsCode.SCORE_SHEET_LOCKED, status=status, action=action) from None


def next_correction_status(status: str, action: str) -> str:
    """A correction is signed once."""
    try:
        return CORRECTION_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ProjectsCode.CORRECTION_STATE, status=status, action=action) from None


@dataclass(frozen=True, kw_only=True)
class Interests:
    """What binds a judge."""

    organisation_id: str | None
    mentored: frozenset[str]


def conflict_of(judge: Interests, *, organisation_id: str, hub_id: str | None, funders: frozenset[str]) -> str | None:
    """``same_organisation``, ``hub``, ``mentor``, ``funder`` or nothing (DOMAIN.md, Roadshow)."""
    if organisation_id in judge.mentored:
        return "mentor"
    if judge.organisation_id is None:
        return None
    if judge.organisation_id == organisation_id:
        return "same_organisation"
    if judge.organisation_id == hub_id:
        return "hub"
    return "funder" if judge.organisation_id in funders else None


def check_scores(rubric: Rubric, scores: Mapping[str, int]) -> None:
    """A point for every criterion of the rubric, none besides, within its maximum."""
    limits = {criterion["key"]: criterion["max_points"] for criterion in rubric}
    wrong = sorted(set(limits) ^ set(scores))
    wrong += sorted(key for key, points in scores.items() if key in limits and not 0 <= points <= limits[key])
    if wrong:
        raise InvalidError(ProjectsCode.SCORES_INVALID, criteria=wrong)


def weighted(rubric: Rubric, scores: Mapping[str, int]) -> Fraction:
    """A sheet's score out of 100."""
    return sum((Fraction(item["weight"] * scores[item["key"]], item["max_points"]) for item in rubric), Fraction())


def normalised(scores: Sequence[Fraction], normalisation: str) -> Fraction:
    """The judges' score: the mean, or the mean without the highest and the lowest (of three or more)."""
    ordered = sorted(scores)
    if normalisation == "trimmed_mean" and len(ordered) > 2:
        ordered = ordered[1:-1]
    return sum(ordered, Fraction()) / len(ordered) if ordered else Fraction()


def root(value: Fraction) -> Fraction:
    """The square root rounded down to twelve decimal places: ⌊10¹² √v⌋ / 10¹², in whole numbers only."""
    return Fraction(isqrt(value.numerator * 10**24 // value.denominator), 10**12)


def mean_and_deviation(scores: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """The mean, and the standard deviation of the population by :func:`root`."""
    mean = sum(scores, Fraction()) / len(scores)
    return mean, root(sum(((score - mean) ** 2 for score in scores), Fraction()) / len(scores))


def judge_scores(scores: Mapping[str, Mapping[str, Fraction]], normalisation: str) -> dict[str, Fraction]:
    """The judges' score of each proposal of a round, from ``{proposal: {judge: score}}``.

    ``z_score``: each judge's scores are expressed in deviations from that judge's own mean, averaged per proposal, and
    put back on the round's scale (its mean and deviation), within 0 and 100. A judge who gives everybody the same says
    nothing: 0. docs/roadshow.md has the formula and an example.
    """
    if normalisation != "z_score":
        return {paper: normalised(list(found.values()), normalisation) for paper, found in scores.items()}
    by_judge: dict[str, list[Fraction]] = {}
    for found in scores.values():
        for judge, score in found.items():
            by_judge.setdefault(judge, []).append(score)
    scale = {judge: mean_and_deviation(given) for judge, given in by_judge.items()}
    everything = [score for given in by_judge.values() for score in given]
    if not everything:
        return {paper: Fraction() for paper in scores}
    mean, deviation = mean_and_deviation(everything)
    result = {}
    for paper, found in scores.items():
        standard = [_standard(score, *scale[judge]) for judge, score in found.items()]
        average = sum(standard, Fraction()) / len(standard) if standard else None
        result[paper] = (
            Fraction() if average is None else min(Fraction(100), max(Fraction(), mean + deviation * average))
        )
    return result


def _standard(score: Fraction, mean: Fraction, deviation: Fraction) -> Fraction:
    """In deviations from the mean, to six places, halves away from zero: what is equal in truth stays equal here."""
    if not deviation:
        return Fraction()
    size = abs(score - mean) / deviation
    rounded = Fraction((2 * size.numerator * 10**6 + size.denominator) // (2 * size.denominator), 10**6)
    return rounded if score > mean else -rounded


def spread(scores: Sequence[Fraction]) -> Fraction:
    """Highest less lowest."""
    return max(scores) - min(scores) if scores else Fraction()


def warnings(scores: Mapping[str, Fraction], *, spread_warning: int, outlier_warning: int) -> list[str]:
    """``spread``, and ``outlier:<judge account>`` for each judge far from the median."""
    values = list(scores.values())
    found = ["spread"] if spread(values) > spread_warning else []
    middle = median(values) if values else Fraction()
    return found + [f"outlier:{judge}" for judge, score in scores.items() if abs(score - middle) > outlier_warning]


def two_places(value: Fraction) -> str:
    """A score as people read it; rounded half up, exact until here."""
    cents = (value * 200 + 1) // 2
    return f"{cents // 100}.{cents % 100:02d}"
