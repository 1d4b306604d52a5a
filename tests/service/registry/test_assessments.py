"""Rubrics, panels, results, appeals, corrections, expiry; growth of capacity."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, StaleError
from chassis.runtime.inprocess import InProcessHost
from chassis.tables import OutboxEvent
from services.registry.rulebooks.models import Rulebook
from tests import kit
from tests.kit import Caller, actor
from tests.service.registry.cast import SCORES, Cast
from tests.service.registry.graded import PLAIN, RUBRIC, graded, judge, panel, published, rulebook, score


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def events(cast: Cast, name: str) -> list[dict[str, Any]]:
    with cast.host.executors["registry"].system_session("test", kit.DISTRICT) as session:
        return list(session.scalars(select(OutboxEvent.payload).filter_by(name=name).order_by(OutboxEvent.position)))


def test_a_published_rulebook_never_changes_and_the_next_version_takes_its_place(cast: Cast) -> None:
    draft = cast.specialist("registry.draft_rubric", **RUBRIC)
    assert (draft["number"], draft["status"], draft["content_hash"]) == (1, "draft", None)
    with pytest.raises(ConflictError, match="rulebook_draft_exists"):
        cast.specialist("registry.draft_rubric", **RUBRIC)
    content = {name: value for name, value in RUBRIC.items() if name != "code"}
    path = {"rulebook_id": draft["rulebook_id"]}
    cast.specialist("registry.revise_rubric", **path, **{**content, "name": "改名（演示）"})
    with pytest.raises(ForbiddenError):
        cast.specialist("registry.publish_rulebook", **path)
    with pytest.raises(StaleError):
        cast.bureau("registry.publish_rulebook", **path, expected_version=draft["version"])
    first = cast.bureau("registry.publish_rulebook", **path)
    assert len(first["content_hash"]) == 64
    with pytest.raises(ConflictError, match="rulebook_state_conflict"):
        cast.specialist("registry.revise_rubric", **path, **content)
    with pytest.raises(NotFoundError):  # a rubric is no cultivation rule
        cast.specialist(
            "registry.revise_cultivation_rule",
            **path,
            name="规则",
            terms=[{"term": "party", "weight": 100, "full_at": 1}],
            at_least=1,
            most=1,
        )
    second = rulebook(cast, **RUBRIC)
    assert second["number"] == 2
    again = cast.bureau("registry.get_rulebook", **path)
    assert (again["status"], again["content_hash"]) == ("retired", first["content_hash"])
    in_force = cast.bureau("registry.list_rulebooks", kind="rubric", status="published")["items"]
    assert [row["rulebook_id"] for row in in_force] == [second["rulebook_id"]]
    wrong = {**RUBRIC, "code": "other", "criteria": RUBRIC["criteria"][:1]}
    with pytest.raises(InvalidError, match="rulebook_weights_invalid"):
        cast.specialist("registry.draft_rubric", **wrong)


def test_a_panel_scores_in_the_dark_and_the_weighted_mean_earns_a_grade(cast: Cast) -> None:
    rubric, organisation = rulebook(cast, **RUBRIC), cast.organisation()
    cso = cast.cso(organisation)
    made = cast.specialist(
        "registry.plan_assessment", organisation_id=organisation["organisation_id"], rulebook_id=rubric["rulebook_id"]
    )
    path = {"assessment_id": made["assessment_id"]}
    with pytest.raises(ConflictError, match="assessment_open"):
        cast.specialist(
            "registry.plan_assessment",
            organisation_id=organisation["organisation_id"],
            rulebook_id=rubric["rulebook_id"],
        )
    with pytest.raises(ConflictError, match="assessors_too_few"):
        cast.specialist("registry.open_assessment", **path)
    first, second, third = panel(cast, made["assessment_id"])
    with pytest.raises(ConflictError, match="assessor_repeated"):
        cast.specialist("registry.assign_assessor", **path, account_id=first.account_id)
    with pytest.raises(InvalidError, match="assessment_score_invalid"):
        first.call(
            "registry.score_assessment",
            assessment_sheet_id=first.assessment_sheet_id,
            scores=[{"criterion": "governance", "score": 41}],
        )
    first.call(
        "registry.score_assessment",
        assessment_sheet_id=first.assessment_sheet_id,
        scores=[{"criterion": "governance", "score": 7}],
    )
    with pytest.raises(ConflictError, match="assessment_sheet_incomplete"):
        first.call("registry.submit_assessment_sheet", assessment_sheet_id=first.assessment_sheet_id)
    with pytest.raises(NotFoundError):  # nobody writes on another's sheet
        second.call(
            "registry.score_assessment",
            assessment_sheet_id=first.assessment_sheet_id,
            scores=[{"criterion": "governance", "score": 1}],
        )
    for one, scores in ((first, (40, 30)), (second, (20, 60)), (third, (30, 45))):
        score(cast, one, dict(zip(PLAIN, scores, strict=True)))
        if one is not third:
            with pytest.raises(ConflictError, match="assessment_sheets_open"):
                cast.specialist("registry.tally_assessment", **path)
    with pytest.raises(ConflictError, match="assessment_sheet_state_conflict"):
        score(cast, first, PLAIN)
    assert (
        cast.specialist("registry.get_assessment_sheet", assessment_sheet_id=first.assessment_sheet_id)["scores"]
        is None
    )
    tallied = cast.specialist("registry.tally_assessment", **path)
    assert (tallied["score_hundredths"], tallied["grade"]) == (7500, "star_3")
    assert [row["score_hundredths"] for row in tallied["criteria"]] == [7500, 7500]
    assert (
        cast.specialist("registry.get_assessment_sheet", assessment_sheet_id=first.assessment_sheet_id)["scores"] != []
    )
    before = cso("registry.get_assessment", **path)
    assert (before["score_hundredths"], before["grade"], before["criteria"]) == (None, None, [])
    assert {sheet["account_id"] for sheet in before["sheets"]} == {None}
    assert cso("registry.list_assessments", grade="star_3")["items"] == []
    cast.bureau("registry.publish_assessment", **path)
    assert cso("registry.get_assessment", **path)["grade"] == "star_3"
    locked = events(cast, "assessment_sheet_locked")
    assert len(locked) == 3
    assert not any({"scores", "score_hundredths", "comment"} & set(row) for row in locked)


def test_the_connected_stand_aside(cast: Cast) -> None:
    cast.hub()
    hub_id = cast.made["hub"]["organisation_id"]
    organisation = cast.organisation(hub_id=hub_id)
    rubric = rulebook(cast, **RUBRIC)
    made = cast.specialist(
        "registry.plan_assessment", organisation_id=organisation["organisation_id"], rulebook_id=rubric["rulebook_id"]
    )
    path = {"assessment_id": made["assessment_id"]}
    for name, own in (("own", organisation["organisation_id"]), ("hub", hub_id)):
        with pytest.raises(ConflictError, match="assessor_conflicted"):
            cast.specialist(
                "registry.assign_assessor", **path, account_id=judge(cast, name, organisation_id=own).account_id
            )
    cso = cast.account("cso", "cso-1", organisation_id=organisation["organisation_id"], street_codes=[kit.ZHUHAI])
    with pytest.raises(InvalidError, match="assessor_invalid"):
        cast.specialist("registry.assign_assessor", **path, account_id=cso["account_id"])
    found = panel(cast, made["assessment_id"], "abcd")
    found[0].call("registry.recuse_assessor", assessment_sheet_id=found[0].assessment_sheet_id, reason="曾任其理事")
    for one in found[1:]:
        score(cast, one, PLAIN)
    with pytest.raises(ConflictError, match="assessment_sheet_state_conflict"):
        found[1].call("registry.recuse_assessor", assessment_sheet_id=found[1].assessment_sheet_id, reason="太晚了")
    assert cast.specialist("registry.tally_assessment", **path)["score_hundredths"] == 7500
    assert [row["ground"] for row in events(cast, "assessor_recused")] == ["declared"]


def test_whoever_assesses_in_another_street_sees_that_assessment_only(cast: Cast) -> None:
    rubric, organisation = rulebook(cast, **RUBRIC), cast.organisation()
    made = cast.specialist(
        "registry.plan_assessment", organisation_id=organisation["organisation_id"], rulebook_id=rubric["rulebook_id"]
    )
    path = {"assessment_id": made["assessment_id"]}
    opened = cast.account("street_staff", "neighbour", street_codes=[kit.CHANGJIANG])
    who = actor("street_staff", streets=[kit.CHANGJIANG], account_id=opened["account_id"])
    neighbour = Caller(cast.host, who)
    with pytest.raises(NotFoundError):
        neighbour("registry.get_assessment", **path)
    cast.specialist("registry.assign_assessor", **path, account_id=opened["account_id"])
    assert neighbour("registry.get_assessment", **path)["rulebook_id"] == rubric["rulebook_id"]
    assert cast.other_street("registry.list_assessments")["items"] == []
    with pytest.raises(NotFoundError):
        neighbour("registry.get_organisation", organisation_id=organisation["organisation_id"])


def test_a_connection_that_comes_later_is_found_before_the_lock(cast: Cast) -> None:
    cast.hub()
    hub_id = cast.made["hub"]["organisation_id"]
    rubric, organisation = rulebook(cast, **RUBRIC), cast.organisation()
    made = cast.specialist(
        "registry.plan_assessment", organisation_id=organisation["organisation_id"], rulebook_id=rubric["rulebook_id"]
    )
    one = judge(cast, "later", organisation_id=hub_id)
    cast.specialist("registry.assign_assessor", assessment_id=made["assessment_id"], account_id=one.account_id)
    one.assessment_sheet_id = one.call("registry.list_assessment_sheets")["items"][0]["assessment_sheet_id"]
    panel(cast, made["assessment_id"], "ab")
    cast.bureau(
        "registry.change_organisation", organisation_id=organisation["organisation_id"], hub_id=hub_id, reason="托管"
    )
    with pytest.raises(ConflictError, match="assessor_conflicted"):
        score(cast, one, PLAIN)


def test_a_grade_holds_for_its_years_and_gives_way_to_the_next(cast: Cast) -> None:
    rubric, organisation = rulebook(cast, **RUBRIC), cast.organisation()
    made, _ = published(cast, organisation, rubric, PLAIN)
    path = {"assessment_id": made["assessment_id"]}
    with pytest.raises(ConflictError, match="assessment_appeal_period_running"):
        cast.bureau("registry.confirm_assessment", **path)
    cast.wait(8)
    first = cast.bureau("registry.confirm_assessment", **path)
    assert int(first["valid_until"][:4]) - int(first["graded_on"][:4]) == 3
    second = graded(cast, organisation, rubric, {"governance": 40, "service": 60})
    assert second["grade"] == "star_5"
    assert cast.bureau("registry.get_assessment", **path)["status"] == "superseded"
    held = cast.bureau("registry.list_assessments", status="confirmed")["items"]
    assert [row["assessment_id"] for row in held] == [second["assessment_id"]]
    for _ in range(4):
        cast.wait(365)
    assert cast.bureau("registry.get_assessment", assessment_id=second["assessment_id"])["status"] == "expired"
    assert [row["status"] for row in events(cast, "assessment_ended")] == ["superseded", "expired"]
    with pytest.raises(ConflictError, match="assessment_state_conflict"):
        cast.bureau("registry.revoke_assessment", assessment_id=second["assessment_id"], reason="造假")


def test_a_locked_score_changes_only_by_two_people_and_visibly(cast: Cast) -> None:
    rubric, organisation = rulebook(cast, **RUBRIC), cast.organisation()
    made, found = published(cast, organisation, rubric, PLAIN)
    path = {"assessment_id": made["assessment_id"]}
    proposed = cast.specialist(
        "registry.propose_score_correction",
        assessment_sheet_id=found[0].assessment_sheet_id,
        criterion="service",
        score=60,
        reason="漏看一份材料",
    )
    correction = proposed["corrections"][0]
    assert (correction["was"], correction["became"], correction["status"]) == (45, 60, "proposed")
    assert proposed["score_hundredths"] == 7500
    decide = {**path, "correction_id": correction["correction_id"], "approved": True}
    with pytest.raises(ConflictError, match="second_person_needed"):
        cast.specialist("registry.decide_score_correction", **decide)
    cast.wait(8)
    with pytest.raises(ConflictError, match="assessment_correction_open"):
        cast.bureau("registry.confirm_assessment", **path)
    decided = cast.bureau("registry.decide_score_correction", **decide)
    assert decided["score_hundredths"] == 8000
    told = events(cast, "assessment_correction_decided")[0]
    assert (told["approved"], told["score_hundredths"], told["grade"]) == (True, 8000, "star_3")
    with pytest.raises(ConflictError, match="assessment_correction_state_conflict"):
        cast.bureau("registry.decide_score_correction", **decide)
    assert cast.bureau("registry.confirm_assessment", **path)["score_hundredths"] == 8000


def test_an_appeal_is_settled_by_two_people_and_upheld_only_with_a_correction(cast: Cast) -> None:
    rubric, organisation = rulebook(cast, **RUBRIC), cast.organisation()
    made, found = published(cast, organisation, rubric, PLAIN)
    path = {"assessment_id": made["assessment_id"]}
    cso, other = cast.cso(organisation), Caller(cast.host, actor("bureau"))
    appealed = cso("registry.appeal_assessment", **path, text="服务成效低估")
    assert (appealed["status"], appealed["appeals"][0]["status"]) == ("appealed", "open")
    cast.wait(8)
    with pytest.raises(ConflictError, match="assessment_state_conflict"):
        cast.bureau("registry.confirm_assessment", **path)
    about = {**path, "appeal_id": appealed["appeals"][0]["appeal_id"]}
    upheld = {**about, "outcome": "upheld", "reason": "属实"}
    with pytest.raises(ConflictError, match="assessment_appeal_uncorrected"):
        cast.bureau("registry.propose_appeal_outcome", **upheld)
    correction = cast.specialist(
        "registry.propose_score_correction",
        assessment_sheet_id=found[0].assessment_sheet_id,
        criterion="service",
        score=60,
        reason="属实",
    )["corrections"][0]
    cast.bureau("registry.decide_score_correction", **path, correction_id=correction["correction_id"], approved=True)
    cast.bureau("registry.propose_appeal_outcome", **upheld)
    with pytest.raises(ConflictError, match="second_person_needed"):
        cast.bureau("registry.decide_appeal_outcome", **about, approved=True)
    other("registry.decide_appeal_outcome", **about, approved=False, reason="再核")
    cast.bureau("registry.propose_appeal_outcome", **upheld)
    settled = other("registry.decide_appeal_outcome", **about, approved=True)
    assert (settled["status"], settled["appeals"][0]["status"]) == ("published", "upheld")
    with pytest.raises(ConflictError, match="assessment_appeal_late"):
        cso("registry.appeal_assessment", **path, text="再申诉")
    assert cast.bureau("registry.confirm_assessment", **path)["status"] == "confirmed"


def test_a_rubric_that_was_tampered_with_in_the_database_stops_the_tally(cast: Cast) -> None:
    rubric, organisation = rulebook(cast, **RUBRIC), cast.organisation()
    made = cast.specialist(
        "registry.plan_assessment", organisation_id=organisation["organisation_id"], rulebook_id=rubric["rulebook_id"]
    )
    for one in panel(cast, made["assessment_id"]):
        score(cast, one, PLAIN)
    with cast.host.executors["registry"].system_session("test", kit.DISTRICT) as session:
        row = session.get_one(Rulebook, rubric["rulebook_id"])
        row.content = {**row.content, "thresholds": [{"grade": "star_5", "at_least": 1}]}
    with pytest.raises(ConflictError, match="rulebook_altered"):
        cast.specialist("registry.tally_assessment", assessment_id=made["assessment_id"])


def test_registered_organisations_are_not_measured_by_a_rubric_for_filed_ones(cast: Cast) -> None:
    cast.hub()
    rubric = rulebook(cast, **RUBRIC)
    with pytest.raises(ConflictError, match="assessment_tier_mismatch"):
        cast.specialist(
            "registry.plan_assessment",
            organisation_id=cast.made["hub"]["organisation_id"],
            rulebook_id=rubric["rulebook_id"],
        )
    cast.bureau("registry.retire_rulebook", rulebook_id=rubric["rulebook_id"], reason="停用")
    with pytest.raises(ConflictError, match="rulebook_not_published"):
        cast.specialist(
            "registry.plan_assessment",
            organisation_id=cast.organisation()["organisation_id"],
            rulebook_id=rubric["rulebook_id"],
        )


def test_capacity_grows_from_the_baseline_over_all_cases(cast: Cast) -> None:
    organisation = cast.organisation()
    about = {"organisation_id": organisation["organisation_id"]}
    empty = cast.bureau("registry.get_capacity_growth", **about)
    assert (empty["measured"], empty["growth_hundredths"], empty["indicators"]) == (0, None, [])
    case = cast.incubating_case(organisation)
    better = {name: value + 10 for name, value in SCORES.items()} | {"team": 20}
    cast.specialist("registry.assess_case_capacity", case_id=case["case_id"], kind="interim", scores=better)
    grown = cast.cso(organisation)("registry.get_capacity_growth", **about)
    rows = {row["indicator"]: row for row in grown["indicators"]}
    assert rows["service"] == {
        "indicator": "service", "baseline": 60, "latest": 70, "best": 70, "growth": 10, "measured": 2
    }  # fmt: skip
    assert rows["team"]["growth"] == -20
    assert grown["growth_hundredths"] == 500
    assert [point["kind"] for point in grown["points"]] == ["baseline", "interim"]
