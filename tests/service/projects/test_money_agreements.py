"""Agreements: nothing binds before both sides signed the same hash, and a change is a version that both sign anew."""

from __future__ import annotations

import pytest

from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from contracts.projects import events
from contracts.projects.events_money import AgreementChanged, AgreementProposed
from services.projects import fingerprint
from tests import kit
from tests.service.projects.purse import Purse


@pytest.fixture
def purse() -> Purse:
    return Purse()


def versions(purse: Purse) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = purse.bureau("projects.list_agreements", award_id=purse.award_ids[0])["items"]
    return rows[::-1]


def test_a_project_starts_with_the_second_signature_whoever_signs_first(purse: Purse) -> None:
    given = {"award_id": purse.award_ids[0]}
    offered = versions(purse)[0]
    half = purse.author()("projects.sign_agreement", content_hash=offered["content_hash"], **given)
    assert (half["status"], half["project_id"], half["agreement_hash"]) == ("offered", None, offered["content_hash"])
    with pytest.raises(ConflictError, match="agreement_state_conflict"):
        purse.author()("projects.sign_agreement", **given)
    with pytest.raises(ConflictError, match="agreement_differs"):
        purse.staff("projects.sign_agreement", content_hash="f" * 64, **given)
    signed = purse.staff("projects.sign_agreement", content_hash=offered["content_hash"], **given)
    assert signed["status"] == "agreed"
    assert signed["tranches"][0]["status"] == "released"
    assert purse.road.recorded(events.AgreementSigned) == purse.road.recorded(events.ProjectStarted) == 1
    with pytest.raises(ConflictError, match="agreement_not_open"):
        purse.staff("projects.sign_agreement", **given)


def test_a_signature_says_who_when_and_of_what_and_the_hash_can_be_computed_again(purse: Purse) -> None:
    purse.sign()
    version = versions(purse)[0]
    assert version["status"] == "in_force"
    said = {"number": version["number"], "terms": version["terms"], "text_hash": fingerprint.of(version["text"])}
    assert fingerprint.of(said) == version["content_hash"]
    signatures = version["signatures"]
    assert isinstance(signatures, list)
    assert [(row["side"], row["role"], row["signed_hash"]) for row in signatures] == [
        ("a", "bureau", version["content_hash"]),
        ("b", "cso", version["content_hash"]),
    ]
    assert all(row["account_id"] and row["signed_at"] for row in signatures)


def test_only_the_two_parties_sign(purse: Purse) -> None:
    given = {"award_id": purse.award_ids[0]}
    stranger = purse.road.author(purse.road.organisation())
    other = kit.Caller(purse.host, kit.actor("street_staff", streets=[kit.CHANGJIANG]))
    for caller in (stranger, other):
        with pytest.raises((NotFoundError, ForbiddenError)):
            caller("projects.sign_agreement", **given)
        with pytest.raises((NotFoundError, ForbiddenError)):
            caller("projects.get_agreement", agreement_id=versions(purse)[0]["agreement_id"])
    hub = kit.Caller(purse.host, kit.actor("hub", streets=[kit.ZHUHAI], organisation_id=purse.road.hub))
    hub("projects.sign_agreement", **given)
    assert versions(purse)[0]["status"] == "signed_by_b"


def test_a_change_binds_once_both_signed_it_and_frees_what_is_not_needed(purse: Purse) -> None:
    purse.sign()
    purse.pay()
    change = {
        "award_id": purse.award_ids[0],
        "reason": "活动减少（演示）",
        "amount": "5000.00",
        "tranches": [{"number": 2, "amount": "1500.00"}, {"number": 3, "amount": "500.00"}],
        "budget": [{"line": "物资", "amount": "3000.00"}, {"line": "场地", "amount": "2000.00"}],
        "milestones": [{"number": 2, "due_on": "2026-11-01"}],
        "ends_on": "2027-01-31",
    }
    proposed = purse.author()("projects.propose_agreement_change", **change)
    assert (proposed["number"], proposed["status"], proposed["proposed_by_side"]) == (2, "proposed", "b")
    with pytest.raises(ConflictError, match="agreement_open"):
        purse.staff("projects.propose_agreement_change", **change)
    purse.author()("projects.sign_agreement", award_id=purse.award_ids[0])
    assert purse.award()["amount"] == "6000.00"
    after = purse.bureau("projects.sign_agreement", award_id=purse.award_ids[0])
    assert (after["amount"], after["agreement_hash"]) == ("5000.00", proposed["content_hash"])
    assert [row["amount"] for row in after["tranches"]] == ["3000.00", "1500.00", "500.00"]
    assert [row["status"] for row in versions(purse)] == ["superseded", "in_force"]
    project = purse.bureau("projects.get_project", project_id=after["project_id"])
    assert (project["award"], project["ends_on"], project["milestones"][1]["due_on"]) == (
        "5000.00",
        "2027-01-31",
        "2026-11-01",
    )
    budgets = purse.bureau("projects.list_budget_versions", project_id=after["project_id"])["items"]
    assert [row["source"] for row in budgets] == ["agreement", "awarded"]
    assert (purse.balance("pool"), purse.balance("commitment")) == ("5000.00", "2000.00")
    assert purse.road.recorded(AgreementProposed) == 2
    assert purse.road.recorded(AgreementChanged) == 1
    assert purse.books()["balanced"]


def test_terms_that_are_above_the_award_or_do_not_add_up_are_refused(purse: Purse) -> None:
    purse.sign()
    given = {"award_id": purse.award_ids[0], "reason": "变更（演示）"}
    for wrong, code in (
        ({"amount": "6000.01"}, "agreement_terms_invalid"),
        ({"amount": "2999.99"}, "agreement_terms_invalid"),
        ({"amount": "5000.00"}, "agreement_terms_invalid"),
        ({"tranches": [{"number": 1, "amount": "2999.99"}]}, "agreement_terms_invalid"),
        ({"budget": [{"line": "物资", "amount": "1.00"}]}, "budget_sum_wrong"),
        ({}, "agreement_terms_invalid"),
    ):
        with pytest.raises(InvalidError, match=code):
            purse.bureau("projects.propose_agreement_change", **given, **wrong)
    assert len(versions(purse)) == 1


def test_a_change_is_withdrawn_the_first_version_is_not(purse: Purse) -> None:
    first = versions(purse)[0]["agreement_id"]
    with pytest.raises(ConflictError, match="agreement_state_conflict"):
        purse.bureau("projects.withdraw_agreement_change", agreement_id=first)
    purse.sign()
    given = {"award_id": purse.award_ids[0], "reason": "延期（演示）", "ends_on": "2027-03-31"}
    made = purse.bureau("projects.propose_agreement_change", **given)
    purse.bureau("projects.sign_agreement", award_id=purse.award_ids[0])
    gone = purse.author()("projects.withdraw_agreement_change", agreement_id=made["agreement_id"])
    assert gone["status"] == "withdrawn"
    with pytest.raises(ConflictError, match="agreement_not_open"):
        purse.author()("projects.sign_agreement", award_id=purse.award_ids[0])
    again = purse.bureau("projects.propose_agreement_change", **given)
    assert again["number"] == 3


def test_a_change_that_a_payment_overtook_does_not_bind(purse: Purse) -> None:
    purse.sign()
    purse.pay()
    change = [{"number": 2, "amount": "2000.00"}, {"number": 3, "amount": "1000.00"}]
    purse.bureau("projects.propose_agreement_change", award_id=purse.award_ids[0], reason="调整", tranches=change)
    purse.author()("projects.sign_agreement", award_id=purse.award_ids[0])
    purse.sql("UPDATE tranche SET status = 'released' WHERE number = 2")
    with pytest.raises(InvalidError, match="agreement_terms_invalid"):
        purse.bureau("projects.sign_agreement", award_id=purse.award_ids[0])
    assert purse.award()["tranches"][1]["amount"] == "1800.00"


def test_a_change_that_was_proposed_before_the_end_does_not_bind_after_it(purse: Purse) -> None:
    purse.sign()
    given = {"award_id": purse.award_ids[0], "reason": "延期（演示）", "ends_on": "2027-03-31"}
    purse.bureau("projects.propose_agreement_change", **given)
    purse.terminate(recover="0.00")
    with pytest.raises(ConflictError, match="award_state_conflict"):
        purse.bureau("projects.sign_agreement", award_id=purse.award_ids[0])
    assert purse.books()["balanced"]


def test_an_award_from_before_agreements_had_versions_is_signed_all_the_same(purse: Purse) -> None:
    purse.sql("DELETE FROM agreement")
    assert purse.sign()["status"] == "agreed"
    assert [row["status"] for row in versions(purse)] == ["in_force"]


def test_small_shifts_of_the_budget_are_told_and_together_not_more_than_a_large_one(purse: Purse) -> None:
    purse.sign()
    project_id = purse.award()["project_id"]

    def ask(goods: str, place: str) -> dict[str, object]:
        lines = [{"line": "物资", "amount": goods}, {"line": "场地", "amount": place}]
        given = {"project_id": project_id, "lines": lines, "reason": "涨价（演示）"}
        made: dict[str, object] = purse.author()("projects.request_budget_change", **given)
        return made

    assert ask("4500.00", "1500.00")["status"] == "notified"
    assert purse.bureau("projects.get_project", project_id=project_id)["budget"][0]["amount"] == "4500.00"
    larger = ask("4700.00", "1300.00")  # 700 since the award: more than a tenth of it
    assert larger["status"] == "requested"
    assert purse.bureau("projects.get_project", project_id=project_id)["status"] == "changing"
    given = {"project_id": project_id, "budget_change_id": larger["budget_change_id"]}
    assert purse.author()("projects.withdraw_budget_change", **given)["status"] == "withdrawn"
    assert purse.bureau("projects.get_project", project_id=project_id)["status"] == "active"
    purse.bureau("projects.change_money_policy", budget_notify_percent=0)
    assert ask("4501.00", "1499.00")["status"] == "requested"
    rows = purse.bureau("projects.list_budget_versions", project_id=project_id)["items"]
    assert [(row["number"], row["source"]) for row in rows] == [(2, "told"), (1, "awarded")]
