"""A random walk over every step of the money, with replays and with transactions that die before their commit."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from chassis import crash, ids
from chassis.errors import FootprintError
from tests.service.projects.purse import Purse, _fen

REFUSALS = {
    "pool_exceeded",
    "agreement_not_open",
    "agreement_state_conflict",
    "award_exceeded",
    "award_state_conflict",
    "tranche_state_conflict",
    "project_state_conflict",
    "recovery_exceeded",
    "recovery_state_conflict",
    "budget_exceeded",
    "payment_batch_state_conflict",
    "ledger_posted_already",
}
numbers = st.integers(0, 5)
amounts = st.integers(10, 400_000)  # no tranche of nothing, which no batch takes
shares = st.integers(1, 120)  # per cent, sometimes of more than there is


def part_of(fen: int, percent: int) -> str:
    """In yuan, at least a fen."""
    part = max(fen * percent // 100, 1)
    return f"{part // 100}.{part % 100:02d}"


class DiedError(Exception):
    """The process went away before its transaction was committed."""


@contextmanager
def dying() -> Iterator[None]:
    """The next command is undone at the last moment."""
    before = crash.point

    def die(name: str) -> None:
        if name == "command.before_commit":
            raise DiedError

    crash.point = die  # type: ignore[assignment]
    try:
        yield
    finally:
        crash.point = before


class Walk(RuleBasedStateMachine):
    """Steps are asked for at random; what a rule of the money refuses is refused with one of the known codes."""

    def __init__(self) -> None:
        super().__init__()
        self.purse = Purse(lines=(400_001, 299_999, 100_000), awards=(300_000, 100_001))
        self.purse.sign(0)
        self.purse.sign(1)
        self.batches: list[dict[str, Any]] = []
        self.last: tuple[str, dict[str, Any], Any] | None = None
        self.counter = 0

    def do(self, operation: str, caller: Any = None, **given: Any) -> Any:
        """The step, once dying before its commit and once in earnest; remembered, to be replayed."""
        who, command_id = caller or self.purse.bureau, str(ids.new_uuid())
        if self.counter % 3 == 0:
            before = self.money()
            with dying(), suppress(DiedError, FootprintError):
                who(f"projects.{operation}", command_id=command_id, **given)
            assert self.money() == before
        self.counter += 1
        try:
            reply = who(f"projects.{operation}", command_id=command_id, **given)
        except FootprintError as error:
            if error.code not in REFUSALS:
                raise
            return None
        self.last = (operation, {"command_id": command_id, **given}, who)
        return reply

    def money(self) -> Any:
        return self.purse.books(), self.purse.bureau("projects.get_round_money", round_id=self.purse.round_id)

    def award(self, number: int, *statuses: str, tranche: str = "") -> dict[str, Any]:
        """One the step is meant for, where there is one; of six numbers two take any, so that steps are refused too."""
        awards = [self.purse.award(index) for index in range(len(self.purse.award_ids))]
        fit = [
            award
            for award in awards
            if award["status"] in statuses and (not tranche or tranche in {row["status"] for row in award["tranches"]})
        ]
        chosen = fit if fit and number < 4 else awards
        return chosen[number % len(chosen)]

    def reference(self) -> str:
        return f"B-{self.counter}"

    @precondition(lambda self: len(self.purse.award_ids) < 4)
    @rule(amount=amounts)
    def commit(self, amount: int) -> None:
        try:
            self.purse.offer(self.purse.propose(amount))
        except FootprintError as error:
            if error.code != "pool_exceeded":
                raise

    @rule(number=numbers)
    def sign(self, number: int) -> None:
        award = self.award(number, "offered")
        for caller in (self.purse.bureau, self.purse.road.author(award["organisation_id"])):
            self.do("sign_agreement", caller, award_id=award["award_id"])

    @rule(number=numbers)
    def pay(self, number: int) -> None:
        rows = self.award(number, "agreed", tranche="released")["tranches"]
        found = next((row for row in rows if row["status"] == "released"), rows[number % 3])
        self.do("pay_tranche", tranche_id=found["tranche_id"], bank_reference=self.reference())

    @rule(number=numbers)
    def release(self, number: int) -> None:
        """The next milestone is accepted and what was paid is reported."""
        award = self.award(number, "agreed", tranche="paid")
        if award["status"] != "agreed":
            return
        author, given = self.purse.road.author(award["organisation_id"]), {"project_id": award["project_id"]}
        steps = self.purse.bureau("projects.get_project", **given)["milestones"]
        waiting = next((row for row in steps if row["status"] != "accepted"), None)
        if waiting is not None:
            shown = [{"sha256": f"{self.counter:064x}", "size": 1, "media_type": "image/png"}]
            step = {**given, "milestone_id": waiting["milestone_id"]}
            self.do("submit_milestone", author, summary="完成", evidence=shown, **step)
            self.do("accept_milestone", **step)
        for row in award["tranches"]:
            if row["status"] == "paid":
                period = {"period_from": "2026-03-01", "period_until": "2026-05-31"}
                report = {"kind": "tranche", "tranche_number": row["number"], "text": "使用情况", **period}
                self.do("submit_report", author, **report, **given)

    @rule(number=numbers, paid=st.booleans(), twice=st.booleans())
    def bank(self, number: int, paid: bool, twice: bool) -> None:
        """Through a batch: paid or failed, its file imported once or twice."""
        award = self.award(number, "agreed", tranche="released")
        released = [row for row in award["tranches"] if row["status"] == "released"]
        if not released:
            return
        listed = self.purse.bureau("projects.list_payees", organisation_id=award["organisation_id"])
        if not listed["items"]:
            self.purse.payee(self.purse.award_ids.index(award["award_id"]))
        batch = self.purse.bureau("projects.draft_payment_batch", tranche_ids=[released[0]["tranche_id"]])
        self.purse.second("projects.approve_payment_batch", batch_id=batch["batch_id"])
        self.purse.bureau("projects.export_payment_batch", batch_id=batch["batch_id"], reason="拨付")
        payment = self.purse.payments(batch)[0]
        told = f"成功,{payment['amount']},{self.reference()}" if paid else f"失败,{payment['amount']},"
        for _ in range(1 + twice):
            self.purse.answer(batch, f"{payment['payment_id']},{told},")
        self.counter += 1

    @rule(number=numbers, share=shares)
    def bring_back(self, number: int, share: int) -> None:
        award = self.award(number, "agreed", "terminated", tranche="paid")
        held = _fen(award["disbursed"]) - _fen(award["returned"])
        given = {"amount": part_of(held, share), "bank_reference": self.reference()}
        self.do("return_unspent", award_id=award["award_id"], **given)

    @rule(number=numbers, share=st.integers(0, 100))
    def terminate(self, number: int, share: int) -> None:
        award = self.award(number, "agreed", tranche="paid")
        if award["project_id"] is None or (number < 4 and award["disbursed"] == "0.00"):
            return
        left = (_fen(award["disbursed"]) - _fen(award["returned"])) * share // 100
        given = {"reason": "终止（演示）", "recovery_plan": "退回", "recover": part_of(left, 100) if left else "0.00"}
        self.do("terminate_project", project_id=award["project_id"], **given)

    @rule(share=shares)
    def recover(self, share: int) -> None:
        for row in self.purse.bureau("projects.list_recoveries", round_id=self.purse.round_id)["items"]:
            left = _fen(row["amount"]) - _fen(row["recovered"])
            given = {"amount": part_of(left, share), "bank_reference": self.reference()}
            self.do("record_recovery", recovery_id=row["recovery_id"], **given)

    @precondition(lambda self: self.last is not None)
    @rule()
    def replay(self) -> None:
        """The same command once more, as a client that heard nothing would send it: nothing moves."""
        assert self.last is not None
        operation, given, who = self.last
        before = self.money()
        who(f"projects.{operation}", **given)
        assert self.money() == before

    @invariant()
    def the_books_hold(self) -> None:
        books, money = self.money()
        assert books["balanced"], books
        pool, disbursed = _fen(money["pool"]), _fen(money["disbursed"])
        assert pool == disbursed - _fen(money["returned"]) + _fen(money["remaining"])
        kept = {row["account"]: _fen(row["kept"]) for row in books["accounts"]}
        awards = [self.purse.award(number) for number in range(len(self.purse.award_ids))]
        assert sum(_fen(award["amount"]) for award in awards if award["status"] in ("offered", "agreed")) <= pool
        for award in awards:
            paid = sum(_fen(row["amount"]) for row in award["tranches"] if row["status"] == "paid")
            assert paid == _fen(award["disbursed"]) <= _fen(award["amount"])
            held = kept.get(f"disbursement:{award['award_id']}", 0) + kept.get(f"recovery:{award['award_id']}", 0)
            assert held == _fen(award["disbursed"]) - _fen(award["returned"]) >= 0
            assert kept.get(f"return:{award['award_id']}", 0) == 0


@pytest.mark.usefixtures("_payee_key")
def test_the_books_hold_along_any_walk(tmp_path: Path) -> None:
    examples = int(os.environ.get("MONEY_WALKS", "5"))
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Walk,
        settings=settings(max_examples=examples, stateful_step_count=26, deadline=None, suppress_health_check=checks),
    )
