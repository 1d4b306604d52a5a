"""From proposal to project: the transition table, the checks before submission, and double funding. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from datetime import date, datetime
from typing import Any

from chassis.errors import ConflictError
from contracts.projects.codes import ProjectsCode
from services.projects.proposals import domain_eligibility as eligibility
from services.projects.proposals import planning
from services.projects.proposals.domain_eligibility import Applicant as Applicant
from services.projects.proposals.planning import Problem as Problem
from services.projects.proposals.planning import problem as _problem
from services.projects.rounds import plan_rules

Table = dict[tuple[str, str], str]

_WITHDRAWABLE = ("draft", "submitted", "more_info", "eligible", "under_review", "shortlisted", "pitched")
_TERMINABLE = ("active", "changing", "mid_review", "final_report", "acceptance")
_UNSEEN = ("submitted", "more_info", "eligible", "under_review")
_SEEN = ("shortlisted", "pitched", "recommended", "reserve", "not_recommended", "notice")
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
    ("agreement", "decline"): "declined",
    ("active", "request_change"): "changing",
    ("changing", "decide_change"): "active",
    ("active", "begin_mid_review"): "mid_review",
    ("mid_review", "end_mid_review"): "active",
    ("active", "submit_final_report"): "final_report",
    ("final_report", "accept"): "acceptance",
    ("acceptance", "close"): "closed",
    # with its round: what nobody outside has seen stays unseen
    **{(status, "lapse"): "withdrawn" for status in _UNSEEN},
    **{(status, "lapse"): "declined" for status in _SEEN},
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
NO_APPLICANT = frozenset({"draft", "submitted", "more_info", "screened_out", "withdrawn"})
STATUSES_COUNTED = frozenset(STATUSES) - {"draft", "withdrawn", "screened_out"}
SECTIONS = {section["key"]: section["name_zh"] for section in plan_rules.DEFAULT["sections"]}


def next_status(status: str, action: str) -> str:
    """The state after ``action``; a pair that is not in the table is a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ProjectsCode.PROPOSAL_STATE, status=status, action=action) from None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What is about to be submitted."""

    field: str
    amount_fen: int
    plan: Mapping[str, Any] = default(default_factory=dict)
    budget: Sequence[Mapping[str, Any]] = ()
    operates_street: str | None = None
    attachments: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The part of a round's rules that submission looks at."""

    fields: Sequence[str]
    cap_fen: int
    eligibility: Mapping[str, Any]
    tranches: int
    plan: Mapping[str, Any] | None = None
    purpose: str | None = None
    street_code: str | None = None


def check_submission(draft: Draft, rules: Rules, applicant: Applicant) -> list[Problem]:
    """Everything that is missing or wrong, not only the first; an empty list means ready."""
    return [*check_plan(draft, rules), *eligibility.problems(rules.eligibility, applicant)]


def check_plan(draft: Draft, rules: Rules) -> list[Problem]:
    """The part of it that is about the plan, not about who applies."""
    of_plan = plan_rules.completed(rules.plan)
    heads = draft.plan.get("beneficiary_count")
    return [
        *planning.check_sections(draft.plan, of_plan),
        *_check_dates(draft.plan),
        *_check_milestones(draft.plan, rules.tranches),
        *_check_money(draft, rules),
        *planning.check_budget(draft.budget, amount_fen=draft.amount_fen, heads=heads, rules=of_plan),
        *planning.check_attachments(draft.attachments, of_plan),
        *_check_street(draft, rules),
    ]


def check_days(round_status: str, closes_at: datetime, status: str, now: datetime) -> list[Problem]:
    """Whether the round takes it now; what was returned may come back until screening ends."""
    if status not in EDITABLE:
        return [_problem("status", "not_editable", "方案当前不能提交", "It cannot be submitted in its state")]
    if may_submit(round_status, closes_at, status, now):
        return []
    return [_problem("round", "round_not_open", "轮次当前不接受申报", "The round takes no proposals now")]


def may_submit(round_status: str, closes_at: datetime, status: str, now: datetime) -> bool:
    """First submissions while the round is open, resubmissions until it is screened."""
    if status == "more_info":
        return round_status in {"open", "closed", "screening"}
    return round_status == "open" and now < closes_at


def _check_street(draft: Draft, rules: Rules) -> list[Problem]:
    if rules.purpose != "street_operation":
        return []
    if draft.operates_street is None:
        return [_problem("operates_street", "street_missing", "请填写申请运营的街道", "Name the street to operate")]
    if rules.street_code not in (None, draft.operates_street):
        return [
            _problem("operates_street", "street_outside", "该街道不在本轮次范围内", "The street is not of this round")
        ]
    return []


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


def as_date(value: date | str) -> date:
    """Plans are kept as JSON."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def _within(day: date | str, starts: date | str, ends: date | str) -> bool:
    return as_date(starts) <= as_date(day) <= as_date(ends)
