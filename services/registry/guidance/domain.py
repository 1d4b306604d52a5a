"""The published rules of an organisation's own list, as data, and how they are applied.

A rule applies when all its conditions hold; a fact that is not known fails every comparison but ``unknown``. The rules
say what to do; nothing is decided by them (PIPL art. 24: suggestions are explained, a person decides).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

RULES_VERSION = 1  # raise it with every change of RULES or GAP_SERVICES

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Condition:
    """``is``, ``in``, ``at_least``, ``at_most`` compare a fact with a value; ``unknown`` asks that it is not known."""

    fact: str
    op: str
    value: Any = None

    def holds(self, facts: Facts) -> bool:
        known = facts.get(self.fact)
        if self.op == "unknown":
            return known is None
        if known is None:
            return False
        if self.op == "is":
            return bool(known == self.value)
        if self.op == "in":
            return known in self.value
        return bool(known >= self.value if self.op == "at_least" else known <= self.value)


@dataclass(frozen=True)
class Rule:
    """``due``: the fact that holds the day by which it should be done."""

    code: str
    list: str
    zh: str
    en: str
    for_role: str
    when: tuple[Condition, ...]
    due: str | None = None
    services: tuple[str, ...] = ()


def _if(fact: str, op: str, value: Any = None) -> Condition:
    return Condition(fact, op, value)


_INCUBATED = _if("stage", "in", ("incubating", "suspended"))
RULES: tuple[Rule, ...] = (
    Rule(
        "answer_question",
        "todo",
        "补充材料并答复审核意见",
        "Answer the question asked about the application",
        "cso",
        (_if("case_status", "is", "more_info"),),
        due="case_answer_due_on",
    ),
    Rule(
        "complete_documents",
        "todo",
        "补齐入孵申请必交材料",
        "Add the documents the application still needs",
        "cso",
        (_if("case_status", "is", "draft"), _if("documents_missing", "at_least", 1)),
    ),
    Rule(
        "submit_application",
        "todo",
        "提交入孵申请",
        "Submit the application",
        "cso",
        (_if("case_status", "is", "draft"), _if("documents_missing", "at_most", 0)),
    ),
    Rule(
        "sign_agreement",
        "todo",
        "公示期满，签订入孵协议",
        "The notice is over: sign the agreement",
        "specialist",
        (_if("case_status", "is", "public_notice"), _if("case_agreement_due_on", "at_least", "")),
        due="case_agreement_due_on",
    ),
    Rule(
        "rectify_findings",
        "todo",
        "整改督导发现的问题",
        "Put right what supervision found",
        "cso",
        (_if("findings_open", "at_least", 1),),
        due="finding_due_on",
    ),
    Rule(
        "draft_plan",
        "todo",
        "编制成长方案",
        "Draft the growth plan",
        "steward",
        (_INCUBATED, _if("plan_status", "unknown")),
    ),
    Rule(
        "revise_plan",
        "todo",
        "按意见修改成长方案",
        "Revise the growth plan that was returned",
        "cso",
        (_if("plan_status", "is", "returned"),),
    ),
    Rule(
        "reach_goals",
        "todo",
        "到期的阶段目标尚未达成",
        "Reach the stage goals that are due",
        "cso",
        (_INCUBATED, _if("goals_overdue", "at_least", 1)),
        due="goal_due_on",
    ),
    Rule(
        "prepare_exit",
        "todo",
        "孵化期将满，准备出壳评审",
        "The term ends soon: prepare the exit review",
        "steward",
        (_INCUBATED, _if("term_ends_soon", "is", True)),
        due="case_term_due_on",
    ),
    Rule(
        "assess_exit",
        "todo",
        "完成出壳能力评估",
        "Assess capacity at the exit",
        "specialist",
        (_if("stage", "is", "leaving"), _if("exit_assessed", "is", False)),
    ),
    Rule(
        "close_consultations",
        "todo",
        "查看咨询答复并办结",
        "Read the answers to your questions and close them",
        "cso",
        (_if("consultations_answered", "at_least", 1),),
    ),
    Rule(
        "apply",
        "suggestions",
        "可以申请入孵",
        "You may apply for incubation",
        "cso",
        (_if("stage", "is", "new"), _if("kind", "is", "cso")),
    ),
    Rule(
        "apply_again",
        "suggestions",
        "满足再次申请条件，可以重新申请入孵",
        "You may apply for incubation again",
        "cso",
        (_if("stage", "is", "ended"), _if("may_reenter", "is", True)),
    ),
    Rule(
        "join_hub",
        "suggestions",
        "联系本街道枢纽组织，获得就近支持",
        "Let the street's hub look after you",
        "street_staff",
        (_if("kind", "is", "cso"), _if("has_hub", "is", False)),
    ),
    Rule(
        "register",
        "suggestions",
        "已出壳的备案组织可准备登记注册",
        "A filed organisation that graduated may prepare to be registered",
        "cso",
        (_if("stage", "is", "graduated"), _if("legal_tier", "is", "filed")),
        services=("legal",),
    ),
    Rule(
        "assess_again",
        "suggestions",
        "距上次能力评估已久，建议复评",
        "Capacity was assessed long ago: assess it again",
        "specialist",
        (_INCUBATED, _if("days_since_assessment", "at_least", 180)),
    ),
    Rule(
        "visit",
        "service_plan",
        "安排一次督导走访",
        "Plan a supervision visit",
        "hub",
        (_INCUBATED, _if("visit_due", "is", True)),
        due="visit_due_on",
    ),
    Rule(
        "after_expulsion",
        "service_plan",
        "曾被清退：加密督导并逐月检查阶段目标",
        "Expelled before: visit more often and review the stage goals each month",
        "specialist",
        (_INCUBATED, _if("expelled_before", "is", True)),
    ),
    Rule(
        "link_resources",
        "service_plan",
        "尚无后台服务资源，按短板对接 N 类资源",
        "No back-office resource yet: link those that close the gaps",
        "steward",
        (_INCUBATED, _if("resources_linked", "at_most", 0)),
    ),
)
# What closes a gap of a dimension: kinds of back-office resources (the N of 1+1+N).
GAP_SERVICES: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "governance": ("治理短板：完善章程与内部制度", "Governance: bylaws and rules of procedure", ("legal", "mentor")),
    "team": ("团队短板：骨干培训与志愿者补充", "Team: train the backbone, find volunteers", ("training", "volunteer")),
    "service": ("服务短板：项目设计辅导", "Service: help to design projects", ("mentor", "training")),
    "finance": ("财务短板：代账与财务规范辅导", "Finance: bookkeeping and proper accounts", ("finance",)),
    "resources": ("资源短板：对接资金、场地和共建单位", "Resources: funds, venues, partners", ("funding", "venue")),
    "publicity": ("传播短板：品牌与宣传支持", "Publicity: brand and communication", ("publicity",)),
}


def applying(facts: Facts) -> list[tuple[Rule, dict[str, Any]]]:
    """Each rule that applies, in the published order, with the facts its conditions looked at."""
    return [
        (rule, {one.fact: facts.get(one.fact) for one in rule.when})
        for rule in RULES
        if all(condition.holds(facts) for condition in rule.when)
    ]


def gaps(scores: Mapping[str, int], *, below: int) -> list[tuple[str, int]]:
    """Dimensions whose last score is below the line, the weakest first; ``scores`` run from 0 to 100."""
    weak = [(name, scores[name]) for name in GAP_SERVICES if name in scores and scores[name] < below]
    return sorted(weak, key=lambda one: one[1])


def stage(case_status: str | None, *, came_to_incubation: bool) -> str:
    """Where an organisation stands, by its newest case. One that was turned down before incubation is new again."""
    if case_status in {"incubating", "extended"}:
        return "incubating"
    known = {"suspended": "suspended", "exit_review": "leaving", "graduated": "graduated"}
    if case_status in known:
        return known[case_status]
    if case_status in {"withdrawn", "expelled"} and came_to_incubation:
        return "ended"
    return "new" if case_status in {None, "rejected", "withdrawn", "expelled"} else "applying"
