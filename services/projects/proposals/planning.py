"""A plan against the rules of its round: sections, budget lines, attachments. Everything wrong is named. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.projects.rounds import plan_rules

Problem = dict[str, str]
STANDARD = frozenset(plan_rules.STANDARD_SECTIONS)
PARTS = frozenset({"", "title", "amount", "budget", "timetable", "milestones", "attachments"})


def problem(name: str, code: str, zh: str, en: str) -> Problem:
    """One thing that is missing or wrong, in two languages."""
    return {"field": name, "code": code, "zh": zh, "en": en}


def text_of(plan: Mapping[str, Any], key: str) -> str:
    """A section's text, standard or of the template."""
    found = plan.get(key) if key in STANDARD else (plan.get("sections") or {}).get(key)
    return str(found or "").strip()


def length(text: str) -> int:
    """Characters without blanks: padding does not count."""
    return len("".join(text.split()))


def knows_section(rules: Mapping[str, Any] | None, key: str) -> bool:
    """Whether a comment may be about it."""
    return key in PARTS or any(section["key"] == key for section in plan_rules.completed(rules)["sections"])


def check_sections(plan: Mapping[str, Any], rules: Mapping[str, Any]) -> list[Problem]:
    """Written where required, and neither too short nor too long."""
    found = [each for section in rules["sections"] for each in _check_section(plan, section)]
    known = {section["key"] for section in rules["sections"]}
    strange = sorted(set(plan.get("sections") or {}) - known)
    found += [
        problem(f"plan.sections.{key}", "section_unknown", f"模板中没有“{key}”这一部分", f"No section {key} here")
        for key in strange
    ]
    if not plan.get("beneficiary_count"):
        found.append(problem("plan.beneficiary_count", "section_missing", "请填写受益人数", "Count beneficiaries"))
    return found


def _check_section(plan: Mapping[str, Any], section: Mapping[str, Any]) -> list[Problem]:
    key, zh, en = section["key"], section["name_zh"], section["name_en"]
    name = f"plan.{key}" if key in STANDARD else f"plan.sections.{key}"
    size = length(text_of(plan, key))
    if not size:
        missing = problem(name, "section_missing", f"请填写“{zh}”", f"Write the section {en}")
        return [missing] if section["required"] else []
    if size < section["min_length"]:
        least = section["min_length"]
        return [problem(name, "section_short", f"“{zh}”至少 {least} 字，现有 {size} 字", f"{en}: {least} at least")]
    if size > section["max_length"]:
        most = section["max_length"]
        return [problem(name, "section_long", f"“{zh}”至多 {most} 字，现有 {size} 字", f"{en}: {most} at most")]
    return []


def check_budget(
    lines: Sequence[Mapping[str, Any]], *, amount_fen: int, heads: int | None, rules: Mapping[str, Any]
) -> list[Problem]:
    """Products that agree, categories and their shares, unit caps, forbidden items, the cap per head."""
    budget = rules["budget"]
    categories = {category["key"]: category for category in budget["categories"]}
    return [
        *(each for line in lines for each in _check_line(line, budget, categories)),
        *_check_shares(lines, amount_fen, categories),
        *_check_heads(amount_fen, heads, budget["per_head_cap_fen"]),
    ]


def _check_line(
    line: Mapping[str, Any], budget: Mapping[str, Any], categories: Mapping[str, Mapping[str, Any]]
) -> Iterable[Problem]:
    name = line["line"]
    category, price, quantity = line.get("category"), line.get("unit_price_fen"), line.get("quantity")
    for word in budget["forbidden"]:
        if word.casefold() in name.casefold():
            yield problem("budget", "budget_forbidden", f"“{name}”属禁列事项（{word}）", f"{name}: {word} is forbidden")
    if category is not None and category not in categories:
        yield problem("budget", "budget_category_unknown", f"“{name}”的类别不存在", f"{name}: unknown category")
    if category is None and budget["category_required"]:
        yield problem("budget", "budget_category_missing", f"“{name}”需归入一个类别", f"{name}: give a category")
    if (price is None) != (quantity is None):
        yield problem(
            "budget", "budget_unit_incomplete", f"“{name}”的单价与数量须同时填写", f"{name}: price and quantity"
        )
    elif price is not None and quantity is not None and price * quantity != line["amount_fen"]:
        yield problem(
            "budget", "budget_product", f"“{name}”单价乘数量与金额不一致", f"{name}: price × quantity differs"
        )
    cap = categories.get(category, {}).get("unit_cap_fen") if category else None
    if cap is not None and price is None:
        yield problem("budget", "budget_unit_missing", f"“{name}”须填写单价与数量", f"{name}: give price and quantity")
    elif cap is not None and price is not None and price > cap:
        yield problem(
            "budget", "budget_unit_cap", f"“{name}”单价超过上限 {yuan(cap)} 元", f"{name}: above the unit cap"
        )


def _check_shares(
    lines: Sequence[Mapping[str, Any]], amount_fen: int, categories: Mapping[str, Mapping[str, Any]]
) -> Iterable[Problem]:
    for key, category in categories.items():
        share = category.get("max_percent")
        spent = sum(line["amount_fen"] for line in lines if line.get("category") == key)
        if share is not None and spent * 100 > share * amount_fen:
            zh, en = category["name_zh"], category["name_en"]
            yield problem("budget", "budget_share", f"“{zh}”超过总额的 {share}%", f"{en}: above {share} % of the whole")


def _check_heads(amount_fen: int, heads: int | None, cap_fen: int | None) -> Iterable[Problem]:
    if cap_fen is not None and heads and amount_fen > cap_fen * heads:
        yield problem(
            "budget",
            "per_head_cap",
            f"人均金额超过上限 {yuan(cap_fen)} 元",
            f"Above {yuan(cap_fen)} yuan per beneficiary",
        )


def check_attachments(kinds: Iterable[str], rules: Mapping[str, Any]) -> list[Problem]:
    """Every kind that the rules ask for."""
    missing = [kind for kind in rules["attachments"] if kind not in set(kinds)]
    return [
        problem("attachments", "attachment_missing", f"缺少附件：{ATTACHMENTS[kind]}", f"Attach: {kind}")
        for kind in missing
    ]


ATTACHMENTS = {
    "filing": "备案证明",
    "licence": "登记证书",
    "budget": "预算说明",
    "consent": "知情同意",
    "partner_letter": "合作方意向书",
    "photo": "照片",
    "other": "其他材料",
}


def yuan(fen: int) -> str:
    """Exact, two decimals."""
    return f"{fen // 100}.{fen % 100:02d}"
