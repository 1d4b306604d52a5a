"""What a district starts with: drafts of two rubrics and of a cultivation rule; data for people to change.

The areas of the rubric for registered organisations follow 社会组织评估管理办法 (order no. 39 of the Ministry of
Civil Affairs); weights, scales and thresholds are the product's proposal: no law names them for a district.
"""

from __future__ import annotations

from typing import Any

_NATURE = "平台默认草案，权重与分数线为示例，由本区修改后发布（default draft: the district changes and publishes it）"


def _criterion(code: str, zh: str, en: str, weight: int, guidance: str) -> dict[str, Any]:
    return {"code": code, "zh": zh, "en": en, "weight": weight, "least": 0, "most": 100, "guidance": guidance}


def _thresholds(**points: int) -> list[dict[str, Any]]:
    return [{"grade": grade.removeprefix("g"), "at_least": least} for grade, least in points.items()]


_SCORING = {"normalisation": "share_of_most", "aggregation": "trimmed_mean", "trim_from": 5}
_REGISTERED = {
    "name": "社会组织等级评估标准（默认草案）",
    "applies_to": "registered",
    "criteria": [
        _criterion("foundation", "基础条件", "Basic conditions", 10, "法人资格、章程、登记与年报、办公条件"),
        _criterion("governance", "内部治理", "Governance", 25, "组织机构、党建、人力资源、决策与档案"),
        _criterion("finance", "财务管理", "Finance", 15, "预算、票据、审计、信息公开"),
        _criterion("performance", "工作绩效", "Performance", 35, "服务社区的数量与质量、项目完成、资源链接、创新"),
        _criterion("reputation", "社会评价", "Reputation", 15, "服务对象、社区、街道与主管部门的评价"),
    ],
    "thresholds": _thresholds(g1A=60, g2A=70, g3A=80, g4A=90, g5A=95),
    "source": "评估内容参照《社会组织评估管理办法》（民政部令第39号）。" + _NATURE,
    **_SCORING,
}
# The indicators of a case's capacity assessment, so that the stars and the growth of capacity are read side by side.
_FILED = {
    "name": "备案社区社会组织星级评估标准（默认草案）",
    "applies_to": "filed",
    "criteria": [
        _criterion("governance", "内部治理", "Governance", 20, "有章程或公约、负责人明确、议事有记录"),
        _criterion("team", "团队能力", "Team", 20, "骨干稳定、成员数量、分工与培训"),
        _criterion("service", "服务能力", "Service", 30, "服务场次、受益人数、居民评价、留痕完整"),
        _criterion("finance", "财务规范", "Finance", 10, "收支有账、票据齐全、定期公开"),
        _criterion("resources", "资源链接", "Resources", 10, "与驻区单位、商户、基金会等的合作"),
        _criterion("publicity", "宣传影响", "Publicity", 10, "品牌故事、媒体与线上展示"),
    ],
    "thresholds": _thresholds(star_1=50, star_2=60, star_3=70, star_4=80, star_5=90),
    "source": "备案组织星级无全国统一标准。" + _NATURE,
    **_SCORING,
}
_CULTIVATION = {
    "name": "重点培养名单规则（默认草案）",
    "tiers": ["registered", "filed"],
    "lookback_months": 12,
    "terms": [
        {"term": "grade", "weight": 20, "full_at": 5},
        {"term": "capacity", "weight": 15, "full_at": 80},
        {"term": "capacity_growth", "weight": 15, "full_at": 20},
        {"term": "incubation", "weight": 10, "full_at": 2},
        {"term": "projects", "weight": 15, "full_at": 2},
        {"term": "service_hours", "weight": 10, "full_at": 200},
        {"term": "trainings", "weight": 5, "full_at": 4},
        {"term": "party", "weight": 10, "full_at": 1},
    ],
    "at_least": 50,
    "most": 30,
    "source": "无上位法规定。" + _NATURE,
}
RULEBOOKS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("rubric", "registered_grades", _REGISTERED),
    ("rubric", "filed_star_grades", _FILED),
    ("cultivation", "key_cultivation_rule", _CULTIVATION),
)
