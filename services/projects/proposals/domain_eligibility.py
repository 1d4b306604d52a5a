"""Who may apply: each rule of a round against the facts of an applicant as of an instant, with its reason. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.projects.proposals.planning import Problem, problem


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """What the rules need to know of an organisation, as of one instant."""

    kind: str
    legal_tier: str
    in_breach: bool
    other_proposals: int
    status: str = "active"


@dataclass(frozen=True, kw_only=True)
class Result:
    """A rule and whether it is met: ``fact`` is what it was judged by."""

    rule: str
    passed: bool
    reason_zh: str
    reason_en: str
    fact: Mapping[str, Any]

    def plain(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "rule": self.rule,
            "passed": self.passed,
            "reason_zh": self.reason_zh,
            "reason_en": self.reason_en,
            "fact": dict(self.fact),
        }


_TIERS = {"registered": "已登记", "filed": "已备案", "guided": "培育中"}
_CODES = {"kind": "not_eligible", "tier": "not_eligible", "active": "not_active", "breach": "in_breach"}


def _kind(rules: Mapping[str, Any], who: Applicant) -> Result:
    passed = who.kind in rules["kinds"]
    zh = "组织类型符合申报条件" if passed else "组织类别不符合申报条件"
    en = "This kind of organisation may apply" if passed else "This kind of organisation may not apply"
    return Result(rule="kind", passed=passed, reason_zh=zh, reason_en=en, fact={"kind": who.kind})


def _tier(rules: Mapping[str, Any], who: Applicant) -> Result:
    passed = who.legal_tier in rules["tiers"]
    zh = f"{_TIERS.get(who.legal_tier, who.legal_tier)}，{'符合' if passed else '不符合'}申报条件"
    en = f"{who.legal_tier}: {'may' if passed else 'may not'} apply"
    return Result(rule="tier", passed=passed, reason_zh=zh, reason_en=en, fact={"legal_tier": who.legal_tier})


def _active(rules: Mapping[str, Any], who: Applicant) -> Result:
    passed = who.status == "active" or not rules.get("active_only", False)
    zh = "组织状态正常" if passed else "组织已注销、合并或停止活动"
    en = "The organisation is active" if passed else "The organisation is closed or merged"
    return Result(rule="active", passed=passed, reason_zh=zh, reason_en=en, fact={"status": who.status})


def _breach(rules: Mapping[str, Any], who: Applicant) -> Result:
    passed = not (rules["exclude_breach"] and who.in_breach)
    zh = "没有未了结的违约" if passed else "组织存在未了结的违约"
    en = "No open breach" if passed else "An open breach bars it"
    return Result(rule="breach", passed=passed, reason_zh=zh, reason_en=en, fact={"in_breach": who.in_breach})


def _count(rules: Mapping[str, Any], who: Applicant) -> Result:
    most = rules["max_proposals"]
    passed = who.other_proposals < most
    zh = f"本轮次另有 {who.other_proposals} 份，上限 {most} 份"
    en = f"{who.other_proposals} other proposals, {most} allowed"
    if not passed:
        zh, en = f"本组织在本轮次的申报数已达上限（{most}）", f"As many proposals as a round allows ({most})"
    return Result(
        rule="count", passed=passed, reason_zh=zh, reason_en=en, fact={"other_proposals": who.other_proposals}
    )


RULES: tuple[Callable[[Mapping[str, Any], Applicant], Result], ...] = (_kind, _tier, _active, _breach, _count)


def evaluate(rules: Mapping[str, Any], who: Applicant) -> list[Result]:
    """Every rule, met or not, in a fixed order."""
    return [rule(rules, who) for rule in RULES]


def problems(rules: Mapping[str, Any], who: Applicant) -> list[Problem]:
    """What keeps an organisation from submitting; kind and tier are one answer to it."""
    failed = [result for result in evaluate(rules, who) if not result.passed]
    by_code: dict[str, Problem] = {}
    for result in failed:
        code = _CODES.get(result.rule, "too_many")
        by_code.setdefault(code, problem("organisation", code, result.reason_zh, result.reason_en))
    return list(by_code.values())


def of_plan(found: list[Problem]) -> Result:
    """The plan itself is a rule as well: an amendment may have moved what was valid when it was submitted."""
    zh = "方案符合截止时的规则" if not found else "方案不符合截止时的规则：" + "；".join(item["zh"] for item in found)
    en = "The plan keeps the rules" if not found else "The plan does not keep the rules as of the deadline"
    return Result(
        rule="plan",
        passed=not found,
        reason_zh=zh,
        reason_en=en,
        fact={"problems": sorted({item["code"] for item in found})},
    )
