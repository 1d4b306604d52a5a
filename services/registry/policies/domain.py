"""The numbers of DOMAIN.md's brackets: their defaults, bounds and meaning."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.errors import InvalidError, NotFoundError
from contracts.registry.codes import RegistryCode

Value = int | list[str]


@dataclass(frozen=True)
class Rule:
    """One policy number, or list of words."""

    default: Value
    least: int
    most: int
    unit: str
    zh: str
    en: str


RULES: dict[str, Rule] = {
    "sign_in_failures": Rule(5, 1, 100, "次", "登录失败几次后锁定", "Failures before sign-in is locked"),
    "sign_in_lock_seconds": Rule(30, 1, 3600, "秒", "首次锁定时长，之后翻倍", "First lock; doubles after that"),
    "sign_in_lock_most_seconds": Rule(900, 1, 86_400, "秒", "最长锁定时长", "Longest lock"),
    "session_days": Rule(14, 1, 90, "天", "登录续期的最长天数", "Days a session may be refreshed"),
    "seed_backbone": Rule(2, 1, 50, "人", "种子团队备案所需骨干", "Backbone people a group needs to be filed"),
    "seed_members": Rule(10, 1, 500, "人", "种子团队备案所需成员", "Members a group needs to be filed"),
    "seed_meetings": Rule(1, 0, 50, "次", "种子团队备案所需会议", "Meetings a group needs to be filed"),
    "case_documents": Rule(
        ["application", "charter", "member_list"], 0, 20, "项", "入孵申请必交材料", "Documents an application needs"
    ),
    "case_review_working_days": Rule(5, 1, 60, "工作日", "评审时限", "Working days a review may take"),
    "case_votes": Rule(3, 1, 50, "票", "评审有效票数", "Votes a review needs"),
    "case_notice_days": Rule(7, 1, 90, "天", "入孵公示天数", "Days of public notice"),
    "case_base_capacity": Rule(60, 1, 10_000, "家", "基地入驻容量", "Organisations the base can take in"),
    "case_months": Rule(12, 1, 60, "月", "孵化期", "Months of incubation"),
    "case_extension_months": Rule(12, 1, 60, "月", "最长延长期", "Longest extension in months"),
    "case_total_months": Rule(24, 1, 120, "月", "孵化总期限", "Most months altogether"),
    "case_failed_rechecks": Rule(2, 1, 20, "次", "复查不合格几次可清退", "Failed rechecks that may expel"),
    "case_reentry_days": Rule(
        180, 0, 3650, "天", "清退后再次申请的间隔", "Days before an expelled one may apply again"
    ),
    "specialist_caseload": Rule(30, 1, 1000, "家", "专员最多在办", "Most cases of a specialist"),
    "steward_caseload": Rule(10, 1, 1000, "家", "管家最多在办", "Most cases of a steward"),
    "consultation_working_days": Rule(3, 1, 60, "工作日", "咨询答复时限", "Working days an answer may take"),
    "grid_cell_points": Rule(2000, 4, 20_000, "点", "网格边界最多点数", "Most points of a grid cell's boundary"),
}


def check(key: str, value: Value) -> Rule:
    """The rule of ``key``; raises where the key is unknown or the value out of bounds."""
    rule = RULES.get(key)
    if rule is None:
        raise NotFoundError(RegistryCode.POLICY_NOT_FOUND, key=key)
    words = isinstance(value, list)
    size = len(value) if isinstance(value, list) else value
    if words != isinstance(rule.default, list) or not rule.least <= size <= rule.most:
        raise InvalidError(RegistryCode.POLICY_VALUE_INVALID, key=key, least=rule.least, most=rule.most)
    return rule
