"""Party building and designations: counts, coverage, periods, two people; nobody is named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chassis import clock
from chassis.errors import ConflictError, InvalidError, NotFoundError
from chassis.runtime.inprocess import InProcessHost
from tests.kit import CHANGJIANG, ZHUHAI
from tests.service.registry.cast import Cast

TODAY = clock.day_of(clock.system_now())
NEXT_YEAR = (TODAY + timedelta(days=365)).isoformat()


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def founded(cast: Cast, organisation: dict[str, Any], **facts: Any) -> dict[str, Any]:
    asked: dict[str, Any] = {"kind": "branch", "founded_on": "2024-07-01", "member_count": 3, **facts}
    return cast.bureau(  # type: ignore[no-any-return]
        "registry.found_party_organisation", organisation_id=organisation["organisation_id"], **asked
    )


def test_coverage_counts_per_street_what_the_lists_show(cast: Cast) -> None:
    first, second = cast.organisation("甲（演示）"), cast.organisation("乙（演示）")
    third, other = cast.organisation("丙（演示）"), cast.organisation("丁（演示）", street=CHANGJIANG)
    joint = founded(
        cast, first, kind="joint_branch", member_count=5, covered_organisation_ids=[second["organisation_id"]]
    )
    assert joint["covered_organisation_ids"] == [second["organisation_id"]]
    founded(cast, third, kind="instructor", member_count=0)  # an instructor is not yet coverage
    path = {"party_organisation_id": joint["party_organisation_id"]}
    cast.street(
        "registry.record_party_activity",
        **path,
        kind="theme_day",
        held_on=TODAY.isoformat(),
        attendance=4,
        topic="主题党日",
    )
    rows = cast.bureau("registry.get_party_coverage", year=TODAY.year)["items"]
    here = next(row for row in rows if row["street_code"] == ZHUHAI)
    assert (here["organisations"], here["covered"], here["coverage_hundredths"]) == (3, 2, 6666)
    assert (here["party_organisations"], here["members"]) == (2, 5)
    assert here["by_kind"] == {"joint_branch": 1, "instructor": 1}
    assert (here["activities"], here["attendance"], here["red_flags"]) == (1, 4, 0)
    there = next(row for row in rows if row["street_code"] == CHANGJIANG)
    assert (there["organisations"], there["covered"], there["members"]) == (1, 0, 0)
    assert [row["street_code"] for row in cast.street("registry.get_party_coverage")["items"]] == [ZHUHAI]
    assert cast.bureau("registry.get_party_coverage", year=2020)["items"][0]["activities"] == 0
    assert founded(cast, third)["status"] == "active"
    assert founded(cast, other)["status"] == "active"


def test_an_organisation_is_covered_once_and_a_form_needs_its_members(cast: Cast) -> None:
    first, second = cast.organisation("甲（演示）"), cast.organisation("乙（演示）")
    founded(cast, first)
    with pytest.raises(ConflictError, match="party_already_covered"):
        founded(
            cast,
            second,
            kind="joint_branch",
            member_count=4,
            covered_organisation_ids=[first["organisation_id"]],
        )
    with pytest.raises(ConflictError, match="party_members_too_few"):
        founded(cast, second, member_count=2)
    with pytest.raises(InvalidError, match="party_kind_unknown"):
        founded(cast, second, kind="cell")
    cast.bureau("registry.set_party_kind", code="branch", zh="党支部", en="Party branch", least_members=2)
    kinds = {row["code"]: row for row in cast.bureau("registry.list_party_kinds")["items"]}
    assert (kinds["branch"]["least_members"], kinds["committee"]["least_members"]) == (2, 100)
    made = founded(cast, second, member_count=2)
    path = {"party_organisation_id": made["party_organisation_id"]}
    with pytest.raises(InvalidError, match="party_date_invalid"):
        cast.bureau(
            "registry.count_party_members", **path, member_count=3, as_of=(TODAY + timedelta(days=1)).isoformat()
        )
    cast.bureau("registry.count_party_members", **path, member_count=1, as_of="2025-01-01")
    counted = cast.bureau("registry.count_party_members", **path, member_count=4, as_of=TODAY.isoformat())
    assert (counted["member_count"], counted["counted_on"]) == (4, TODAY.isoformat())
    assert [row["member_count"] for row in counted["counts"]] == [4, 1]
    gone = cast.bureau(
        "registry.dissolve_party_organisation", **path, dissolved_on=TODAY.isoformat(), reason="合并设置"
    )
    assert gone["status"] == "dissolved"
    with pytest.raises(ConflictError, match="party_organisation_state_conflict"):
        cast.bureau("registry.count_party_members", **path, member_count=3, as_of=TODAY.isoformat())
    assert founded(cast, second)["status"] == "active"  # free to be covered again


def proposed(cast: Cast, organisation: dict[str, Any], kind: str, **facts: Any) -> dict[str, Any]:
    asked: dict[str, Any] = {"title": "命名（演示）", "reason": "成效突出", "valid_from": TODAY.isoformat(), **facts}
    return cast.street(  # type: ignore[no-any-return]
        "registry.propose_designation", organisation_id=organisation["organisation_id"], kind=kind, **asked
    )


def test_a_designation_is_granted_by_a_second_person_and_ends_with_its_period(cast: Cast) -> None:
    organisation = cast.organisation()
    with pytest.raises(ConflictError, match="designation_party_missing"):
        proposed(cast, organisation, "red_flag_party")
    founded(cast, organisation)
    flag = proposed(cast, organisation, "red_flag_party", valid_until=NEXT_YEAR)
    with pytest.raises(ConflictError, match="designation_exists"):
        proposed(cast, organisation, "red_flag_party")
    own = cast.bureau(
        "registry.propose_designation",
        organisation_id=organisation["organisation_id"],
        kind="district_brand",
        title="创益领航（演示）",
        reason="区级品牌",
        valid_from=TODAY.isoformat(),
    )
    with pytest.raises(ConflictError, match="second_person_needed"):
        cast.bureau("registry.grant_designation", designation_id=own["designation_id"], reason="自己授予")
    granted = cast.bureau("registry.grant_designation", designation_id=flag["designation_id"], reason="同意")
    assert (granted["status"], granted["valid_until"]) == ("granted", NEXT_YEAR)
    row = cast.bureau("registry.get_party_coverage")["items"][0]
    assert row["red_flags"] == 1
    current = cast.cso(organisation)("registry.list_designations", current=True)["items"]
    assert [one["designation_id"] for one in current] == [flag["designation_id"]]
    cast.wait(366)
    ended = cast.bureau("registry.get_designation", designation_id=flag["designation_id"])
    assert (ended["status"], ended["ended_on"] > NEXT_YEAR) == ("expired", True)
    with pytest.raises(ConflictError, match="designation_state_conflict"):
        cast.bureau("registry.revoke_designation", designation_id=flag["designation_id"], reason="太晚")


def test_a_designation_may_be_refused_withdrawn_or_revoked_with_a_reason(cast: Cast) -> None:
    for name, step, who, end in (
        ("甲", "refuse", cast.bureau, "refused"),
        ("乙", "withdraw", cast.street, "withdrawn"),
        ("丙", "revoke", cast.bureau, "revoked"),
    ):
        made = proposed(cast, cast.organisation(f"{name}（演示）"), "district_brand")
        if step == "revoke":
            cast.bureau("registry.grant_designation", designation_id=made["designation_id"], reason="同意")
        done = who(f"registry.{step}_designation", designation_id=made["designation_id"], reason="理由充分")
        assert (done["status"], done["decision_reason"]) == (end, "理由充分")
    with pytest.raises(InvalidError, match="designation_period_invalid"):
        proposed(cast, cast.organisation("丁（演示）"), "district_brand", valid_until="2020-01-01")
    with pytest.raises(NotFoundError):
        cast.other_street("registry.get_designation", designation_id=made["designation_id"])


def test_nothing_new_is_recorded_of_a_closed_organisation(cast: Cast) -> None:
    organisation = cast.organisation()
    about = {"organisation_id": organisation["organisation_id"]}
    cast.bureau("registry.change_organisation", **about, status="closed", reason="注销")
    for attempt in (
        lambda: founded(cast, organisation),
        lambda: proposed(cast, organisation, "district_brand"),
        lambda: cast.bureau("registry.draft_brand", **about),
    ):
        with pytest.raises(ConflictError, match="organisation_closed"):
            attempt()
