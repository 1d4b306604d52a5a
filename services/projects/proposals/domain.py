"""From proposal to project: the transition table, the checks before submission, and double funding. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from datetime import date
from typing import Any

from chassis.errors import ConflictError
from contracts.projects.codes import ProjectsCode

Table = dict[tuple[str, str], str]

_WITHDRAWABLE = ("draft", "submitted", "more_info", "eligible", "under_review", "shortlisted", "pitched")
_TERMINABLE = ("active", "changing", "mid_review", "final_report", "acceptance")
_RANKABLE = ("shortlisted", "pitched")

TRANSITIONS: Table = {
    ("draft", "submit"): "submitted",
    ("submitted", "return"): "more_info",
    ("more_info", "submit"): "submitted",
    ("submitted", "screen_in"): "eligible",
    ("submitted", "screen_out"): "screened_out",
    ("more_info", "screen_out"): "screened_out",
    ("eligible", "start_review"): "under_review",
    ("under_review", "shortlist"): "shortlisted",
    ("under_review", "pass_over"): "not_recommended",
    ("shortlisted", "pitch"): "pitched",
    **{(status, "recommend"): "recommended" for status in _RANKABLE},
    **{(status, "put_in_reserve"): "reserve" for status in _RANKABLE},
    **{(status, "not_recommend"): "not_recommended" for status in _RANKABLE},
    ("recommended", "publish"): "notice",
    ("reserve", "promote"): "notice",
    ("reserve", "decline"): "declined",
    ("not_recommended", "decline"): "declined",
    ("notice", "award"): "awarded",
    ("notice", "decline"): "declined",
    ("awarded", "offer_agreement"): "agreement",
    ("agreement", "sign"): "active",
    ("active", "request_change"): "changing",
    ("changing", "decide_change"): "active",
    ("active", "begin_mid_review"): "mid_review",
    ("mid_review", "end_mid_review"): "active",
    ("active", "submit_final_report"): "final_report",
    ("final_report", "accept"): "acceptance",
    ("acceptance", "close"): "closed",
    **{(status, "withdraw"): "withdrawn" for status in _WITHDRAWABLE},
    **{(status, "terminate"): "terminated" for status in _TERMINABLE},
}
STATUSES = tuple(dict.fromkeys([status for status, _ in TRANSITIONS] + list(TRANSITIONS.values())))
ACTIONS = tuple(dict.fromkeys(action for _, action in TRANSITIONS))
EDITABLE = frozenset({"draft", "more_info"})
LOST = frozenset({"draft", "withdrawn", "screened_out", "not_recommended", "declined"})
PUBLIC = frozenset(STATUSES) - {
    "draft",
    "submitted",
    "more_info",
    "eligible",
    "screened_out",
    "under_review",
    "withdrawn",
}
STATUSES_COUNTED = frozenset(STATUSES) - {"draft", "withdrawn", "screened_out"}
SECTIONS = {
    "need": "需求分析",
    "beneficiaries": "受益人群",
    "goals": "目标",
    "activities": "活动安排",
    "team": "团队",
    "risks": "风险与应对",
    "sustainability": "可持续性",
}


def next_status(status: str, action: str) -> str:
    """The state after ``action``; a pair that is not in the table is a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ProjectsCode.PROPOSAL_STATE, status=status, action=action) from None


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """What the rules need to know of an organisation."""

    kind: str
    legal_tier: str
    in_breach: bool
    other_proposals: int


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What is about to be submitted."""

    field: str
    amount_fen: int
    plan: Mapping[str, Any] = default(default_factory=dict)
    budget: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The part of a round's rules that submission looks at."""

    fields: Sequence[str]
    cap_fen: int
    eligibility: Mapping[str, Any]
    tranches: int


Problem = dict[str, str]


def _problem(name: str, code: str, zh: str, en: str) -> Problem:
    return {"field": name, "code": code, "zh": zh, "en": en}


def check_submission(draft: Draft, rules: Rules, applicant: Applicant) -> list[Problem]:
    """Everything that is missing or wrong, not only the first; an empty list means ready."""
    return [
        *_check_sections(draft.plan),
        *_check_dates(draft.plan),
        *_check_milestones(draft.plan, rules.tranches),
        *_check_money(draft, rules),
        *_check_applicant(rules.eligibility, applicant),
    ]


def _check_sections(plan: Mapping[str, Any]) -> list[Problem]:
    problems = [
        _problem(f"plan.{name}", "section_missing", f"请填写“{zh}”", f"Write the section {name}")
        for name, zh in SECTIONS.items()
        if not str(plan.get(name) or "").strip()
    ]
    if not plan.get("beneficiary_count"):
        problems.append(_problem("plan.beneficiary_count", "section_missing", "请填写受益人数", "Count beneficiaries"))
    return problems


def _check_dates(plan: Mapping[str, Any]) -> list[Problem]:
    starts, ends = plan.get("starts_on"), plan.get("ends_on")
    if not starts or not ends:
        return [_problem("plan.starts_on", "dates_missing", "请填写起止日期", "Give the first and last day")]
    if as_date(ends) < as_date(starts):
        return [_problem("plan.ends_on", "dates_reversed", "结束日期早于开始日期", "The last day is before the first")]
    return []


def _check_milestones(plan: Mapping[str, Any], tranches: int) -> list[Problem]:
    milestones = plan.get("milestones") or []
    if not milestones:
        return [
            _problem("plan.milestones", "milestones_missing", "请至少安排一个里程碑", "Plan at least one milestone")
        ]
    problems = []
    bound = [item["tranche_number"] for item in milestones if item.get("tranche_number")]
    if len(bound) != len(set(bound)) or any(number > tranches for number in bound):
        problems.append(
            _problem("plan.milestones", "tranche_invalid", "里程碑对应的拨付期次有误", "A milestone's tranche is wrong")
        )
    starts, ends = plan.get("starts_on"), plan.get("ends_on")
    if starts and ends and any(not _within(item["due_on"], starts, ends) for item in milestones):
        problems.append(
            _problem(
                "plan.milestones", "milestone_outside", "里程碑日期不在项目期内", "A milestone is out of the dates"
            )
        )
    return problems


def _check_money(draft: Draft, rules: Rules) -> list[Problem]:
    problems = []
    if draft.field not in rules.fields:
        problems.append(_problem("field", "field_outside", "不在本轮次支持的领域内", "Not a field of this round"))
    if draft.amount_fen <= 0:
        problems.append(_problem("amount", "amount_missing", "请填写申请金额", "Give the amount"))
    if draft.amount_fen > rules.cap_fen:
        problems.append(_problem("amount", "above_cap", "超过单个方案资助上限", "Above the cap per proposal"))
    names = [line["line"] for line in draft.budget]
    if not names or len(names) != len(set(names)) or any(line["amount_fen"] <= 0 for line in draft.budget):
        problems.append(
            _problem("budget", "budget_invalid", "预算明细需逐项列出且不重复", "Budget lines: distinct, above zero")
        )
    if sum(line["amount_fen"] for line in draft.budget) != draft.amount_fen:
        problems.append(
            _problem("budget", "budget_sum", "预算明细合计与申请金额不一致", "Budget lines must add up to the amount")
        )
    return problems


def _check_applicant(eligibility: Mapping[str, Any], applicant: Applicant) -> list[Problem]:
    problems = []
    if applicant.legal_tier not in eligibility["tiers"] or applicant.kind not in eligibility["kinds"]:
        problems.append(
            _problem(
                "organisation", "not_eligible", "组织类别不符合申报条件", "This kind of organisation may not apply"
            )
        )
    if eligibility["exclude_breach"] and applicant.in_breach:
        problems.append(_problem("organisation", "in_breach", "组织存在未了结的违约", "An open breach bars it"))
    if applicant.other_proposals >= eligibility["max_proposals"]:
        problems.append(
            _problem(
                "organisation", "too_many", "本组织在本轮次的申报数已达上限", "As many proposals as a round allows"
            )
        )
    return problems


def as_date(value: date | str) -> date:
    """Plans are kept as JSON."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def _within(day: date | str, starts: date | str, ends: date | str) -> bool:
    return as_date(starts) <= as_date(day) <= as_date(ends)


def bigrams(text: str) -> set[str]:
    """Pairs of neighbouring letters, punctuation and spaces left out."""
    letters = [char.lower() for char in text if char.isalnum()]
    if len(letters) < 2:
        return set(letters)
    return {first + second for first, second in itertools.pairwise(letters)}


def overlap_percent(one: str, other: str) -> int:
    """Dice coefficient of the bigram sets, 0 to 100 (Dice 1945)."""
    left, right = bigrams(one), bigrams(other)
    if not left or not right:
        return 0
    return 200 * len(left & right) // (len(left) + len(right))


def purpose_overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    """How much two proposals of one organisation want the same: ``{title, field, plan}``; 0 where dates do not meet."""
    if one["field"] != other["field"] or not _dates_meet(one["plan"], other["plan"]):
        return 0
    titles = overlap_percent(one["title"], other["title"])
    served = overlap_percent(one["plan"].get("beneficiaries") or "", other["plan"].get("beneficiaries") or "")
    return max(titles, served)


def _dates_meet(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    ends = [one.get("starts_on"), one.get("ends_on"), other.get("starts_on"), other.get("ends_on")]
    if any(end is None for end in ends):
        return True
    first, last, start, stop = (as_date(end) for end in ends if end is not None)
    return first <= stop and start <= last
