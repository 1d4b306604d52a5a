"""Payment batches: two people, one file, the bank's answer once; and account numbers seen nowhere else."""

from __future__ import annotations

import base64
import csv
import hashlib
import io

import pytest
from sqlalchemy.exc import DBAPIError

from chassis.errors import ConflictError, FootprintError, ForbiddenError, InvalidError, NotFoundError
from contracts.projects import events
from contracts.projects.events_money import PaymentBatchExported, PaymentBatchReconciled, PaymentFailed
from tests import kit
from tests.service.projects.purse import Purse

ACCOUNT = "62220202001122"


@pytest.fixture
def purse() -> Purse:
    made = Purse(awards=(300_000, 200_000))
    for number in (0, 1):
        made.sign(number)
        made.payee(number)
    return made


def test_a_batch_goes_to_the_bank_and_comes_back(purse: Purse) -> None:
    batch = purse.batch(0, 1)
    assert (batch["payments"], batch["total"]) == (2, "2500.00")
    assert purse.tranche(0)["status"] == "batched"
    first, second = purse.payments(batch)
    lines = (f"{first['payment_id']},成功,{first['amount']},B1,", f"{second['payment_id']},失败,1000.00,,户名不符")
    tried = purse.answer(batch, *lines, mode="dry_run")
    assert (tried["paid"], tried["failed"], purse.tranche(0)["status"]) == (1, 1, "batched")
    report = purse.answer(batch, *lines)
    assert (report["paid"], report["failed"], report["refused"], report["batch_status"]) == (1, 1, 0, "reconciled")
    assert [purse.tranche(number)["status"] for number in (0, 1)] == ["paid", "released"]
    assert purse.tranche(0)["bank_reference"] == "B1"
    assert (purse.award(0)["disbursed"], purse.award(1)["disbursed"]) == ("1500.00", "0.00")
    assert [row["failure"] for row in purse.payments(batch)] == [None, "户名不符"]
    for struct in (PaymentFailed, PaymentBatchReconciled, events.TranchePaid):
        assert purse.road.recorded(struct) == 1
    again = purse.batch(1)
    assert purse.answer(again, f"{purse.payments(again)[0]['payment_id']},成功,1000.00,B2,")["paid"] == 1
    assert purse.books()["balanced"]


def test_the_same_file_or_row_again_pays_nothing(purse: Purse) -> None:
    batch = purse.batch(0, 1)
    first, second = (row["payment_id"] for row in purse.payments(batch))
    line = f"{first},成功,1500.00,B1,"
    once = purse.answer(batch, line, line)
    assert [row["outcome"] for row in once["report"]] == ["paid", "refused"]
    twice = purse.answer(batch, line, line)
    assert (twice["repeated"], twice["answer_id"]) == (True, once["answer_id"])
    other = purse.answer(batch, line, f"{second},成功,1000.00,B1,", f"{first},失败,1500.00,,")
    assert [row["code"] for row in other["report"]] == [None, "payment_answer_reference", "payment_answer_repeated"]
    assert (other["known"], other["paid"], other["batch_status"]) == (1, 0, "exported")
    assert purse.award()["disbursed"] == "1500.00"
    assert purse.road.recorded(events.TranchePaid) == 1
    listed = purse.bureau("projects.list_payment_answers", batch_id=batch["batch_id"])["items"]
    assert len(listed) == 2


def test_unknown_lines_and_other_amounts_are_reported_and_change_nothing(purse: Purse) -> None:
    batch = purse.batch(0)
    payment = purse.payments(batch)[0]["payment_id"]
    report = purse.answer(batch, "pmt_unknown,成功,1.00,B1,", f"{payment},成功,1500.01,B2,", f"{payment},成功,@1,B3,")
    codes = ["payment_answer_unknown", "payment_answer_amount", "payment_answer_formula"]
    assert [row["code"] for row in report["report"]] == codes
    assert {row["payment_id"] for row in report["report"]} == {None}
    assert purse.award()["disbursed"] == "0.00"


def test_a_second_person_approves_and_nobody_pays_besides(purse: Purse) -> None:
    tranche_id = purse.tranche()["tranche_id"]
    batch_id = purse.bureau("projects.draft_payment_batch", tranche_ids=[tranche_id])["batch_id"]
    with pytest.raises(ConflictError, match="money_same_person"):
        purse.bureau("projects.approve_payment_batch", batch_id=batch_id)
    with pytest.raises(ConflictError, match="payment_batch_state_conflict"):
        purse.second("projects.export_payment_batch", batch_id=batch_id, reason="太早（演示）")
    with pytest.raises(ConflictError, match="tranche_state_conflict"):
        purse.pay()
    with pytest.raises(ConflictError, match="tranche_state_conflict"):
        purse.second("projects.draft_payment_batch", tranche_ids=[tranche_id])
    with pytest.raises(ConflictError, match="tranche_state_conflict"):
        purse.terminate(recover="0.00")
    cancelled = purse.second("projects.cancel_payment_batch", batch_id=batch_id, reason="有误（演示）")
    assert cancelled["status"] == "cancelled"
    assert purse.tranche()["status"] == "released"
    assert purse.pay()["status"] == "paid"


def test_the_file_has_numbers_in_full_every_download_is_logged_and_nothing_else_shows_them(purse: Purse) -> None:
    batch = purse.batch(0, 1)
    given = {"batch_id": batch["batch_id"], "reason": "核对（演示）"}
    files = [purse.second("projects.export_payment_batch", **given) for _ in range(2)]
    content = base64.b64decode(files[0]["content"])
    assert files[0]["content"] == files[1]["content"]
    assert hashlib.sha256(content).hexdigest() == files[0]["sha256"]
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row[2] for row in rows[2:]] == [ACCOUNT + "00", ACCOUNT + "01"]
    assert rows[2][5:] == ["1500.00", "牵手夕阳（演示） 第1期"]
    log = purse.bureau("projects.list_payment_exports", batch_id=batch["batch_id"])["items"]
    assert [row["reason"] for row in log] == ["核对（演示）", "核对（演示）", "拨付（演示）"]
    assert purse.road.recorded(PaymentBatchExported) == 3
    assert {row["account_number"] for row in purse.payments(batch)} == {"****2200", "****2201"}
    for (table,) in purse.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        assert ACCOUNT not in str(purse.sql(f'SELECT * FROM "{table}"')), table
    with pytest.raises(DBAPIError, match="append-only"):
        purse.sql("DELETE FROM payment_export")


def test_an_exported_batch_is_immutable_in_the_database(purse: Purse) -> None:
    batch = purse.batch(0)
    for change in (
        "UPDATE payment SET amount_fen = amount_fen + 1",
        "DELETE FROM payment",
        "INSERT INTO payment SELECT * FROM payment",
    ):
        with pytest.raises(DBAPIError, match="immutable"):
            purse.sql(change)
    purse.sql("UPDATE payee SET bank = '另一银行（演示）'")
    with pytest.raises(ConflictError, match="payment_export_changed"):
        purse.second("projects.export_payment_batch", batch_id=batch["batch_id"], reason="再导（演示）")


def test_an_organisation_without_a_verified_account_is_not_paid_by_batch(purse: Purse) -> None:
    payee = purse.bureau("projects.list_payees", organisation_id=purse.award(1)["organisation_id"])["items"][0]
    purse.author(1)("projects.retire_payee", payee_id=payee["payee_id"])
    with pytest.raises(ConflictError, match="payee_missing") as caught:
        purse.batch(0, 1)
    assert caught.value.details["organisation_ids"] == [purse.award(1)["organisation_id"]]
    assert purse.tranche(0)["status"] == "released"


def test_an_account_is_verified_by_another_and_replaces_the_one_before(purse: Purse) -> None:
    owner = purse.award()["organisation_id"]
    given = {"organisation_id": owner, "holder": "某组织（演示）", "bank": "某银行（演示）"}
    made = purse.bureau("projects.register_payee", account_number="6228 4800 1234 5678", **given)
    assert (made["account_number"], made["holder"]) == ("****5678", "某**")
    with pytest.raises(ConflictError, match="money_same_person"):
        purse.bureau("projects.verify_payee", payee_id=made["payee_id"])
    purse.second("projects.verify_payee", payee_id=made["payee_id"])
    rows = purse.bureau("projects.list_payees", organisation_id=owner)["items"]
    assert [row["status"] for row in rows] == ["verified", "retired"]
    with pytest.raises(InvalidError, match="payee_invalid"):
        purse.bureau("projects.register_payee", account_number="12-34-56-7", **given)
    stranger = purse.road.author(purse.road.organisation())
    with pytest.raises(NotFoundError):
        stranger("projects.get_payee", payee_id=made["payee_id"])
    with pytest.raises(ForbiddenError):
        stranger("projects.register_payee", account_number="6228 4800 1234 5678", **given)


def test_a_batch_is_of_ones_own_street(purse: Purse) -> None:
    other = kit.Caller(purse.host, kit.actor("street_staff", streets=[kit.CHANGJIANG]))
    batch = purse.batch(0, export=False)
    tried = (
        ("draft_payment_batch", {"tranche_ids": [purse.tranche(1)["tranche_id"]]}),
        ("get_payment_batch", {"batch_id": batch["batch_id"]}),
        ("list_payments", {"batch_id": batch["batch_id"]}),
        ("export_payment_batch", {"batch_id": batch["batch_id"], "reason": "不行"}),
        ("import_payment_answer", {"batch_id": batch["batch_id"], "content": "eA=="}),
    )
    for operation, given in tried:
        with pytest.raises(NotFoundError):
            other(f"projects.{operation}", **given)
    assert other("projects.list_payment_batches")["items"] == []
    assert other("projects.list_payees")["items"] == []
    with pytest.raises(FootprintError, match="payment_batch_invalid"):
        purse.bureau("projects.draft_payment_batch", tranche_ids=[purse.tranche(1)["tranche_id"]] * 2)
