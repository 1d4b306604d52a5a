"""The books: what the database itself refuses, what comes back to whom, and that they hold after every step."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from chassis.errors import ConflictError, NotFoundError
from contracts.projects.events_money import LedgerFoundWrong, PoolLineRefunded, RecoveryOverdue
from services.projects.ledger.actions import check_books
from tests import kit
from tests.service.projects.purse import Purse


@pytest.fixture
def purse() -> Purse:
    return Purse()


def refused(purse: Purse, statement: str, match: str) -> None:
    with pytest.raises(DBAPIError, match=match):
        purse.sql(statement)


def test_an_award_draws_on_the_lines_pro_rata_and_gives_back_where_it_drew(purse: Purse) -> None:
    lines = {row["account"]: row["kept"] for row in purse.books()["accounts"] if row["account"].startswith("pool:")}
    assert sorted(lines.values()) == ["1200.00", "2800.00"]  # 6 000 yuan of 7 000.01 and 2 999.99
    purse.sign()
    purse.pay()
    purse.bureau("projects.return_unspent", award_id=purse.award_ids[0], amount="0.01", bank_reference="R-1")
    assert purse.balance("pool") == "4000.01"
    purse.terminate(recover="0.00")
    assert purse.balance("pool") == "7000.01"
    assert purse.books()["balanced"]


def test_every_step_is_an_entry_whose_postings_add_up(purse: Purse) -> None:
    purse.sign()
    purse.pay()
    rows = purse.bureau("projects.list_ledger_entries", round_id=purse.round_id)["items"]
    assert [row["kind"] for row in reversed(rows)] == ["pledged", "pledged", "committed", "ordered", "disbursed"]
    for row in rows:
        assert sum(round(float(one["amount"]) * 100) for one in row["postings"]) == 0
    committed = rows[2]
    assert (committed["debit"], committed["credit"]) == (f"commitment:{purse.award_ids[0]}", "pool")
    money = purse.bureau("projects.get_round_money", round_id=purse.round_id)
    assert (money["pool"], money["disbursed"], money["remaining"]) == ("10000.00", "3000.00", "7000.00")


def test_the_database_refuses_what_would_make_the_books_wrong(purse: Purse) -> None:
    entry = "SELECT id FROM ledger_entry WHERE kind = 'committed'"
    row = "district_code, street_code, round_id, award_id"
    refused(purse, "UPDATE ledger_entry SET amount_fen = 1", "append-only")
    refused(purse, "DELETE FROM posting", "append-only")
    lopsided = (
        f"INSERT INTO posting (entry_id, account, amount_fen, {row}) SELECT id, 'return:x', 1, {row} FROM ledger_entry"
        f" WHERE id IN ({entry})"
    )
    refused(purse, lopsided, "is not balanced")
    alone = (
        "INSERT INTO ledger_entry (id, kind, debit, credit, amount_fen, reference, posted_at, district_code, round_id)"
        " SELECT gen_random_uuid(), 'returned', 'a', 'b', 1, 'x', now(), district_code, round_id"
        " FROM ledger_entry LIMIT 1"
    )
    refused(purse, alone, "is not balanced")
    above = (
        f"INSERT INTO posting (entry_id, account, amount_fen, {row}) SELECT id, account, amount_fen - 600000, {row}"
        " FROM posting WHERE account LIKE 'commitment:%' ON CONFLICT DO NOTHING;"
        f"INSERT INTO posting (entry_id, account, amount_fen, {row}) SELECT (SELECT id FROM ledger_entry WHERE kind ="
        f" 'pledged' LIMIT 1), account, -600001, {row} FROM posting WHERE account LIKE 'commitment:%'"
    )
    refused(purse, above.partition(";")[2], "never_overdrawn")
    assert purse.books()["balanced"]


def test_the_same_step_is_not_posted_twice(purse: Purse) -> None:
    purse.sign()
    purse.pay()
    with pytest.raises(ConflictError, match="tranche_state_conflict"):
        purse.pay()
    purse.sql("UPDATE tranche SET status = 'released'")  # as if the state had been lost
    with pytest.raises(ConflictError, match=r"ledger_posted_already|ledger_overdrawn"):
        purse.pay(reference="B-2")
    assert purse.award()["disbursed"] == "3000.00"


def test_an_award_above_the_pool_is_not_made(purse: Purse) -> None:
    proposal_id = purse.propose(400_001)
    with pytest.raises(ConflictError, match="pool_exceeded"):
        purse.offer(proposal_id)
    purse.offer(purse.propose(400_000))
    assert purse.balance("pool") == "0.00"


def test_the_nightly_check_tells_of_what_somebody_changed_behind_the_books(purse: Purse) -> None:
    executor = purse.host.executors["projects"]
    with executor.system_session("check_books", kit.DISTRICT) as session:
        assert check_books(session) == 0
    purse.sql("UPDATE ledger_account SET balance_fen = balance_fen + 1 WHERE kind = 'commitment'")
    found = purse.books()
    assert (found["balanced"], found["wrong"]) == (False, [f"commitment:{purse.award_ids[0]}"])
    with executor.system_session("check_books", kit.DISTRICT) as session:
        assert check_books(session) == 1
    assert purse.road.recorded(LedgerFoundWrong) == 1


def test_the_trial_balance_is_not_for_another_street(purse: Purse) -> None:
    other = kit.Caller(purse.host, kit.actor("street_staff", streets=[kit.CHANGJIANG]))
    with pytest.raises(NotFoundError):
        other("projects.get_trial_balance", round_id=purse.round_id)


def recovery(purse: Purse) -> dict[str, Any]:
    found: dict[str, Any] = purse.bureau("projects.list_recoveries", round_id=purse.round_id)["items"][0]
    return found


def test_what_a_terminated_project_owes_comes_back_by_instalments(purse: Purse) -> None:
    purse.sign()
    purse.pay()
    today = purse.road.now().date()
    plan = [
        {"due_on": today.replace(year=today.year + 1).isoformat(), "amount": "1500.00"},
        {"due_on": today.replace(year=today.year + 2).isoformat(), "amount": "500.00"},
    ]
    with pytest.raises(Exception, match="recovery_plan_invalid"):
        purse.terminate(recover="2000.00", instalments=plan[:1])
    purse.terminate(recover="2000.00", instalments=plan)
    claim = recovery(purse)
    assert (claim["status"], claim["amount"], purse.balance("recovery")) == ("open", "2000.00", "2000.00")
    given = {"recovery_id": claim["recovery_id"]}
    with pytest.raises(ConflictError, match="recovery_exceeded"):
        purse.bureau("projects.record_recovery", amount="2000.01", bank_reference="Q-1", **given)
    part = purse.bureau("projects.record_recovery", amount="500.00", bank_reference="Q-1", **given)
    assert part["status"] == "partly_recovered"
    with pytest.raises(ConflictError, match="award_state_conflict"):
        purse.bureau("projects.record_recovery", amount="500.00", bank_reference="Q-1", **given)
    purse.road.advance(days=366)
    purse.road.advance(days=10)
    assert purse.road.recorded(RecoveryOverdue) == 1
    with pytest.raises(ConflictError, match="award_exceeded"):
        purse.bureau("projects.return_unspent", award_id=purse.award_ids[0], amount="1000.01", bank_reference="R-2")
    done = purse.bureau("projects.record_recovery", amount="1500.00", bank_reference="Q-2", **given)
    assert (done["status"], done["recovered"]) == ("settled", "2000.00")
    assert purse.balance("pool") == "9000.00"
    assert purse.award()["returned"] == "2000.00"
    assert purse.books()["balanced"]


def test_the_rest_of_a_claim_is_given_up_by_two_people_only(purse: Purse) -> None:
    purse.sign()
    purse.pay()
    purse.terminate(recover="100.00")
    given = {"recovery_id": recovery(purse)["recovery_id"]}
    purse.bureau("projects.propose_write_off", reason="无力偿还（演示）", **given)
    with pytest.raises(ConflictError, match="recovery_state_conflict"):
        purse.bureau("projects.record_recovery", amount="1.00", bank_reference="Q-9", **given)
    with pytest.raises(ConflictError, match="money_same_person"):
        purse.bureau("projects.approve_write_off", **given)
    assert purse.second("projects.refuse_write_off", **given)["status"] == "partly_recovered"
    purse.bureau("projects.propose_write_off", reason="无力偿还（演示）", **given)
    assert purse.second("projects.approve_write_off", **given)["status"] == "written_off"
    assert (purse.balance("recovery"), purse.balance("disbursement")) == ("0.00", "3000.00")
    assert purse.books()["balanced"]


def test_an_archived_round_gives_each_funder_what_its_line_still_holds(purse: Purse) -> None:
    purse.sign()
    purse.pay()
    purse.terminate(recover="1000.00")
    purse.bureau("projects.evaluate_round", round_id=purse.round_id)
    with pytest.raises(ConflictError, match="recoveries_open"):
        purse.bureau("projects.archive_round", round_id=purse.round_id)
    given = {"recovery_id": recovery(purse)["recovery_id"], "amount": "1000.00", "bank_reference": "Q-1"}
    purse.bureau("projects.record_recovery", **given)
    archived = purse.bureau("projects.archive_round", round_id=purse.round_id)
    assert {line["status"] for line in archived["pool_lines"]} == {"settled"}
    refunds = purse.sql(
        "SELECT (payload->>'amount_fen')::int, (payload->>'used_fen')::int"
        " FROM outbox WHERE name = 'pool_line_refunded'"
    )
    assert sorted(refunds) == [(239_999, 60_000), (560_001, 140_000)]
    assert purse.road.recorded(PoolLineRefunded) == 2
    assert (purse.balance("pool"), purse.balance("disbursement")) == ("0.00", "2000.00")
    money = purse.bureau("projects.get_round_money", round_id=purse.round_id)
    assert (money["pool"], money["remaining"]) == ("2000.00", "0.00")
    assert purse.books()["balanced"]
