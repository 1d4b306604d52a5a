"""Files that are refused before anything reads them, and cells that mean what people write."""

from __future__ import annotations

import io
import struct
import zipfile
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import InvalidError
from chassis.sheets import cells, packed, reading, writing
from chassis.sheets.cells import Line
from chassis.sheets.columns import MEDIA_TYPES
from contracts.registry.sheets import COLUMNS, KIND_TEXTS
from tests.service.registry.sheets import EN, LIMITS, ZH, as_csv, as_xlsx, filed, repacked, rows_of

GOOD = [ZH, filed(1), filed(2)]
_SOUND = as_xlsx(GOOD)
SHEET = "xl/worksheets/sheet1.xml"


def read(content: bytes, form: str = "xlsx", limits: packed.Limits = LIMITS) -> list[Line]:
    return reading.read_lines(content, media_type=MEDIA_TYPES[form], limits=limits, known=COLUMNS)


def refused(content: bytes, form: str = "xlsx", limits: packed.Limits = LIMITS) -> str:
    with pytest.raises(InvalidError) as caught:
        read(content, form, limits)
    return caught.value.code


def with_sheet(data: bytes) -> bytes:
    return repacked(as_xlsx(GOOD), lambda name, old: data if name == SHEET else old)


def small(**changes: int) -> packed.Limits:
    facts = {"packed": LIMITS.packed, "unpacked": LIMITS.unpacked, "ratio": LIMITS.ratio}
    return packed.Limits(**{**facts, "rows": LIMITS.rows, "columns": LIMITS.columns, **changes})


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8", ","), ("utf-8-sig", ";"), ("gb18030", "\t"), ("gbk", ","), ("utf-8", "\t")]
)
def test_csv_is_read_in_the_encodings_people_save(encoding: str, delimiter: str) -> None:
    lines = read(as_csv(GOOD, encoding=encoding, delimiter=delimiter), "csv")
    assert [line.number for line in lines] == [2, 3]
    assert lines[0].cells["name"] == filed(1)[0]


def test_other_encodings_are_refused_and_never_guessed() -> None:
    for encoding in ("utf-16", "utf-16-le", "utf-32"):
        assert refused(as_csv(GOOD, encoding=encoding), "csv") == "import_encoding_unsupported"
    assert refused(as_csv(GOOD) + b"\xff\xff", "csv") == "import_encoding_unsupported"
    assert refused(as_csv(GOOD) + b"\x00", "csv") == "import_encoding_unsupported"
    traditional = "組織名稱,登記方式\n甲社,備案\n".encode("big5")
    assert refused(traditional, "csv") in {"import_encoding_unsupported", "import_heading_unknown"}


def test_a_broken_quote_is_refused_with_its_row() -> None:
    assert refused(as_csv(GOOD) + b'"open', "csv") == "import_file_broken"


def test_workbooks_and_tables_are_read_alike() -> None:
    sheet, table = read(as_xlsx(GOOD)), read(as_csv(GOOD), "csv")
    assert [cells.read_cells(line, COLUMNS) for line in sheet] == [cells.read_cells(line, COLUMNS) for line in table]


def test_blank_lines_and_the_second_heading_are_no_rows() -> None:
    rows = [[], ZH, EN, [], filed(1), ["", " "], filed(2)]
    assert [line.number for line in read(as_csv(rows), "csv")] == [5, 7]
    assert [line.number for line in read(as_xlsx(rows))] == [5, 7]


@pytest.mark.parametrize(
    ("headings", "code"),
    [
        ((*ZH, "秘密"), "import_heading_unknown"),
        ((*ZH, "Phone"), "import_heading_repeated"),
        (ZH[1:], "import_heading_missing"),
    ],
)
def test_headings_that_do_not_fit_are_refused(headings: tuple[str, ...], code: str) -> None:
    assert refused(as_csv([headings, filed(1)]), "csv") == code
    assert refused(as_xlsx([headings, filed(1)])) == code


def test_a_cell_under_no_heading_is_not_left_out_in_silence() -> None:
    for form, make in (("csv", as_csv), ("xlsx", as_xlsx)):
        assert refused(make([ZH, filed(1), [*filed(2), "多出的"]]), form) == "import_heading_missing"
        assert len(read(make([[*ZH, ""], [*filed(1), " "]]), form)) == 1


def test_headings_are_known_in_both_languages_whatever_their_width_and_case() -> None:
    for row in ([each.zh for each in COLUMNS], [f" {each.en.upper()} *" for each in COLUMNS]):
        assert cells.match_headings(row, COLUMNS) == list(COLUMNS)


def test_empty_files_are_refused() -> None:
    for rows in ([], [[""]], [ZH], [ZH, EN]):
        assert refused(as_xlsx(rows)) == "import_empty"
        assert refused(as_csv(rows), "csv") == "import_empty"


def test_too_many_rows_columns_and_bytes_are_refused() -> None:
    many = [ZH, *(filed(number) for number in range(1, 52))]
    wide = [[*ZH, *([""] * 13)], [*filed(1), *([""] * 12), "x"]]
    for form, make in (("csv", as_csv), ("xlsx", as_xlsx)):
        assert refused(make(many), form) == "import_rows_too_many"
        assert refused(make(wide), form) == "import_columns_too_many"
        assert refused(make(GOOD), form, small(packed=100)) == "import_file_too_large"
    assert len(read(as_csv(many[:51]), "csv")) == 50


def test_a_cell_far_out_is_refused_before_a_table_that_large_is_made() -> None:
    far = b'<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    assert refused(with_sheet(far)) == "import_rows_too_many"
    hidden = far.replace(b'<c r="XFD1048576">', b'<c a=">" r="XFD2">').replace(b' r="1048576"', b"")
    assert refused(with_sheet(hidden)) == "import_columns_too_many"


def test_a_sheet_that_lies_elsewhere_in_the_archive_is_looked_at_too() -> None:
    far = b'<worksheet><sheetData><row r="9999999"><c r="A9999999"><v>1</v></c></row></sheetData></worksheet>'
    relations = "xl/_rels/workbook.xml.rels"
    content = repacked(
        as_xlsx(GOOD),
        lambda name, old: old.replace(b"worksheets/sheet1.xml", b"media/image1.png") if name == relations else old,
        **{"xl/media/image1.png": far},
    )
    assert refused(content) == "import_rows_too_many"


def test_a_zip_bomb_is_refused_by_size_and_by_ratio() -> None:
    bomb = repacked(as_xlsx(GOOD), lambda _, old: old, **{"xl/media/zeros.bin": bytes(4 * 2**20)})
    assert len(bomb) < 20_000
    assert refused(bomb) == "import_file_bomb"
    assert refused(bomb, limits=small(ratio=10_000, unpacked=2**20)) == "import_file_bomb"
    many = repacked(as_xlsx(GOOD), lambda _, old: old, **{f"xl/media/{number}.bin": b"x" for number in range(600)})
    assert refused(many) == "import_file_bomb"


def test_a_header_that_lies_about_the_size_is_found_out() -> None:
    """The directory claims 100 bytes where 4 MiB unpack."""
    content = bytearray(repacked(as_xlsx(GOOD), lambda _, old: old, **{"xl/media/zeros.bin": bytes(4 * 2**20)}))
    at = content.rfind(b"xl/media/zeros.bin") - 46
    assert content[at : at + 4] == b"PK\x01\x02"
    content[at + 24 : at + 28] = struct.pack("<I", 100)
    assert refused(bytes(content)) == "import_file_broken"


@pytest.mark.parametrize(
    "name", ["xl/vbaProject.bin", "xl/embeddings/oleObject1.bin", "xl/externalLinks/externalLink1.xml"]
)
def test_macros_objects_and_links_are_refused(name: str) -> None:
    assert refused(repacked(as_xlsx(GOOD), lambda _, old: old, **{name: b"x"})) == "import_file_active_content"


def test_a_macro_workbook_under_another_name_is_refused() -> None:
    def declared(name: str, old: bytes) -> bytes:
        sheet = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
        macro = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
        return old.replace(sheet, macro) if name == "[Content_Types].xml" else old

    assert refused(repacked(as_xlsx(GOOD), declared)) == "import_file_active_content"


def test_encrypted_and_old_files_are_told_apart() -> None:
    ole = packed.OLE + bytes(600)
    assert refused(ole + "EncryptedPackage".encode("utf-16-le")) == "import_file_encrypted"
    assert refused(ole + "Workbook".encode("utf-16-le")) == "import_format_unsupported"
    content = bytearray(as_xlsx(GOOD))
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    assert refused(bytes(content)) == "import_file_encrypted"


def test_what_is_no_workbook_is_refused() -> None:
    assert refused(b"not a zip") == "import_file_broken"
    assert refused(as_xlsx(GOOD)[:-40]) == "import_file_broken"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert refused(out.getvalue()) == "import_file_broken"
    assert refused(with_sheet(b"<worksheet><sheetData>")) == "import_file_broken"
    with pytest.raises(InvalidError, match="import_format_unsupported"):
        reading.read_lines(b"x", media_type="application/pdf", limits=LIMITS, known=COLUMNS)


def test_a_reader_that_panics_ends_the_import_and_not_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        pass

    def panic(_: bytes) -> None:
        raise PanicException("index out of bounds")

    monkeypatch.setattr(reading, "_first_table", panic)
    assert refused(as_xlsx(GOOD)) == "import_file_broken"


@given(st.integers(0, 4000), st.integers(0, 255))
def test_a_file_with_any_byte_changed_is_read_or_refused(place: int, byte: int) -> None:
    content = bytearray(_SOUND)
    content[place % len(content)] = byte
    with suppress(InvalidError):
        read(bytes(content))


def test_entities_never_expand() -> None:
    lol = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData/>&b;</worksheet>'
    assert refused(with_sheet(lol)) == "import_file_broken"


def test_a_real_formula_is_found_where_the_reader_shows_only_its_result() -> None:
    def formula(_: Any, sheet: Any) -> None:
        sheet.write_formula(1, 0, '=HYPERLINK("https://example.org")', None, "好名字社")

    line, good = read(as_xlsx(GOOD, edit=formula))
    cells.read_cells(line, COLUMNS)
    assert [(flaw.code, flaw.column and flaw.column.name) for flaw in line.flaws] == [("import_cell_formula", "name")]
    cells.read_cells(good, COLUMNS)
    assert good.flaws == []


def test_a_formula_of_another_sheet_is_nobodys_business() -> None:
    def other(book: Any, _: Any) -> None:
        book.add_worksheet("另一张").write_formula(1, 0, "=1+1", None, 2)

    for line in read(as_xlsx(GOOD, edit=other)):
        cells.read_cells(line, COLUMNS)
        assert line.flaws == []


def test_cells_become_text_as_people_read_them() -> None:
    assert cells.text_of(13812345678.0) == "13812345678"
    assert cells.text_of(370211009) == "370211009"
    assert cells.text_of(date(2020, 5, 1)) == cells.text_of(datetime(2020, 5, 1, 8, tzinfo=UTC)) == "2020-05-01"
    assert (cells.text_of(None), cells.text_of(True), cells.text_of(1.5)) == ("", "TRUE", "1.5")


def test_a_date_cell_of_a_workbook_is_a_date() -> None:
    def founded(book: Any, sheet: Any) -> None:
        sheet.write_datetime(1, len(ZH), date(2020, 5, 1), book.add_format({"num_format": "yyyy-mm-dd"}))

    line, _ = read(as_xlsx([[*ZH, "成立日期"], *GOOD[1:]], edit=founded))
    assert cells.read_cells(line, COLUMNS)["founded_on"] == "2020-05-01"


def test_words_are_known_in_both_languages_and_as_codes() -> None:
    for code, (zh, en) in KIND_TEXTS.items():
        assert {cells.code_of(word, KIND_TEXTS) for word in (code, zh, en, en.upper())} == {code}
    taxonomy = {"助老": "elder_care", "elder_care": "elder_care", "文体": "culture_sports"}
    assert cells.codes_of("助老、文体", taxonomy) == (["elder_care", "culture_sports"], [])
    assert cells.codes_of("elder_care; 考古", taxonomy) == (["elder_care"], ["考古"])


@given(st.text(max_size=20))
def test_whatever_goes_out_is_no_formula(text: str) -> None:
    assert not cells.is_formula(cells.escape(text))
    assert cells.escape(text).removeprefix("'") == text.removeprefix("'")


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_formulas_go_out_as_text(form: str) -> None:
    out = writing.write([["=1+1", "好"], ["@x", ""]], form=form, headings=[["甲", "乙"]])
    assert rows_of(out, form)[1:] == [["'=1+1", "好"], ["'@x", ""]]
    if form == "xlsx":
        assert packed.formulas(out, LIMITS) == [frozenset()]
