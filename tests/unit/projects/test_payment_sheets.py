"""The file for the bank and the bank's answer: guards of what goes out and of what comes in, and what a row does."""

from __future__ import annotations

import base64
import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from chassis.errors import InvalidError
from contracts.projects.codes_money import MoneyCode
from services.projects.payees import domain as payees
from services.projects.payments import domain, sheets

AT = datetime(2026, 5, 1, 8, tzinfo=UTC)
LINE = ["pmt_1", "某组织（演示）", "6222020200112230123", "某银行", "102452000123", "1000.50", "=HYPERLINK(1)"]
HEAD = "支付编号,结果,金额（元）,银行流水号,原因\n"


def asked(payment_id: str, fen: int, status: str = "pending", reference: str | None = None) -> domain.Asked:
    return domain.Asked(payment_id=payment_id, amount_fen=fen, status=status, bank_reference=reference)


def judged(text: str, *batch: domain.Asked, used: dict[str, str] | None = None) -> list[tuple[str, str | None]]:
    rows = sheets.read(text.encode())
    domain.judge(rows, {one.payment_id: one for one in batch}, used or {})
    return [(row.verdict, row.flaw.value if row.flaw else None) for row in rows]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_same_lines_give_the_same_bytes(form: str) -> None:
    assert sheets.write([LINE], form=form, made_at=AT) == sheets.write([LINE], form=form, made_at=AT)


def test_what_goes_out_does_not_run_and_keeps_every_digit() -> None:
    text = sheets.write([LINE], form="csv", made_at=AT).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[2] == [*LINE[:-1], "'=HYPERLINK(1)"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(sheets.write([LINE], form="xlsx", made_at=AT)))
    assert book.get_sheet_by_index(0).to_python()[2] == [*LINE[:-1], "'=HYPERLINK(1)"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_an_answer_is_read_in_the_encodings_banks_use(encoding: str) -> None:
    text = HEAD + 'pmt_1,成功,"1,000.50",B1,\npmt_2,失败,2.5,,账号不符\n'
    rows = sheets.read(text.encode(encoding))
    assert [(row.payment_id, row.outcome, row.amount_fen, row.bank_reference) for row in rows] == [
        ("pmt_1", "paid", 100_050, "B1"),
        ("pmt_2", "failed", 250, ""),
    ]
    assert rows[1].reason == "账号不符"


def test_headings_may_be_english_twice_or_among_the_banks_own() -> None:
    text = "序号,支付编号,结果,金额,银行流水号\nNo,Payment,Outcome,Amount,Bank reference\n1,pmt_1,paid,1.00,B1\n"
    assert [row.payment_id for row in sheets.read(text.encode())] == ["pmt_1"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "size"),
        (b"a" * (sheets.MAX_BYTES + 1), "size"),
        ("支付编号".encode("utf-16"), "encoding"),
        (b"\xff\xff\xff", "encoding"),
        (HEAD.encode(), "empty"),
        ("支付编号,结果\npmt_1,成功\n".encode(), "headings"),
        ((HEAD + "x," * 30 + "\n").encode(), "columns"),
        ((HEAD + '"pmt_1,成功\n').encode(), "csv"),
        ((HEAD + "pmt_1,成功,1.00,B1,\n" * (sheets.MAX_ROWS + 1)).encode(), "rows"),
        ((HEAD + "x" * 300 + ",成功,1.00,B1,\n").encode(), "columns"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_is_wrong(content: bytes, problem: str) -> None:
    with pytest.raises(InvalidError, match="payment_answer_invalid") as caught:
        sheets.read(sheets.decode(base64.b64encode(content).decode()))
    assert caught.value.details["problem"] == problem


def test_what_is_not_base64_is_refused() -> None:
    with pytest.raises(InvalidError, match="payment_answer_invalid"):
        sheets.decode("支付")


def test_each_row_is_judged_by_itself() -> None:
    text = HEAD + "".join(
        f"{line}\n"
        for line in (
            "pmt_1,成功,1.00,B1,",
            "pmt_2,失败,2.00,,账户不存在",
            "pmt_9,成功,1.00,B9,",
            "pmt_3,成功,3.01,B3,",
            "pmt_3,也许,3.00,B3,",
            "pmt_3,成功,3.00,,",
            "pmt_3,成功,3.00,B1,",
            "pmt_3,成功,=3.00,B3,",
            "pmt_1,成功,1.00,B1,",
        )
    )
    assert judged(text, asked("pmt_1", 100), asked("pmt_2", 200), asked("pmt_3", 300)) == [
        ("paid", None),
        ("failed", None),
        ("refused", MoneyCode.ANSWER_UNKNOWN.value),
        ("refused", MoneyCode.ANSWER_AMOUNT.value),
        ("refused", MoneyCode.ANSWER_STATUS.value),
        ("refused", MoneyCode.ANSWER_REFERENCE.value),
        ("refused", MoneyCode.ANSWER_REFERENCE.value),
        ("refused", MoneyCode.ANSWER_FORMULA.value),
        ("refused", MoneyCode.ANSWER_REPEATED.value),
    ]


def test_what_is_settled_is_known_or_contradicted_and_never_changed() -> None:
    batch = (asked("pmt_1", 100, "paid", "B1"), asked("pmt_2", 200, "failed"))
    same = HEAD + "pmt_1,成功,1.00,B1,\npmt_2,失败,2.00,,\n"
    assert judged(same, *batch) == [("known", None), ("known", None)]
    other = HEAD + "pmt_1,失败,1.00,,\npmt_2,成功,2.00,B2,\n"
    assert judged(other, *batch) == [("refused", MoneyCode.ANSWER_SETTLED.value)] * 2
    again = HEAD + "pmt_1,成功,1.00,B2,\n"
    assert judged(again, *batch) == [("refused", MoneyCode.ANSWER_SETTLED.value)]


def test_a_bank_reference_of_another_batch_is_not_used_again() -> None:
    text = HEAD + "pmt_1,成功,1.00,B1,\n"
    assert judged(text, asked("pmt_1", 100), used={"B1": "pmt_7"}) == [("refused", MoneyCode.ANSWER_REFERENCE.value)]


rows = st.lists(
    st.tuples(
        st.sampled_from(["pmt_1", "pmt_2", "pmt_3", "pmt_4"]),
        st.sampled_from(["成功", "失败", "?"]),
        st.sampled_from(["1.00", "2.00", "x"]),
        st.sampled_from(["", "B1", "B2", "B3"]),
    ),
    min_size=1,
    max_size=12,
)


@given(rows)
@settings(max_examples=200, deadline=None)
def test_whatever_a_file_says_no_payment_and_no_reference_is_settled_twice(lines: list[tuple[str, ...]]) -> None:
    text = HEAD + "".join(",".join(line) + ",\n" for line in lines)
    found = sheets.read(text.encode())
    batch = {f"pmt_{number}": asked(f"pmt_{number}", 100 * number) for number in (1, 2)}
    domain.judge(found, batch, {})
    settled = [row.payment_id for row in found if row.verdict in ("paid", "failed")]
    references = [row.bank_reference for row in found if row.verdict == "paid"]
    assert len(settled) == len(set(settled))
    assert len(references) == len(set(references))
    assert all(row.amount_fen == batch[str(row.payment_id)].amount_fen for row in found if row.verdict != "refused")


@pytest.mark.parametrize("text", ["1234567", "6222 0202 x", "1" * 33, ""])
def test_an_account_number_has_8_to_32_digits(text: str) -> None:
    with pytest.raises(InvalidError, match="payee_invalid"):
        payees.digits(text)


def test_an_account_number_is_kept_without_blanks_and_shown_by_its_end() -> None:
    assert payees.digits("6222 0202-0011 2230") == "6222020200112230"
    assert payees.mask_account("6222020200112230") == "****2230"
    assert payees.mask_holder("张三丰") == "张**"
