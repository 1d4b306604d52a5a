"""Rules of evaluations: the transition tables, what a rubric must add up to, how sheets are combined. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from statistics import median
from typing import Any

from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes_evaluations import EvaluationsCode
from services.projects.review import domain as review

STATUSES = ("scoring", "announced", "appealed", "final", "cancelled")
ACTIONS = ("score", "announce", "comment", "accept", "appeal", "uphold", "reject", "conclude", "cancel")
TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("scoring", "score"): "scoring",
    ("scoring", "announce"): "announced",
    ("scoring", "cancel"): "cancelled",
    ("announced", "comment"): "announced",
    ("announced", "accept"): "final",
    ("announced", "appeal"): "appealed",
    ("announced", "conclude"): "final",
    ("announced", "cancel"): "cancelled",
    ("appealed", "comment"): "appealed",
    ("appealed", "uphold"): "scoring",
    ("appealed", "reject"): "final",
    ("appealed", "cancel"): "cancelled",
}
SHEET_STATUSES = ("open", "locked", "recused")
SHEET_ACTIONS = ("fill", "lock", "recuse", "reopen")
SHEET_TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("open", "fill"): "open",
    ("open", "lock"): "locked",
    ("open", "recuse"): "recused",
    ("locked", "reopen"): "open",
}
RUNNING = ("scoring", "announced", "appealed")
NEEDED_STATUS: Mapping[str, str] = {"mid_term": "mid_review", "final": "final_report"}
DEFAULT_RUBRIC: dict[str, Any] = {
    "number": 0,
    "combination": "mean",
    "evaluators_min": 3,
    "appeal_working_days": 5,
    "consequences": [{"grade": "C", "measures": ["improvement_plan", "follow_up_visit"]}],
    "criteria": [
        {
            "key": key,
            "name_zh": name_zh,
            "name_en": name_en,
            "weight": weight,
            "max_points": 10,
            "evidence": evidence,
        }
        for key, name_zh, name_en, weight, evidence in (
            ("goals", "目标达成", "Goals reached", 30, "里程碑与活动记录 milestones and activities"),
            ("beneficiaries", "服务成效", "Effect on beneficiaries", 25, "受益人记录与评价 beneficiaries, ratings"),
            ("money", "资金使用", "Use of money", 25, "支出与票据 spending and receipts"),
            ("management", "项目管理", "Management", 10, "报告与变更 reports and changes"),
            ("lasting", "可持续性", "What lasts", 10, "后续计划 plans for afterwards"),
        )
    ],
}


def next_status(status: str, action: str) -> str:
    """The state after ``action``; whatever is not in the table is a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(EvaluationsCode.RUN_STATE, status=status, action=action) from None


def next_sheet_status(status: str, action: str) -> str:
    """A locked sheet takes no points, and a recused evaluator none either."""
    try:
        return SHEET_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(EvaluationsCode.SHEET_STATE, status=status, action=action) from None


def check_rubric(criteria: Sequence[Mapping[str, Any]], *, grade_a_from: int, grade_b_from: int) -> None:
    """Distinct criteria whose weights sum to 100; A begins above B."""
    problems = []
    keys = [criterion["key"] for criterion in criteria]
    problems += [f"criterion {key} twice" for key in sorted({key for key in keys if keys.count(key) > 1})]
    total = sum(criterion["weight"] for criterion in criteria)
    problems += [f"weights sum to {total}, not to 100"] if total != 100 else []
    problems += ["grade_a_from must be above grade_b_from"] if grade_a_from <= grade_b_from else []
    if problems:
        raise InvalidError(EvaluationsCode.RUBRIC_INVALID, problems=problems)


def check_scores(criteria: Sequence[Mapping[str, Any]], scores: Mapping[str, int]) -> None:
    """A point for every criterion, none besides, within its maximum."""
    limits = {criterion["key"]: criterion["max_points"] for criterion in criteria}
    wrong = sorted(set(limits) ^ set(scores))
    wrong += sorted(key for key, points in scores.items() if key in limits and not 0 <= points <= limits[key])
    if wrong:
        raise InvalidError(EvaluationsCode.SCORES_INVALID, criteria=wrong)


def check_panel(*, able: int, evaluators_min: int) -> None:
    """``able``: evaluators without a conflict of interest."""
    if able < evaluators_min:
        raise ConflictError(EvaluationsCode.TOO_FEW, able=able, evaluators_min=evaluators_min)


def combined(criteria: Sequence[Mapping[str, Any]], sheets: Sequence[Mapping[str, int]], combination: str) -> int:
    """Each sheet's score out of 100 is exact; so is their mean, trimmed mean (without the highest and the lowest of
    three or more) or median; rounded once, half up, at the end."""
    scores = [review.weighted(criteria, sheet) for sheet in sheets]
    value = Fraction(median(scores)) if combination == "median" else review.normalised(scores, combination)
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def by_criterion(criteria: Sequence[Mapping[str, Any]], sheets: Sequence[Mapping[str, int]]) -> list[dict[str, str]]:
    """The mean of each criterion, in hundredths of its maximum."""
    found = []
    for criterion in criteria:
        given = sum(sheet[criterion["key"]] for sheet in sheets)
        share = Fraction(100 * given, criterion["max_points"] * len(sheets)) if sheets else Fraction()
        found.append({"key": criterion["key"], "percent": review.two_places(share)})
    return found


def check_appeal(*, appeals: int, today: date, until: date) -> None:
    """Once, and within its days: the last one counts."""
    if appeals:
        raise ConflictError(EvaluationsCode.APPEALED_ONCE)
    if today > until:
        raise ConflictError(EvaluationsCode.APPEAL_TOO_LATE, appeal_until_on=until.isoformat())


def measures_of(consequences: Sequence[Mapping[str, Any]], grade: str) -> list[str]:
    """What the rubric lays down for a grade."""
    return [measure for row in consequences if row["grade"] == grade for measure in row["measures"]]
