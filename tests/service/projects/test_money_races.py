"""200 conflicting requests at once: one effect each, clear errors for all others, and the books hold."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from chassis import clock
from chassis.errors import ConflictError, FootprintError
from contracts.projects import events
from services.projects.awards.models import Award
from services.projects.ledger import actions as books
from services.projects.ledger.domain import account, moves
from services.projects.rounds.models import Round
from tests import kit
from tests.service.projects.purse import Purse
from tests.service.projects.round_road import Road
from tests.service.projects.test_round_guards import determined

CALLS = 200


def race(calls: Sequence[Callable[[], Any]]) -> Counter[str]:
    """Every call in a thread of its own, let go together: how often it was ``done``, or refused with which code."""
    start, said = threading.Barrier(len(calls)), Counter[str]()
    lock = threading.Lock()

    def run(call: Callable[[], Any]) -> None:
        start.wait()
        try:
            call()
            code = "done"
        except FootprintError as error:
            code = error.code
        with lock:
            said[code] += 1

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    return said


def test_a_tranche_is_paid_once_and_with_one_reference() -> None:
    purse = Purse()
    purse.sign()
    tranche_id = purse.tranche()["tranche_id"]

    def pay(number: int) -> Callable[[], Any]:
        given = {"tranche_id": tranche_id, "bank_reference": f"B-{number}"}
        return lambda: purse.bureau("projects.pay_tranche", **given)

    said = race([pay(number) for number in range(CALLS)])
    assert said == {"done": 1, "tranche_state_conflict": CALLS - 1}
    assert purse.award()["disbursed"] == "3000.00"
    assert purse.road.recorded(events.TranchePaid) == 1
    assert purse.books()["balanced"]


def test_a_tranche_is_released_once_however_often_its_report_comes() -> None:
    purse = Purse()
    purse.sign()
    purse.pay()
    project_id, author = purse.award()["project_id"], purse.author()
    step = purse.bureau("projects.get_project", project_id=project_id)["milestones"][0]["milestone_id"]
    shown = [{"sha256": "a" * 64, "size": 1, "media_type": "image/png"}]
    author("projects.submit_milestone", project_id=project_id, milestone_id=step, summary="完成", evidence=shown)
    purse.staff("projects.accept_milestone", project_id=project_id, milestone_id=step)
    report = {"kind": "tranche", "tranche_number": 1, "text": "第一期", "period_from": "2026-03-01"}
    said = race(
        [
            lambda: author("projects.submit_report", project_id=project_id, period_until="2026-05-31", **report)
            for _ in range(CALLS)
        ]
    )
    assert set(said) <= {"done", "row_stale"}
    assert said["done"] > 0
    assert [row["status"] for row in purse.award()["tranches"]] == ["paid", "released", "planned"]
    assert purse.road.recorded(events.TrancheReleased) == 2
    assert purse.balance("tranche") == "1800.00"
    assert purse.books()["balanced"]


def test_an_agreement_is_signed_once_by_each_side() -> None:
    purse = Purse()
    given, author = {"award_id": purse.award_ids[0]}, purse.author()
    said = race(
        [
            lambda caller=caller: caller("projects.sign_agreement", **given)  # type: ignore[misc]
            for _ in range(CALLS // 2)
            for caller in (author, purse.bureau)
        ]
    )
    assert said["done"] == 2
    assert set(said) <= {"done", "agreement_state_conflict", "agreement_not_open", "row_stale"}
    assert purse.road.recorded(events.ProjectStarted) == purse.road.recorded(events.TrancheReleased) == 1
    assert purse.books()["balanced"]


def test_awards_above_the_pool_are_not_made_even_without_the_rounds_lock() -> None:
    purse = Purse(lines=(50_000, 50_000), awards=(50_000,))
    award_id = purse.award_ids[0]
    executor = purse.host.executors["projects"]

    def commit(number: int) -> Callable[[], Any]:
        """As a defect would: no lock, no look at what is left; only the database stands in the way."""

        def run() -> None:
            with executor.system_session("commit", kit.DISTRICT) as session:
                of, award = session.get_one(Round, purse.round_id), session.get_one(Award, award_id)
                lines = sorted(line.id for line in of.pool_lines)
                postings = moves(account("pool", lines[number % 2]), account("commitment", award_id), 1_000)
                now, reference = clock.system_now(), f"race-{number}"
                books.post(
                    session, of, "committed", postings, round_id=of.id, reference=reference, now=now, award_id=award.id
                )

        return run

    said = race([commit(number) for number in range(CALLS)])
    assert said == {"done": 50, "ledger_overdrawn": CALLS - 50}
    assert purse.balance("pool") == "0.00"
    assert purse.books()["balanced"]


def test_a_round_is_awarded_once_and_never_with_an_objection_open() -> None:
    road = Road()
    determined(road)
    notice = road.on_round("publish_notice")
    target = next(row["proposal_id"] for row in notice["outcomes"] if row["outcome"] == "recommended")
    road.advance(days=8)
    about = {"proposal_id": target, "grounds": "与事实不符（演示）"}
    calls: list[Callable[[], Any]] = []
    for _ in range(CALLS // 2):
        calls += [lambda: road.on_round("award_round"), lambda: road.on_round("raise_objection", road.staff, **about)]
    said = race(calls)
    awarded = road.on_round("get_round")["status"] == "awarded"
    opened = road.on_round("list_objections", status="open", limit=200)["items"]
    assert awarded == (road.recorded(events.RoundAwarded) == 1)
    assert not (awarded and opened)
    assert set(said) <= {"done", "objections_open", "round_state_conflict", "row_stale"}
    if not awarded:
        for row in opened:
            road.bureau("projects.reject_objection", objection_id=row["objection_id"], finding="不属实（演示）")
        said = race([lambda: road.on_round("award_round") for _ in range(20)])
        assert said == {"done": 1, "round_state_conflict": 19}
    awards = road.bureau("projects.list_awards", round_id=road.round_id)["items"]
    assert len({row["proposal_id"] for row in awards}) == len(awards) == road.recorded(events.ProposalAwarded)
    assert road.on_round("get_trial_balance")["balanced"]


def test_one_file_of_the_bank_pays_once_however_often_it_is_imported() -> None:
    purse = Purse()
    purse.sign()
    purse.payee()
    batch = purse.batch(0)
    payment = purse.payments(batch)[0]["payment_id"]

    def send(number: int) -> Callable[[], Any]:
        extra = [f"pmt_{number % 7},成功,1.00,X{number % 7},"]  # other files, the same payment
        return lambda: purse.answer(batch, f"{payment},成功,3000.00,B1,", *extra)

    said = race([send(number) for number in range(CALLS)])
    assert said["done"] >= 1
    assert set(said) <= {"done", "payment_batch_state_conflict", "row_stale"}
    assert purse.award()["disbursed"] == "3000.00"
    assert purse.road.recorded(events.TranchePaid) == 1
    assert purse.books()["balanced"]


def test_the_same_money_comes_back_once() -> None:
    purse = Purse()
    purse.sign()
    purse.pay()
    given = {"award_id": purse.award_ids[0], "amount": "1000.00", "bank_reference": "R-1"}
    said = race([lambda: purse.bureau("projects.return_unspent", **given) for _ in range(CALLS)])
    assert said == {"done": 1, "award_state_conflict": CALLS - 1}
    assert purse.award()["returned"] == "1000.00"
    with pytest.raises(ConflictError, match="award_exceeded"):
        purse.bureau("projects.return_unspent", **{**given, "amount": "2000.01", "bank_reference": "R-2"})
    assert purse.books()["balanced"]
