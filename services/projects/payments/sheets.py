"""The two neutral layouts: the file for the bank (CSV, XLSX), and the bank's answer (CSV). See docs/money.md."""

from __future__ import annotations

import base64
import binascii
import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime

import xlsxwriter

from chassis.errors import InvalidError
from contracts.projects.codes_money import MoneyCode
from services.projects.payments.domain import Row

MEDIA_TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
HEADINGS = (
    ("支付编号", "Payment"),
    ("收款户名", "Payee"),
    ("收款账号", "Account"),
    ("开户行", "Bank"),
    ("联行号", "Bank code"),
    ("金额（元）", "Amount (yuan)"),
    ("用途", "Purpose"),
)
ANSWER = {
    "payment": ("支付编号", "payment"),
    "outcome": ("结果", "outcome"),
    "amount": ("金额（元）", "金额", "amount (yuan)", "amount"),
    "reference": ("银行流水号", "bank reference", "reference"),
    "reason": ("原因", "reason"),
}
OUTCOMES = {"paid": ("成功", "已支付", "paid"), "failed": ("失败", "退回", "failed")}
REQUIRED = ("payment", "outcome", "amount", "reference")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # CSV injection (OWASP), full width too
MAX_BYTES, MAX_ROWS, MAX_COLUMNS, MAX_CELL = 180_000, 2_000, 20, 200
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?")


def write(lines: Sequence[Sequence[str]], *, form: str, made_at: datetime) -> bytes:
    """The same lines give the same bytes, so that a second download can be compared with the first."""
    headings = [[zh for zh, _ in HEADINGS], [en for _, en in HEADINGS]]
    safe = [*headings, *([_escaped(cell) for cell in line] for line in lines)]
    return _workbook(safe, made_at) if form == "xlsx" else _text(safe)


def _escaped(cell: str) -> str:
    """What goes out must not run in a spreadsheet program: an apostrophe makes a formula text."""
    return f"'{cell}" if is_formula(cell) else cell


def is_formula(text: str) -> bool:
    """Whether a spreadsheet program would take the text for a formula."""
    return text.startswith(FORMULA_STARTS) or text.lstrip(" 　").startswith(FORMULA_STARTS)


def _text(lines: Sequence[Sequence[str]]) -> bytes:
    """UTF-8 with its mark: without it Excel takes Chinese text for another encoding."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(lines)
    return out.getvalue().encode("utf-8-sig")


def _workbook(lines: Sequence[Sequence[str]], made_at: datetime) -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": made_at.replace(tzinfo=None)})
        sheet = book.add_worksheet("支付 Payments")
        sheet.set_column(0, len(HEADINGS) - 1, 24, book.add_format({"num_format": "@"}))
        for number, line in enumerate(lines):
            for place, cell in enumerate(line):
                sheet.write_string(number, place, cell)  # a number would lose digits of an account
    return out.getvalue()


def decode(content: str) -> bytes:
    """From base64; refuses what is too large or none."""
    try:
        raw = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidError(MoneyCode.ANSWER_INVALID, problem="base64") from error
    if not 0 < len(raw) <= MAX_BYTES:
        raise InvalidError(MoneyCode.ANSWER_INVALID, problem="size", limit=MAX_BYTES)
    return raw


def read(raw: bytes) -> list[Row]:
    """Every line with something in it; refuses the whole file where it cannot be read, with what is wrong."""
    lines = [(number, line) for number, line in _lines(_characters(raw)) if any(cell.strip() for cell in line)]
    if len(lines) < 2:
        raise InvalidError(MoneyCode.ANSWER_INVALID, problem="empty")
    if len(lines) - 1 > MAX_ROWS:
        raise InvalidError(MoneyCode.ANSWER_INVALID, problem="rows", limit=MAX_ROWS)
    columns = _columns(lines[0][1])
    body = lines[1:]
    if body and _places(body[0][1]) == columns:  # the headings once more, in the other language
        body = body[1:]
    return [_row(number, line, columns) for number, line in body]


def _characters(raw: bytes) -> str:
    """UTF-8 with or without its mark, else GB18030 (which holds GBK and GB 2312); nothing is guessed beyond that."""
    if raw.startswith(_WIDE) or b"\x00" in raw:
        raise InvalidError(MoneyCode.ANSWER_INVALID, problem="encoding")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidError(MoneyCode.ANSWER_INVALID, problem="encoding")


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    number = 0
    try:
        for line in csv.reader(io.StringIO(text, newline=""), strict=True):
            number += 1
            if len(line) > MAX_COLUMNS or any(len(cell) > MAX_CELL for cell in line):
                raise InvalidError(MoneyCode.ANSWER_INVALID, problem="columns", row=number)
            yield number, line
    except csv.Error as error:
        raise InvalidError(MoneyCode.ANSWER_INVALID, problem="csv", row=number + 1) from error


def _key(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


_BY_HEADING = {_key(word): name for name, words in ANSWER.items() for word in words}
_BY_OUTCOME = {_key(word): name for name, words in OUTCOMES.items() for word in words}


def _places(line: Sequence[str]) -> dict[str, int]:
    return {_BY_HEADING[_key(cell)]: place for place, cell in enumerate(line) if _key(cell) in _BY_HEADING}


def _columns(line: Sequence[str]) -> dict[str, int]:
    """Where each column is; columns of the bank's own are passed over."""
    found = _places(line)
    known = [_BY_HEADING[_key(cell)] for cell in line if _key(cell) in _BY_HEADING]
    missing = [name for name in REQUIRED if name not in found]
    if missing or len(known) != len(set(known)):
        raise InvalidError(MoneyCode.ANSWER_INVALID, problem="headings", missing=[ANSWER[name][0] for name in missing])
    return found


def _row(number: int, line: Sequence[str], columns: dict[str, int]) -> Row:
    cells = {name: line[place].strip() if place < len(line) else "" for name, place in columns.items()}
    if any(is_formula(line[place]) for place in columns.values() if place < len(line)):
        return Row(number=number, flaw=MoneyCode.ANSWER_FORMULA)
    return Row(
        number=number,
        payment_id=cells["payment"] or None,
        outcome=_BY_OUTCOME.get(_key(cells["outcome"])),
        amount_fen=_fen(cells["amount"]),
        bank_reference=cells["reference"][:80],
        reason=cells.get("reason", ""),
    )


def _fen(text: str) -> int | None:
    text = unicodedata.normalize("NFKC", text).replace(",", "")
    if not _AMOUNT.fullmatch(text):
        return None
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0") or "0")
