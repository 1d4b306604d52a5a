"""What a plan must be where neither district nor round says otherwise, and what makes such rules valid. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

STANDARD_SECTIONS = ("need", "beneficiaries", "goals", "activities", "team", "risks", "sustainability")
LONGEST = 10_000
_NAMES = {
    "need": ("需求分析", "Need"),
    "beneficiaries": ("受益人群", "Beneficiaries"),
    "goals": ("目标", "Goals"),
    "activities": ("活动安排", "Activities"),
    "team": ("团队", "Team"),
    "risks": ("风险与应对", "Risks"),
    "sustainability": ("可持续性", "Sustainability"),
}
# What the form itself lets in; a rule beyond it could never be met.
FORM_LIMITS = {"beneficiaries": 2_000, "activities": LONGEST, **dict.fromkeys(("need", "goals", "team"), 5_000)}
FORM_LIMITS.update(dict.fromkeys(("risks", "sustainability"), 5_000))
DEFAULT: dict[str, Any] = {
    "template_id": None,
    "template_number": None,
    "sections": [
        {
            "key": key,
            "name_zh": _NAMES[key][0],
            "name_en": _NAMES[key][1],
            "required": True,
            "min_length": 1,
            "max_length": FORM_LIMITS[key],
            "guidance": "",
        }
        for key in STANDARD_SECTIONS
    ],
    "budget": {"categories": [], "category_required": False, "forbidden": [], "per_head_cap_fen": None},
    "attachments": [],
    "amendment_days": 0,
}


def completed(rules: Mapping[str, Any] | None) -> dict[str, Any]:
    """The rules with every key; a round frozen before these rules existed has none and gets what held then."""
    given = dict(rules or {})
    return {**DEFAULT, **given, "budget": {**DEFAULT["budget"], **(given.get("budget") or {})}}


def problems(rules: Mapping[str, Any] | None) -> list[str]:
    """What is wrong with rules of a plan."""
    whole = completed(rules)
    return [*_of_sections(whole), *_of_budget(whole["budget"])]


def _of_sections(rules: Mapping[str, Any]) -> list[str]:
    found = [f"plan_rules: section {key} is named twice" for key in _twice(rules["sections"])]
    for section in rules["sections"]:
        longest = min(section["max_length"], FORM_LIMITS.get(section["key"], LONGEST))
        if section["min_length"] > longest:
            found.append(f"plan_rules: section {section['key']} has a minimum above its maximum of {longest}")
    return found


def _of_budget(budget: Mapping[str, Any]) -> list[str]:
    found = [f"plan_rules: budget category {key} is named twice" for key in _twice(budget["categories"])]
    if budget["category_required"] and not budget["categories"]:
        found.append("plan_rules: a category is required but none is named")
    shares = [category.get("max_percent") for category in budget["categories"]]
    if budget["category_required"] and shares and None not in shares and sum(shares) < 100:
        found.append("plan_rules: the categories' shares leave a part of every budget without a place")
    if budget["per_head_cap_fen"] is not None and budget["per_head_cap_fen"] <= 0:
        found.append("plan_rules: per_head_cap above zero")
    return found


def _twice(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(key for key, count in Counter(row["key"] for row in rows).items() if count > 1)
