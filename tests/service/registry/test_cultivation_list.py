"""The key-cultivation list: by a published rule, with reasons, decided by people, frozen, comparable."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from chassis.errors import ConflictError, ForbiddenError, NotFoundError
from chassis.runtime.inprocess import InProcessHost
from chassis.runtime.jobrunner import JobRun
from tests.kit import CHANGJIANG
from tests.service.registry.cast import Cast
from tests.service.registry.graded import RUBRIC, RULE, graded, rulebook

BEST = {"governance": 40, "service": 60}
GOOD = {"governance": 30, "service": 45}


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def computed(cast: Cast, rule: dict[str, Any], title: str) -> dict[str, Any]:
    draft = cast.specialist("registry.draft_cultivation_list", rulebook_id=rule["rulebook_id"], title=title)
    return cast.specialist("registry.compute_cultivation_list", list_id=draft["list_id"])  # type: ignore[no-any-return]


def entries(cast: Cast, list_id: str, **asked: Any) -> dict[str, dict[str, Any]]:
    rows = cast.bureau("registry.list_cultivation_entries", list_id=list_id, **asked)["items"]
    return {row["organisation_name"]: row for row in rows}


def world(cast: Cast) -> dict[str, dict[str, Any]]:
    """Two graded organisations, one with a party branch, one without anything."""
    rubric = rulebook(cast, **RUBRIC)
    made = {name: cast.organisation(f"{name}（演示）") for name in ("甲", "乙", "丙")}
    made["丁"] = cast.organisation("丁（演示）", street=CHANGJIANG)
    graded(cast, made["甲"], rubric, BEST)
    graded(cast, made["丁"], rubric, GOOD)
    for name in ("乙", "丁"):
        cast.bureau(
            "registry.found_party_organisation",
            organisation_id=made[name]["organisation_id"],
            kind="branch",
            founded_on="2024-07-01",
            member_count=3,
        )
    return made


def test_the_rule_chooses_with_reasons_and_people_decide_with_theirs(cast: Cast) -> None:
    made = world(cast)
    rule = rulebook(cast, "draft_cultivation_rule", **RULE)
    first = computed(cast, rule, "第一批（演示）")
    path = {"list_id": first["list_id"]}
    chosen = entries(cast, first["list_id"])
    # 丁: 3 of 5 stars × 60 + party 40 = 76; 甲: 60; 乙: 40 points, third of two seats; 丙 has no fact at all.
    assert {name: (row["rank"], row["score_hundredths"]) for name, row in chosen.items()} == {
        "丁（演示）": (1, 7600),
        "甲（演示）": (2, 6000),
    }
    assert chosen["丁（演示）"]["terms"] == [
        {"term": "grade", "value": 3, "full_at": 5, "weight": 60, "score_hundredths": 3600},
        {"term": "party", "value": 1, "full_at": 1, "weight": 40, "score_hundredths": 4000},
    ]
    with pytest.raises(ConflictError, match="cultivation_entry_included"):
        cast.specialist(
            "registry.add_cultivation_entry", **path, organisation_id=made["甲"]["organisation_id"], reason="重复"
        )
    cast.specialist(
        "registry.add_cultivation_entry", **path, organisation_id=made["丙"]["organisation_id"], reason="街道重点"
    )
    cast.specialist(
        "registry.remove_cultivation_entry", **path, organisation_id=made["甲"]["organisation_id"], reason="负责人变动"
    )
    cast.specialist("registry.compute_cultivation_list", **path)  # what was decided by hand stays decided
    by_hand = entries(cast, first["list_id"], source="hand")
    assert {name: row["reason"] for name, row in by_hand.items()} == {"丙（演示）": "街道重点"}
    off = entries(cast, first["list_id"], included=False)
    assert (off["甲（演示）"]["reason"], off["甲（演示）"]["score_hundredths"]) == ("负责人变动", 6000)
    assert set(entries(cast, first["list_id"])) == {"丙（演示）", "丁（演示）"}


def test_in_a_large_district_a_job_computes_the_same_list(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    world(cast)
    rule = rulebook(cast, "draft_cultivation_rule", **RULE)
    small = computed(cast, rule, "当场计算（演示）")
    assert small["computing_job_id"] is None
    monkeypatch.setenv("CULTIVATION_AT_ONCE_MAX", "3")
    large = computed(cast, rule, "后台计算（演示）")
    path = {"list_id": large["list_id"]}
    assert (large["computed_at"], large["included"]) == (None, 0)
    following = cast.specialist("registry.get_job", job_id=large["computing_job_id"])
    assert (following["status"], following["done"], following["total"]) == ("queued", 0, 3)
    for operation in ("compute_cultivation_list", "publish_cultivation_list"):
        with pytest.raises(ConflictError, match="cultivation_computing"):
            cast.bureau(f"registry.{operation}", **path)
    seen: list[int] = []
    monkeypatch.setattr(JobRun, "progress", lambda run, done, total: seen.append(done))
    cast.host.settle()
    job = cast.specialist("registry.get_job", job_id=large["computing_job_id"])
    assert (job["status"], job["result"]) == ("done", {**path, "included": 2})
    assert seen == [0, 1, 2, 1]
    kept = ("organisation_id", "rank", "score_hundredths", "terms", "source", "included")
    same = [
        {name: {field: row[field] for field in kept} for name, row in entries(cast, one["list_id"]).items()}
        for one in (small, large)
    ]
    assert same[0] == same[1]
    done = cast.bureau("registry.get_cultivation_list", **path)
    assert (done["computing_job_id"], done["included"], done["computed_at"] is None) == (None, 2, False)
    assert cast.bureau("registry.publish_cultivation_list", **path)["status"] == "published"


def test_a_draft_that_is_given_up_meanwhile_stays_empty_and_a_failed_job_holds_nobody_up(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    world(cast)
    rule = rulebook(cast, "draft_cultivation_rule", **RULE)
    monkeypatch.setenv("CULTIVATION_AT_ONCE_MAX", "0")
    given_up, failing = computed(cast, rule, "放弃（演示）"), computed(cast, rule, "出错（演示）")
    cast.bureau("registry.abandon_cultivation_list", list_id=given_up["list_id"], reason="不办了")
    with cast.host.executors["registry"].sessions.begin() as session:
        wrong = text("UPDATE job SET status = 'failed' WHERE id = :job")
        session.execute(wrong, {"job": failing["computing_job_id"]})
    cast.host.settle()
    job = cast.specialist("registry.get_job", job_id=given_up["computing_job_id"])
    assert (job["status"], job["result"]["included"]) == ("done", None)
    assert entries(cast, given_up["list_id"]) == {}
    again = cast.specialist("registry.compute_cultivation_list", list_id=failing["list_id"])
    assert again["computing_job_id"] not in (None, failing["computing_job_id"])
    cast.host.settle()
    assert len(entries(cast, failing["list_id"])) == 2


def test_a_published_list_is_frozen_and_the_next_is_compared_with_it(cast: Cast) -> None:
    made = world(cast)
    rule = rulebook(cast, "draft_cultivation_rule", **RULE)
    first = computed(cast, rule, "第一批（演示）")
    path = {"list_id": first["list_id"]}
    with pytest.raises(ForbiddenError):
        cast.specialist("registry.publish_cultivation_list", **path)
    assert cast.street("registry.list_cultivation_lists")["items"] == []  # a draft is not for everybody
    with pytest.raises(NotFoundError):
        cast.street("registry.list_cultivation_entries", **path)
    published = cast.bureau("registry.publish_cultivation_list", **path)
    assert (published["number"], published["included"], len(published["content_hash"])) == (1, 2, 64)
    about = {**path, "organisation_id": made["丙"]["organisation_id"], "reason": "太晚"}
    for operation in ("add_cultivation_entry", "remove_cultivation_entry"):
        with pytest.raises(ConflictError, match="cultivation_list_state_conflict"):
            cast.specialist(f"registry.{operation}", **about)
    for operation in ("compute_cultivation_list", "publish_cultivation_list"):
        with pytest.raises(ConflictError, match="cultivation_list_state_conflict"):
            cast.bureau(f"registry.{operation}", **path)
    second = computed(cast, rule, "第二批（演示）")
    later = {"list_id": second["list_id"]}
    cast.bureau("registry.add_cultivation_entry", **later, organisation_id=made["丙"]["organisation_id"], reason="新增")
    cast.bureau(
        "registry.remove_cultivation_entry", **later, organisation_id=made["甲"]["organisation_id"], reason="移出"
    )
    done = cast.bureau("registry.publish_cultivation_list", **later)
    assert (done["number"], done["previous_id"]) == (2, first["list_id"])
    assert cast.bureau("registry.get_cultivation_list", **path)["status"] == "archived"
    rows = cast.bureau("registry.compare_cultivation_list", **later)["items"]
    assert {row["organisation_name"]: row["change"] for row in rows} == {
        "甲（演示）": "removed",
        "丙（演示）": "added",
        "丁（演示）": "kept",
    }
    kept = cast.bureau("registry.compare_cultivation_list", **later, change="kept")["items"]
    assert [(row["rank"], row["rank_before"]) for row in kept] == [(1, 1)]
    seen = cast.street("registry.list_cultivation_entries", **later)["items"]
    assert {row["organisation_name"] for row in seen} == {"丙（演示）"}
    compared = cast.other_street("registry.compare_cultivation_list", **later)["items"]
    assert [row["organisation_name"] for row in compared] == ["丁（演示）"]
    empty = cast.specialist("registry.draft_cultivation_list", rulebook_id=rule["rulebook_id"], title="空（演示）")
    with pytest.raises(ConflictError, match="cultivation_not_computed"):
        cast.bureau("registry.publish_cultivation_list", list_id=empty["list_id"])


def test_a_closed_organisation_cannot_be_cultivated(cast: Cast) -> None:
    made = world(cast)
    rule = rulebook(cast, "draft_cultivation_rule", **RULE)
    gone = made["甲"]["organisation_id"]
    cast.bureau("registry.change_organisation", organisation_id=gone, status="closed", reason="注销")
    drawn = computed(cast, rule, "名单（演示）")
    assert set(entries(cast, drawn["list_id"])) == {"丁（演示）", "乙（演示）"}
    with pytest.raises(ConflictError, match="cultivation_organisation_ineligible"):
        cast.bureau("registry.add_cultivation_entry", list_id=drawn["list_id"], organisation_id=gone, reason="仍想列入")
    cast.specialist("registry.abandon_cultivation_list", list_id=drawn["list_id"], reason="重做")
    with pytest.raises(ConflictError, match="cultivation_list_state_conflict"):
        cast.bureau("registry.publish_cultivation_list", list_id=drawn["list_id"])
