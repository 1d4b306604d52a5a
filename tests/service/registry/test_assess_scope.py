"""Another street, and another organisation, neither reads nor writes what R6–R9 keep."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chassis import clock
from chassis.errors import FootprintError, NotFoundError
from chassis.runtime.inprocess import InProcessHost
from contracts.registry import OPERATIONS
from tests import kit
from tests.kit import CHANGJIANG, ZHUHAI, Caller
from tests.service.registry.cast import Cast, credit_code
from tests.service.registry.graded import PLAIN, RUBRIC, RULE, published, rulebook
from tests.service.registry.test_brand_pages import page
from tests.service.registry.test_growth import soon
from tests.service.registry.test_trainings import session


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def world(cast: Cast) -> dict[str, str]:
    """One of everything in Zhuhai; ids by argument name."""
    hub, organisation = cast.hub(), cast.organisation()
    about = {"organisation_id": organisation["organisation_id"]}
    assessment, panel = published(cast, organisation, rulebook(cast, **RUBRIC), PLAIN)
    today = clock.day_of(clock.system_now())
    party = cast.street(
        "registry.found_party_organisation",
        **about,
        kind="branch",
        founded_on=(today - timedelta(days=30)).isoformat(),
        member_count=3,
    )
    designation = cast.street(
        "registry.propose_designation",
        **about,
        kind="red_flag_party",
        title="红旗",
        reason="很好",
        valid_from=today.isoformat(),
    )
    brand = page(cast, organisation)
    goal = {"code": "visits", "text": "督导", "measure": "visits", "target": 3}
    programme = hub(
        "registry.draft_programme",
        street_code=ZHUHAI,
        title="计划",
        goals=[goal],
        starts_on=soon(0),
        ends_on=soon(9),
    )
    training = session(cast, hub)
    enrolled = cast.cso(organisation)("registry.enrol_in_training", training_id=training["training_id"])
    return {
        **about,
        "assessment_id": assessment["assessment_id"],
        "assessment_sheet_id": panel[0].assessment_sheet_id,
        "party_organisation_id": party["party_organisation_id"],
        "designation_id": designation["designation_id"],
        "brand_id": brand["brand_id"],
        "programme_id": programme["programme_id"],
        "training_id": training["training_id"],
        "attendance_id": enrolled["attendance_id"],
    }


READS = {
    "get_assessment": ("assessment_id",),
    "get_assessment_sheet": ("assessment_sheet_id",),
    "get_capacity_growth": ("organisation_id",),
    "get_party_organisation": ("party_organisation_id",),
    "get_designation": ("designation_id",),
    "get_brand": ("brand_id",),
    "get_programme": ("programme_id",),
    "get_training": ("training_id",),
    "get_training_code": ("training_id",),
    "get_training_attendance": ("training_id", "attendance_id"),
    "list_training_attendance": ("training_id",),
}
LISTS = (
    "list_assessments",
    "list_party_organisations",
    "list_party_activities",
    "list_designations",
    "list_brands",
    "list_programmes",
    "list_trainings",
)
WRITES: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "found_party_organisation": (
        ("organisation_id",),
        {"kind": "branch", "founded_on": "2024-01-01", "member_count": 3},
    ),
    "count_party_members": (("party_organisation_id",), {"member_count": 4, "as_of": soon(0)}),
    "record_party_activity": (
        ("party_organisation_id",),
        {"kind": "lesson", "held_on": soon(0), "attendance": 3, "topic": "党课"},
    ),
    "dissolve_party_organisation": (("party_organisation_id",), {"dissolved_on": soon(0), "reason": "试试"}),
    "propose_designation": (
        ("organisation_id",),
        {"kind": "district_brand", "title": "命名", "reason": "试试", "valid_from": soon(0)},
    ),
    "withdraw_designation": (("designation_id",), {"reason": "试试"}),
    "draft_brand": (("organisation_id",), {}),
    "change_brand": (("brand_id",), {"tagline_zh": "改"}),
    "publish_brand": (("brand_id",), {}),
    "hide_brand": (("brand_id",), {"reason": "试试"}),
    "add_brand_honour": (("brand_id",), {"title": "荣誉", "awarded_by": "某局", "awarded_on": "2024-01-01"}),
    "start_programme": (("programme_id",), {}),
    "cancel_programme": (("programme_id",), {"reason": "试试"}),
    "close_training": (("training_id",), {}),
    "cancel_training": (("training_id",), {"reason": "试试"}),
    "enrol_in_training": (("training_id",), {}),
    "check_in_to_training": (("training_id",), {"code": "AAAAAAAA"}),
    "withdraw_enrolment": (("training_id", "attendance_id"), {}),
    "record_training_attendance": (("training_id",), {"lines": [{"number": 1, "at": "2030-01-01T00:00:00+08:00"}]}),
    "recuse_assessor": (("assessment_sheet_id",), {"reason": "试试"}),
    "submit_assessment_sheet": (("assessment_sheet_id",), {}),
    "score_assessment": (("assessment_sheet_id",), {"scores": [{"criterion": "service", "score": 1}]}),
}


def test_street_b_neither_reads_nor_writes_rows_of_street_a(cast: Cast) -> None:
    known = world(cast)
    roles = {row.name: row.roles for row in OPERATIONS}
    for operation, keys in READS.items():
        assert "street_staff" in roles[operation], operation
        with pytest.raises(NotFoundError):
            cast.other_street(f"registry.{operation}", **{key: known[key] for key in keys})
        cast.bureau(f"registry.{operation}", **{key: known[key] for key in keys})
    narrowed = cast.bureau.at(CHANGJIANG)
    for operation in LISTS:
        assert cast.other_street(f"registry.{operation}")["items"] == [], operation
        assert narrowed(f"registry.{operation}")["items"] == [], operation
    for operation, (keys, body) in WRITES.items():
        assert "street_staff" in roles[operation], operation
        with pytest.raises(FootprintError) as refused:
            cast.other_street(f"registry.{operation}", **{key: known[key] for key in keys}, **body)
        assert refused.value.kind in {"not_found", "forbidden"}, operation
    assert cast.other_street("registry.get_party_coverage")["items"] == []


def test_an_organisation_reads_only_its_own(cast: Cast) -> None:
    known = world(cast)
    other = cast.cso(cast.organisation("别家（演示）"))
    for operation in (
        "get_assessment",
        "get_capacity_growth",
        "get_party_organisation",
        "get_designation",
        "get_brand",
        "get_training_attendance",
    ):
        with pytest.raises(NotFoundError):
            other(f"registry.{operation}", **{key: known[key] for key in READS[operation]})
    for operation in ("list_assessments", "list_party_organisations", "list_designations", "list_brands"):
        assert other(f"registry.{operation}")["items"] == [], operation
    mine = Caller(cast.host, kit.actor("cso", streets=[ZHUHAI], organisation_id=known["organisation_id"]))
    assert mine("registry.get_assessment", assessment_id=known["assessment_id"])["grade"] == "star_3"


def test_a_hub_runs_nothing_of_another_hub(cast: Cast) -> None:
    known = world(cast)
    another = Caller(
        cast.host,
        kit.actor(
            "hub",
            streets=[ZHUHAI],
            organisation_id=cast.bureau(
                "registry.register_organisation",
                name="另一枢纽（演示）",
                kind="hub",
                legal_tier="registered",
                uscc=credit_code(),
                street_code=ZHUHAI,
            )["organisation_id"],
        ),
    )
    assert another("registry.list_programmes")["items"] == []
    for operation in ("get_programme", "get_training_code", "get_party_organisation", "get_brand"):
        with pytest.raises(NotFoundError):
            another(f"registry.{operation}", **{key: known[key] for key in READS[operation]})


def test_rules_and_lists_of_the_district_are_the_districts_to_write(cast: Cast) -> None:
    rule = rulebook(cast, "draft_cultivation_rule", **RULE)
    narrowed = cast.bureau.at(ZHUHAI)
    assert narrowed("registry.get_rulebook", rulebook_id=rule["rulebook_id"])["status"] == "published"
    for operation, body in (
        ("draft_rubric", RUBRIC),
        ("retire_rulebook", {"rulebook_id": rule["rulebook_id"], "reason": "试试"}),
        ("draft_cultivation_list", {"rulebook_id": rule["rulebook_id"], "title": "名单"}),
        ("set_party_kind", {"code": "cell", "zh": "小组", "en": "Cell", "least_members": 1}),
    ):
        with pytest.raises(FootprintError) as refused:
            narrowed(f"registry.{operation}", **body)
        assert refused.value.code == "street_forbidden", operation
