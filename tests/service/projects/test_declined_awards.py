"""A winner that does not take its award: the money is free, the next reserve moves up with a notice of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chassis.errors import ConflictError, ForbiddenError, NotFoundError
from contracts.projects import events
from contracts.projects.events_decisions import AwardDeclined
from contracts.projects.events_plans import RoundNoticeEnded
from services.projects.allocation import decide
from tests import kit
from tests.service.projects.round_road import IDEAS, Road, outcome

CLASS, HALL = "智能手机银龄课堂", "楼道议事厅"  # a winner; the one reserve, which its money is enough for
REASON = "负责人变动，无法实施（演示）"


@pytest.fixture
def road() -> Road:
    """Awarded, and signed by party A."""
    made = Road()
    made.publish()
    made.submit_all()
    made.screen()
    made.shortlist()
    made.roadshow()
    made.seal()
    made.vote()
    made.decide()
    made.award()
    return made


def author(road: Road, title: str) -> kit.Caller:
    return road.author(road.organisations[list(IDEAS).index(title)])


def award_of(road: Road, title: str) -> dict[str, Any]:
    found = road.bureau("projects.list_awards", proposal_id=road.proposals[title])["items"]
    assert len(found) == 1
    view: dict[str, Any] = found[0]
    return view


def status(road: Road, title: str) -> str:
    return str(road.staff("projects.get_proposal", proposal_id=road.proposals[title])["status"])


def decline(road: Road, title: str, caller: kit.Caller | None = None) -> dict[str, Any]:
    award_id = award_of(road, title)["award_id"]
    view: dict[str, Any] = (caller or author(road, title))("projects.decline_award", award_id=award_id, reason=REASON)
    return view


def sign(road: Road, *titles: str) -> None:
    for title in titles:
        author(road, title)("projects.sign_agreement", award_id=award_of(road, title)["award_id"])


def test_a_declined_award_frees_its_money_and_the_next_reserve_moves_up_with_a_notice(road: Road) -> None:
    before = road.on_round("get_round_money")
    view = decline(road, CLASS)
    assert (view["status"], view["declined_reason"]) == ("declined", REASON)
    assert {tranche["status"] for tranche in view["tranches"]} == {"cancelled"}
    assert float(road.on_round("get_round_money")["committed"]) == float(before["committed"]) - 22_000
    decision = road.on_round("get_decision")
    assert (decision["status"], outcome(decision, CLASS), outcome(decision, HALL)) == (
        "on_notice",
        "declined",
        "recommended",
    )
    assert (status(road, CLASS), status(road, HALL)) == ("declined", "notice")
    assert road.recorded(AwardDeclined) == road.recorded(events.ReservePromoted) == 1
    with pytest.raises(ConflictError):
        decline(road, CLASS)
    with pytest.raises(ConflictError, match="notice"):
        road.on_round("award_round")


def test_who_moved_up_can_be_objected_to_and_is_awarded_after_its_own_notice(
    road: Road, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sign(road, *[title for title in IDEAS if title not in (CLASS, HALL)])
    assert (road.on_round("get_round")["status"], status(road, HALL)) == ("executing", "reserve")
    ended = road.recorded(RoundNoticeEnded)
    decline(road, CLASS, road.staff)
    anybody = road.account("resident", street=road.street)
    made = road.on_round("raise_objection", anybody, proposal_id=road.proposals[HALL], grounds="与事实不符（演示）")
    road.advance(days=8)
    assert road.recorded(RoundNoticeEnded) == ended + 1
    with pytest.raises(ConflictError, match="objection"):
        road.on_round("award_round")
    road.staff("projects.reject_objection", objection_id=made["objection_id"], finding="不属实（演示）")
    assert road.on_round("award_round")["status"] == "final"
    with pytest.raises(ConflictError):
        road.on_round("award_round")
    road.bureau("projects.sign_agreement", award_id=award_of(road, HALL)["award_id"])
    sign(road, HALL)
    assert status(road, HALL) == "active"
    assert road.on_round("get_round")["status"] == "executing"
    assert road.on_round("get_trial_balance")["balanced"] is True
    _recomputes(road, tmp_path, capsys)
    grants = road.bureau("projects.list_grants")["items"]
    assert len(grants) == 4
    assert CLASS not in json.dumps(grants, ensure_ascii=False)


def _recomputes(road: Road, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "bundle.json"
    file.write_text(json.dumps(road.on_round("get_audit_bundle")), encoding="utf-8")
    capsys.readouterr()
    code = decide.main([str(file), "--json"])
    report = json.loads(capsys.readouterr().out)
    assert (code, report["differences"]) == (0, [])
    assert report["revisions"] == [{"declined": road.proposals[CLASS], "promoted": road.proposals[HALL]}]


def test_reserves_wait_until_every_agreement_is_signed(road: Road) -> None:
    assert status(road, HALL) == "reserve"
    sign(road, *[title for title in IDEAS if title != HALL])
    assert status(road, HALL) == "declined"
    with pytest.raises(ConflictError):
        decline(road, CLASS)


def test_an_objection_upheld_against_the_last_reserve_leaves_nobody_waiting(road: Road) -> None:
    decline(road, CLASS)
    anybody = road.account("resident", street=road.street)
    made = road.on_round("raise_objection", anybody, proposal_id=road.proposals[HALL], grounds="与事实不符（演示）")
    road.staff("projects.uphold_objection", objection_id=made["objection_id"], finding="属实（演示）")
    assert status(road, HALL) == "declined"
    road.advance(days=8)
    assert road.on_round("award_round")["status"] == "final"


def test_a_round_whose_awards_were_all_declined_goes_on_to_its_end(road: Road) -> None:
    for title in [title for title in IDEAS if title != HALL]:
        decline(road, title)
    road.advance(days=8)
    road.on_round("award_round")
    assert road.on_round("get_round")["status"] == "awarded"
    decline(road, HALL, road.bureau)
    assert road.on_round("get_round")["status"] == "executing"
    road.on_round("evaluate_round")
    assert road.on_round("archive_round")["status"] == "archived"
    assert float(road.on_round("get_round_money")["committed"]) == 0


def test_nobody_else_declines_an_award(road: Road) -> None:
    award_id = award_of(road, CLASS)["award_id"]
    with pytest.raises(NotFoundError):
        author(road, HALL)("projects.decline_award", award_id=award_id, reason=REASON)
    carer = kit.Caller(road.host, kit.actor("hub", streets=[road.street], organisation_id=road.hub))
    assert carer("projects.get_award", award_id=award_id)["status"] == "offered"
    with pytest.raises(ForbiddenError):
        road.account("resident", street=road.street)("projects.decline_award", award_id=award_id, reason=REASON)
    other = kit.Caller(road.host, kit.actor("street_staff", streets=[kit.CHANGJIANG]))
    with pytest.raises((ForbiddenError, NotFoundError)):
        other("projects.decline_award", award_id=award_id, reason=REASON)
    assert carer("projects.decline_award", award_id=award_id, reason=REASON)["status"] == "declined"
