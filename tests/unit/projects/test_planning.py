"""A plan against the rules of its round: lengths, budget lines, shares, caps per head. Everything wrong is named."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.projects import rules_plan
from contracts.projects.proposal_plan import Plan
from services.projects.proposals import planning
from services.projects.rounds import plan_rules

few = settings(max_examples=100, deadline=None)
CATEGORIES = [
    {"key": "staff", "name_zh": "人员", "name_en": "Staff", "max_percent": 30, "unit_cap_fen": None},
    {"key": "gift", "name_zh": "慰问品", "name_en": "Gifts", "max_percent": None, "unit_cap_fen": 5_000},
]


def rules(**budget: Any) -> dict[str, Any]:
    return plan_rules.completed({"budget": budget})


def line(name: str = "物料", amount: int = 100, **more: Any) -> dict[str, Any]:
    return {"line": name, "amount_fen": amount, **more}


def codes(lines: list[dict[str, Any]], amount: int = 1000, heads: int | None = 10, **budget: Any) -> list[str]:
    found = planning.check_budget(lines, amount_fen=amount, heads=heads, rules=rules(**budget))
    return [item["code"] for item in found]


def section(key: str = "need", **more: Any) -> dict[str, Any]:
    base = {"name_zh": "需求", "name_en": "Need", "required": True, "min_length": 1, "max_length": 100}
    return {"key": key, **base, **more}


def section_codes(plan: dict[str, Any], *sections: dict[str, Any]) -> list[str]:
    found = planning.check_sections({"beneficiary_count": 1, **plan}, {"sections": list(sections)})
    return [item["code"] for item in found]


def test_the_rules_that_hold_by_default_are_valid_and_are_those_of_the_form() -> None:
    assert plan_rules.problems(plan_rules.DEFAULT) == []
    form = set(Plan().fields)
    assert set(plan_rules.STANDARD_SECTIONS) <= form
    assert plan_rules.LONGEST == rules_plan.LONGEST
    for key, limit in plan_rules.FORM_LIMITS.items():
        assert any(getattr(rule, "max", None) == limit for rule in Plan().fields[key].validators), key
    assert set(planning.ATTACHMENTS) == set(rules_plan.ATTACHMENT_KINDS)


def test_a_round_without_such_rules_gets_what_held_before_there_were_any() -> None:
    assert plan_rules.completed(None) == plan_rules.DEFAULT
    assert plan_rules.completed({"amendment_days": 3})["sections"] == plan_rules.DEFAULT["sections"]


@given(st.text(max_size=60), st.integers(0, 40), st.integers(1, 60))
@few
def test_a_section_is_missing_short_long_or_right(text: str, least: int, most: int) -> None:
    size = len("".join(text.split()))
    found = section_codes({"need": text}, section(min_length=least, max_length=most))
    if not size:
        assert found == ["section_missing"]
    elif size < least:
        assert found == ["section_short"]
    elif size > most:
        assert found == ["section_long"]
    else:
        assert found == []


def test_sections_of_the_template_are_asked_for_and_strange_ones_named() -> None:
    extra = section("innovation", name_zh="创新点", min_length=5)
    assert section_codes({"need": "有"}, section(), extra) == ["section_missing"]
    assert section_codes({"need": "有", "sections": {"innovation": "短"}}, section(), extra) == ["section_short"]
    assert section_codes({"need": "有", "sections": {"else": "x"}}, section()) == ["section_unknown"]
    assert section_codes({}, section(required=False)) == []


@pytest.mark.parametrize(
    ("lines", "rule", "code"),
    [
        ([line("购买礼品卡")], {"forbidden": ["礼品卡"]}, "budget_forbidden"),
        ([line(category="else")], {"categories": CATEGORIES}, "budget_category_unknown"),
        ([line()], {"categories": CATEGORIES, "category_required": True}, "budget_category_missing"),
        ([line(unit_price_fen=10)], {}, "budget_unit_incomplete"),
        ([line(unit_price_fen=10, quantity=9)], {}, "budget_product"),
        ([line(category="gift")], {"categories": CATEGORIES}, "budget_unit_missing"),
        (
            [line(amount=6_000, category="gift", unit_price_fen=6_000, quantity=1)],
            {"categories": CATEGORIES},
            "budget_unit_cap",
        ),
        ([line(amount=301, category="staff")], {"categories": CATEGORIES}, "budget_share"),
        ([line()], {"per_head_cap_fen": 99}, "per_head_cap"),
    ],
)
def test_a_budget_that_breaks_a_rule_is_named(lines: list[dict[str, Any]], rule: dict[str, Any], code: str) -> None:
    assert codes(lines, **rule) == [code]


def test_a_budget_at_each_limit_is_right() -> None:
    lines = [
        line(amount=300, category="staff"),
        line("慰问品", 700, category="gift", unit_price_fen=70, quantity=10),
    ]
    assert codes(lines, categories=CATEGORIES, category_required=True, per_head_cap_fen=100) == []


@given(
    st.lists(st.tuples(st.sampled_from(["staff", "gift", None]), st.integers(1, 10**12)), min_size=1, max_size=8),
    st.integers(0, 100),
)
@few
def test_a_share_is_kept_exactly_to_the_fen(parts: list[tuple[str | None, int]], percent: int) -> None:
    lines = [line(str(number), amount, category=key) for number, (key, amount) in enumerate(parts)]
    whole = sum(amount for _, amount in parts)
    staff = sum(amount for key, amount in parts if key == "staff")
    kinds = [{**CATEGORIES[0], "max_percent": percent}, {**CATEGORIES[1], "unit_cap_fen": None}]
    assert ("budget_share" in codes(lines, whole, categories=kinds)) == (
        Fraction(staff, whole) > Fraction(percent, 100)
    )


def test_rules_that_no_plan_could_keep_are_refused() -> None:
    twice = plan_rules.problems({"sections": [section(), section()]})
    assert any("twice" in item for item in twice)
    assert plan_rules.problems({"sections": [section(min_length=50, max_length=10)]})
    assert plan_rules.problems({"budget": {"category_required": True}})
    shares = [{**kind, "max_percent": 40} for kind in CATEGORIES]
    assert plan_rules.problems({"budget": {"category_required": True, "categories": shares}})
    assert plan_rules.problems({"budget": {"per_head_cap_fen": 0}})


def test_missing_attachments_are_named_in_words() -> None:
    found = planning.check_attachments(["photo"], {"attachments": ["filing", "photo"]})
    assert [(item["code"], item["zh"]) for item in found] == [("attachment_missing", "缺少附件：备案证明")]
