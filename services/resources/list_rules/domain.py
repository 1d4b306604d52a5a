"""Every number that the one list, the census, the talent grid and dispatch read: defaults, bounds, meaning. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.errors import InvalidError, NotFoundError
from contracts.resources.codes_one_list import OneListCode


@dataclass(frozen=True)
class Rule:
    """One number of the district's policy."""

    default: int
    least: int
    most: int
    unit: str
    zh: str
    en: str


RULES: dict[str, Rule] = {
    "recheck_days_service": Rule(180, 1, 3650, "天", "服务项目复核周期", "Days until a service is checked again"),
    "recheck_days_organisation": Rule(
        365, 1, 3650, "天", "组织复核周期", "Days until an organisation is checked again"
    ),
    "recheck_days_talent": Rule(180, 1, 3650, "天", "人才复核周期", "Days until a talent is checked again"),
    "recheck_days_volunteer": Rule(180, 1, 3650, "天", "志愿者复核周期", "Days until a volunteer is checked again"),
    "duplicate_likeness": Rule(
        70, 1, 100, "%", "摸排疑似重复的名称相似度", "Likeness of names (Dice) from which a duplicate is suspected"
    ),
    "map_least_count": Rule(
        3, 1, 100, "人", "地图上少于此数不显示人数", "On maps a count of people below this is not shown"
    ),
    "dispatch_offer_minutes": Rule(120, 5, 43_200, "分钟", "派遣邀请的答复时限", "Minutes to answer a dispatch offer"),
    "dispatch_reach_m": Rule(5000, 100, 100_000, "米", "派遣距离上限", "Metres from which distance earns nothing"),
    "dispatch_load_most": Rule(5, 1, 100, "次", "同时在办上限", "Dispatches in hand from which load earns nothing"),
    "dispatch_points_distance": Rule(400, 0, 10_000, "分", "距离权重", "Most points of nearness"),
    "dispatch_points_skill": Rule(300, 0, 10_000, "分", "技能权重", "Most points of skill"),
    "dispatch_points_load": Rule(200, 0, 10_000, "分", "在办量权重", "Most points of a light load"),
    "dispatch_points_availability": Rule(100, 0, 10_000, "分", "时间相符权重", "Points of being free at that time"),
    "hours_minutes_most": Rule(720, 1, 1440, "分钟", "单次服务时长上限", "Most minutes of one record of hours"),
}


def rule_of(key: str) -> Rule:
    """Raises NotFoundError for a number there is not."""
    found = RULES.get(key)
    if found is None:
        raise NotFoundError(OneListCode.RULE_UNKNOWN, key=key)
    return found


def check(key: str, value: int) -> None:
    """Within its bounds."""
    rule = rule_of(key)
    if not rule.least <= value <= rule.most:
        raise InvalidError(OneListCode.RULE_BOUNDS, key=key, least=rule.least, most=rule.most)
