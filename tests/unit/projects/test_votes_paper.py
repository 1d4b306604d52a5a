"""Paper ballots by two keys: what agrees, what differs, what a third settles; and the form they are typed into."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import ConflictError, InvalidError
from services.projects.votes import domain_paper as paper
from services.projects.votes import rules as voting
from services.projects.votes import sheets

few = settings(max_examples=120, deadline=None)
IDS = ["prp_a", "prp_b", "prp_c"]
APPROVAL = voting.completed({"method": "approval"}, approvals_limit=2)
POINTS = voting.completed({"method": "points"}, approvals_limit=3)
RANKING = voting.completed({"method": "ranking"}, approvals_limit=3)

readings = st.sampled_from([{"choice": ["prp_a"]}, {"choice": ["prp_b"]}, {"spoilt": True}])
keys = st.dictionaries(st.integers(1, 6), readings, max_size=6)
thirds = st.dictionaries(st.integers(1, 6), st.one_of(readings, st.just(paper.ABSENT)), max_size=6)


@given(keys, keys, thirds)
@few
def test_a_sheet_counts_only_where_two_people_read_the_same(first: Any, second: Any, third: Any) -> None:
    agreed = paper.agreed(6, first, second, third)
    for number in range(1, 7):
        read = [key[number] for key in (first, second, third) if number in key]
        votes = max((read.count(one) for one in read), default=0)
        if number in agreed and agreed[number] != paper.ABSENT:
            assert read.count(agreed[number]) >= 2
        elif number not in agreed:
            assert votes < 2 or (number in third and third[number] == paper.ABSENT)
    differing = {row["number"] for row in paper.differences(6, first, second, third)}
    assert differing == set(range(1, 7)) - set(agreed)
    assert not any("choice" in row for row in paper.differences(6, first, second, third))


@given(keys, keys, thirds)
@few
def test_two_keys_are_equal_whichever_was_first(first: Any, second: Any, third: Any) -> None:
    assert paper.agreed(6, first, second, third) == paper.agreed(6, second, first, third)


@given(keys)
@few
def test_a_sheet_that_nobody_read_is_a_difference_until_a_third_says_there_is_none(first: Any) -> None:
    missing = [number for number in range(1, 7) if number not in first]
    assert [row["number"] for row in paper.differences(6, first, first, {})] == missing
    assert all(row["problem"] == "missing_both" for row in paper.differences(6, first, first, {}))
    settled = paper.agreed(6, first, first, dict.fromkeys(missing, paper.ABSENT))
    assert len(settled) == 6
    assert len(paper.choices(settled)) + paper.spoilt(settled) == len(first)


def test_nobody_agrees_with_himself() -> None:
    for action, first, second in (("key", "acc_1", None), ("settle", "acc_1", "acc_2"), ("settle", "acc_2", "acc_1")):
        with pytest.raises(ConflictError, match="paper_batch_same_person"):
            paper.check_persons(action, "acc_1", first=first, second=second)
    paper.check_persons("settle", "acc_3", first="acc_1", second="acc_2")


def entry(number: int, **filled: Any) -> dict[str, Any]:
    return {"number": number, "spoilt": False, "absent": False, **filled}


def test_every_wrong_entry_is_named_with_its_reason() -> None:
    wrong = [
        entry(1, proposal_ids=["prp_a"]),
        entry(1, spoilt=True),
        entry(2),
        entry(3, proposal_ids=["prp_x"]),
        entry(4, proposal_ids=["prp_a"], spoilt=True),
        entry(5, absent=True),
        entry(9, spoilt=True),
        entry(6, proposal_ids=IDS),
    ]
    with pytest.raises(InvalidError) as refused:
        paper.check_entries(wrong, rules=APPROVAL, candidates=IDS, numbers=range(1, 8))
    invalid = "paper_batch_entries_invalid"
    assert [(row["number"], row["code"]) for row in refused.value.details["problems"]] == [
        (1, invalid),
        (2, invalid),
        (3, "ballot_unknown_proposal"),
        (4, invalid),
        (5, invalid),
        (9, invalid),
        (6, "ballot_too_many_choices"),
    ]
    settled = paper.check_entries([entry(5, absent=True)], rules=APPROVAL, candidates=IDS, numbers=[5], settling=True)
    assert settled == {5: paper.ABSENT}


# the form -------------------------------------------------------------------------------------------------------------


def packed(content: bytes, form: str) -> dict[str, str]:
    return {"format": form, "content": base64.b64encode(content).decode()}


def workbook(rows: list[list[Any]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return file.getvalue()


def table(rows: list[list[Any]]) -> bytes:
    return "\n".join(",".join(str(cell) for cell in row) for row in rows).encode("gb18030")


HEADING = ["序号", "1 甲", "2 乙", "3 丙", "废票"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_sheet_reads_as_it_would_be_typed(form: str) -> None:
    made = workbook if form == "xlsx" else table
    approvals = [HEADING, [1, "√", "", "x", ""], [2, "", "", "", "是"], ["", "", "", "", ""], [3, "", 1, "", ""]]
    assert sheets.read(packed(made(approvals), form), rules=APPROVAL, candidates=IDS) == [
        entry(1, proposal_ids=["prp_a", "prp_c"]),
        entry(2, spoilt=True),
        entry(3, proposal_ids=["prp_b"]),
    ]
    points = [HEADING, [1, 5, 3, "", ""]]
    read = sheets.read(packed(made(points), form), rules=POINTS, candidates=IDS)
    assert read == [entry(1, points={"prp_a": 5, "prp_b": 3})]
    ranks = [["number", "prp_b", "prp_a", "spoilt"], [1, 2, 1, ""]]
    read = sheets.read(packed(made(ranks), form), rules=RANKING, candidates=IDS)
    assert read == [entry(1, proposal_ids=["prp_a", "prp_b"])]


@pytest.mark.parametrize(
    ("rules", "rows"),
    [
        (APPROVAL, []),
        (APPROVAL, [["序号", "9 甲"], [1, "x"]]),
        (APPROVAL, [["1 甲", "2 乙"], ["x", ""]]),
        (APPROVAL, [["序号", "1 甲", "1 乙"], [1, "x", "x"]]),
        (APPROVAL, [HEADING, ["一", "x", "", "", ""]]),
        (APPROVAL, [HEADING, [1, "maybe", "", "", ""]]),
        (POINTS, [HEADING, [1, "x", "", "", ""]]),
        (POINTS, [HEADING, [1, "1.5", "", "", ""]]),
        (POINTS, [HEADING, [1, "-1", "", "", ""]]),
        (RANKING, [HEADING, [1, 1, 1, "", ""]]),
        (RANKING, [HEADING, [1, 2, 3, "", ""]]),
    ],
)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_sheet_that_can_be_misread_is_refused(form: str, rules: dict[str, Any], rows: list[list[Any]]) -> None:
    content = (workbook if form == "xlsx" else table)(rows)
    with pytest.raises(InvalidError, match="paper_batch_sheet_invalid"):
        sheets.read(packed(content, form), rules=rules, candidates=IDS)


def repacked(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after:
        for member in before.namelist():
            data = before.read(member)
            assert member != name or old in data
            after.writestr(member, data.replace(old, new) if member == name else data)
    return file.getvalue()


GOOD = workbook([HEADING, [1, "x", "", "", ""]])
SHEET = "xl/worksheets/sheet1.xml"


def bomb() -> bytes:
    file = io.BytesIO(GOOD)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", bytes(sheets.UNPACKED + 1))
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 nothing",
        GOOD[: len(GOOD) // 2],
        repacked(GOOD, SHEET, b'r="A2"', b'r="XFD1048576"'),
        repacked(GOOD, SHEET, b'<row r="2"', b'<row r="1048576"'),
        repacked(GOOD, SHEET, b'r="A2"', b'r="A&#49;048576"'),
        repacked(GOOD, SHEET, b"<sheetData>", b"<sheetData"),
        bomb(),
    ],
)
def test_a_workbook_that_lies_about_itself_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidError, match="paper_batch_sheet_invalid"):
        sheets.read(packed(content, "xlsx"), rules=APPROVAL, candidates=IDS)


@pytest.mark.parametrize("content", [b"\xff\xfe1\x002\x00", b'"open', b"\x81", b"a\x00b"])
def test_a_table_that_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidError, match="paper_batch_sheet_invalid"):
        sheets.read(packed(content, "csv"), rules=APPROVAL, candidates=IDS)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_form_that_is_handed_out_is_one_that_is_read(form: str) -> None:
    made = sheets.form([(one, "=方案 (演示)") for one in IDS], form=form)
    sheet = {"format": form, "content": made["content"]}
    assert sheets.read(sheet, rules=APPROVAL, candidates=IDS) == []


def test_what_is_no_base64_is_refused() -> None:
    with pytest.raises(InvalidError, match="paper_batch_sheet_invalid"):
        sheets.read({"format": "csv", "content": "@@@"}, rules=APPROVAL, candidates=IDS)
