"""Differences between versions, double funding, eligibility, and documents. Pure rules."""

from __future__ import annotations

import base64
import io
import re
import zipfile
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.projects.proposals import diffing, overlaps, paper
from services.projects.proposals import domain_eligibility as eligibility

few = settings(max_examples=100, deadline=None)
LONG = "每周二上午组织独居老人开展手指操和合唱活动，由志愿者上门接送并全程陪护"
PLAN = {"beneficiaries": "独居老人", "starts_on": "2026-03-01", "ends_on": "2026-12-31", "activities": LONG}
ONE = {"title": "牵手夕阳乐享老年", "field": "elder_care", "plan": PLAN}
RULES = {
    "tiers": ["registered", "filed"],
    "kinds": ["cso"],
    "exclude_breach": True,
    "active_only": True,
    "max_proposals": 2,
}
texts = st.text(alphabet="老人社区。，！\nab ", max_size=40)


# differences ------------------------------------------------------------------------------------------------------


@given(texts, texts)
@few
def test_the_parts_of_a_difference_are_both_texts_again(before: str, after: str) -> None:
    found = diffing.parts(before, after)
    assert "".join(part["text"] for part in found if part["change"] != "added") == before
    assert "".join(part["text"] for part in found if part["change"] != "removed") == after


@given(texts)
@few
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert {part["change"] for part in diffing.parts(text, text)} <= {"same"}
    version = {**ONE, "plan": {"need": text}}
    assert diffing.diff_sections(version, version) == []


def test_sections_that_came_changed_and_went_are_named() -> None:
    old = {**ONE, "plan": {"need": "有。老。", "goals": "目标"}}
    new = {**ONE, "title": "新名", "plan": {"need": "有。新。", "sections": {"innovation": "创新"}}}
    found = {item["section"]: item for item in diffing.diff_sections(old, new)}
    assert set(found) == {"title", "need", "goals", "innovation"}
    assert found["goals"]["after"] is None
    assert found["innovation"]["before"] is None
    assert [part["change"] for part in found["need"]["parts"]] == ["same", "removed", "added"]


def test_budget_lines_are_compared_by_name_and_turn() -> None:
    old = [{"line": "a", "amount_fen": 1}, {"line": "b", "amount_fen": 2}, {"line": "c", "amount_fen": 3}]
    new = [
        {"line": "b", "amount_fen": 2},
        {"line": "c", "amount_fen": 4, "category": "staff"},
        {"line": "c", "amount_fen": 1},
    ]
    found = diffing.diff_budget(old, new)
    assert [(item["line"], item["before_fen"], item["after_fen"]) for item in found] == [
        ("a", 1, None),
        ("c", 3, 4),
        ("c", None, 1),
    ]
    assert found[1]["changed"] == ["amount", "category"]
    assert diffing.diff_budget(old, list(reversed(old))) == []


# double funding ---------------------------------------------------------------------------------------------------


def percent(other: dict[str, Any]) -> int | None:
    found = overlaps.overlap(ONE, other)
    return found.percent if found else None


def test_the_same_purpose_under_another_title_overlaps() -> None:
    found = overlaps.overlap(ONE, {**ONE, "title": "牵手夕阳乐享老年·续", "plan": {**PLAN, "beneficiaries": ""}})
    assert found is not None
    assert found.percent >= 80
    zh, en = found.reasons("甲")
    assert "2026-03-01 至 2026-12-31" in zh
    assert "2026-12-31" in en


def test_the_same_text_under_another_field_overlaps_but_a_title_alone_does_not() -> None:
    other = {**ONE, "field": "environment", "plan": {**PLAN, "beneficiaries": "独居老人"}}
    copied = overlaps.overlap(ONE, other)
    assert copied is not None
    assert (copied.percent, copied.part, copied.same_field) == (100, "activities", False)
    assert percent({**other, "plan": {**PLAN, "activities": ""}}) == 0


def test_what_runs_at_another_time_is_no_double_funding() -> None:
    assert percent({**ONE, "plan": {**PLAN, "starts_on": "2027-01-01", "ends_on": "2027-02-01"}}) is None
    touching = overlaps.overlap(ONE, {**ONE, "plan": {**PLAN, "starts_on": "2026-12-31", "ends_on": "2027-02-01"}})
    assert touching is not None
    assert str(touching.from_on) == str(touching.until_on) == "2026-12-31"
    unknown = overlaps.overlap(ONE, {**ONE, "plan": {}})
    assert unknown is not None
    assert unknown.from_on is None


@given(st.text(max_size=30), st.text(max_size=30))
@few
def test_overlap_is_symmetric_and_a_percentage(one: str, other: str) -> None:
    assert overlaps.overlap_percent(one, other) == overlaps.overlap_percent(other, one)
    assert 0 <= overlaps.overlap_percent(one, other) <= 100


# eligibility ------------------------------------------------------------------------------------------------------


def applicant(**changes: Any) -> eligibility.Applicant:
    facts: dict[str, Any] = {"kind": "cso", "legal_tier": "filed", "in_breach": False, "other_proposals": 0}
    return eligibility.Applicant(**{**facts, **changes})


@pytest.mark.parametrize(
    ("changes", "rule", "code"),
    [
        ({"kind": "enterprise"}, "kind", "not_eligible"),
        ({"legal_tier": "guided"}, "tier", "not_eligible"),
        ({"status": "closed"}, "active", "not_active"),
        ({"in_breach": True}, "breach", "in_breach"),
        ({"other_proposals": 2}, "count", "too_many"),
    ],
)
def test_every_rule_fails_by_its_own_fact_and_says_why(changes: dict[str, Any], rule: str, code: str) -> None:
    results = eligibility.evaluate(RULES, applicant(**changes))
    assert [result.rule for result in results if not result.passed] == [rule]
    assert [item["code"] for item in eligibility.problems(RULES, applicant(**changes))] == [code]
    for result in results:
        assert result.reason_zh
        assert result.reason_en
        assert result.fact


def test_whoever_meets_every_rule_has_a_reason_for_each_and_no_problem() -> None:
    results = eligibility.evaluate(RULES, applicant())
    assert [result.rule for result in results] == ["kind", "tier", "active", "breach", "count"]
    assert all(result.passed for result in results)
    assert eligibility.problems(RULES, applicant()) == []


def test_a_rule_that_a_round_does_not_have_bars_nobody() -> None:
    older = {name: value for name, value in RULES.items() if name != "active_only"} | {"exclude_breach": False}
    assert eligibility.problems(older, applicant(status="closed", in_breach=True)) == []


# documents --------------------------------------------------------------------------------------------------------

FACTS: dict[str, Any] = {
    "title": "=牵手<夕阳>&乐享",
    "organisation": "某组织（演示）",
    "head": [("申报组织 Organisation", "某组织（演示）"), ("申请金额 Amount", "30000.00 元")],
    "sections": [("需求 Need", "第一行\n第二行 <b>不是粗体</b> \x07")] * 3,
    "milestones": [("2026-06-30", "中期", 2)],
    "budget": [("=cmd|'/c calc'!A1", "人员", 3, "10.00", "30.00", "+1"), ("合计 Total", "", "", "", "30.00", "")],
    "attachments": [("备案证明", "证明", "0" * 64)],
    "commitment": "第 1 版 SHA-256 00",
}


def cells(content: bytes) -> tuple[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheets = "".join(book.read(name).decode() for name in book.namelist() if "worksheets/" in name)
        return sheets, book.read("xl/sharedStrings.xml").decode()


def test_a_pdf_has_its_text_in_the_chinese_font_and_is_the_same_every_time() -> None:
    content = paper.pdf(FACTS)
    assert content.startswith(b"%PDF-")
    assert b"STSong-Light" in content
    assert content == paper.pdf(FACTS)
    assert content != paper.pdf({**FACTS, "title": "别的"})
    assert "第一行".encode("utf-16-be") in page_text(content)
    assert "<b>不是粗体</b>".encode("utf-16-be") in page_text(content)


def page_text(content: bytes) -> bytes:
    """The strings that the pages show, as the font's encoding has them (UCS-2)."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", content, re.S)
    pages = b"".join(zlib.decompress(base64.a85decode(one.strip().removesuffix(b"~>"))) for one in streams)
    shown = b"".join(re.findall(rb"\(((?:\\.|[^\\)])*)\) Tj", pages, re.S))
    octal = re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8)]), shown)
    return re.sub(rb"\\(.)", rb"\1", octal, flags=re.S)


def test_a_workbook_has_no_cell_that_runs_as_a_formula() -> None:
    sheets, strings = cells(paper.xlsx(FACTS))
    assert "<f>" not in sheets
    assert "'=cmd|" in strings
    assert "'=牵手" in strings
    assert "'+1" in strings


@given(st.text(max_size=20))
@few
def test_no_text_stays_a_formula(text: str) -> None:
    assert not paper.harmless(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert paper.harmless(text).removeprefix("'") == text.removeprefix("'") or text.startswith("'")
