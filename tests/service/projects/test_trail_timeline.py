"""The timeline of an object reads as a story, in both languages, and marks what does not verify."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis import ids
from chassis.errors import InvalidError
from chassis.events import Envelope
from services.projects.trail import actions
from tests import kit
from tests.service.projects.trail_log import Log, envelope

PROJECT = ids.new_id("prj")
FILE = {"sha256": "ab" * 32, "size": 10, "media_type": "image/png"}


@pytest.fixture
def log(trail_key: Ed25519PrivateKey) -> Log:
    return Log()


def step(version: int, name: str, *, role: str = "cso", **facts: Any) -> Envelope:
    made = envelope(PROJECT, version, source="projects", **facts)
    return replace(made, name=name, actor={"account_id": f"acc_{role}", "role": role})


def story(log: Log) -> None:
    log.hear(
        step(1, "project_started", title="助老午餐（演示）", amount_fen=3000050),
        envelope("cas_other", 1),
        step(2, "milestone_submitted", number=1, evidence=[FILE]),
        step(3, "milestone_accepted", role="bureau", number=1),
        step(4, "spending_recorded", amount_fen=1234, line="食材", receipts=[FILE]),
        step(5, "project_closed", role="system"),
    )


def timeline(log: Log, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = log.bureau("projects.get_trail_timeline", subject=PROJECT, **more)["items"]
    return found


def test_it_tells_who_did_what_with_which_evidence_oldest_first(log: Log) -> None:
    story(log)
    steps = timeline(log)
    assert [one["line_zh"] for one in steps] == [
        "社区社会组织：协议签订，项目启动（名称 助老午餐（演示），金额 30000.50）",
        "社区社会组织：提交了里程碑与佐证（第几 1）",
        "民政局：里程碑验收通过（第几 1）",
        "社区社会组织：记录了一笔支出与票据（金额 12.34，预算项 食材）",
        "系统：项目结项",
    ]
    assert [one["line_en"] for one in steps][1:] == [
        "cso: An organisation reported a milestone with evidence (number 1)",
        "bureau: Staff accepted a milestone (number 1)",
        "cso: Money of the award was spent, with its receipt (amount 12.34, budget line 食材)",
        "the system: The project is closed",
    ]
    assert [len(one["evidence"]) for one in steps] == [0, 1, 0, 1, 0]
    assert steps[1]["evidence"] == [FILE]
    assert all(one["verified"] for one in steps)
    assert steps[0]["at"] == "2026-03-01T16:00:00+08:00"


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ("UPDATE trail_entry SET event = 'project_terminated' WHERE index = 2", [1]),
        ("UPDATE trail_entry SET payload = replace(payload, '\"number\":1', '\"number\":2') WHERE index = 3", [2]),
        ("UPDATE trail_entry SET salt = NULL WHERE index = 0", [0]),
        ("UPDATE trail_node SET hash = sha256('x') WHERE level = 1 AND index = 0", [1, 2]),
        ("DELETE FROM trail_node WHERE level = 2", [0, 1, 2, 3, 4]),
    ],
)
def test_what_was_changed_has_no_mark(log: Log, change: str, wrong: list[int]) -> None:
    story(log)
    with log.trail.sessions.begin() as session:
        session.connection().exec_driver_sql(change)
    marks = [one["verified"] for one in timeline(log)]
    assert [number for number, mark in enumerate(marks) if not mark] == wrong


def test_an_erased_step_stays_in_the_story_and_verifies(log: Log) -> None:
    story(log)
    with log.trail.system_session("erase", kit.DISTRICT) as session:
        actions.erase_payload(session, district_code=kit.DISTRICT, index=2)
    one = timeline(log)[1]
    assert (one["erased"], one["verified"], one["evidence"]) == (True, True, [])
    assert one["line_zh"] == "（已擦除）：提交了里程碑与佐证（内容已依法擦除）"


def test_it_is_paged_and_scoped_as_the_entries_are(log: Log) -> None:
    story(log)
    first = log.bureau("projects.get_trail_timeline", subject=PROJECT, limit=2)
    rest = timeline(log, cursor=first["next_cursor"], limit=10)
    assert [one["index"] for one in first["items"] + rest] == [0, 2, 3, 4, 5]
    with pytest.raises(InvalidError):
        log.bureau("projects.get_trail_timeline", subject=PROJECT, cursor="x")
    elsewhere = kit.Caller(log.host, kit.actor("street_staff", streets=[kit.CHANGJIANG]))
    assert elsewhere("projects.get_trail_timeline", subject=PROJECT)["items"] == []
    stranger = kit.Caller(log.host, kit.actor("cso", streets=[kit.ZHUHAI], organisation_id=ids.new_id("org")))
    assert stranger("projects.get_trail_timeline", subject=PROJECT)["items"] == []


def test_instants_are_told_in_the_districts_own_time(log: Log) -> None:
    log.hear(step(1, "activity_planned", starts_at="2026-03-01T16:30:00+00:00", due_at="soon"))
    [told] = timeline(log)
    assert [fact["value"] for fact in told["facts"]] == ["2026-03-02 00:30", "soon"]


def test_a_tombstone_and_an_unknown_event_are_told_too(log: Log) -> None:
    log.hear(step(1, "event_of_a_later_release"))
    with log.trail.system_session("discard", kit.DISTRICT) as session:
        actions.discard_event(session, envelope=step(2, "milestone_accepted"), reason="不可解析")
    known, lost = timeline(log)
    assert (known["what_zh"], known["what_en"]) == ("event_of_a_later_release", "event of a later release")
    assert lost["what_zh"] == "一步未能读出，由运维放弃"
    assert lost["facts"] == [{"name": "reason", "zh": "理由", "en": "reason", "value": "不可解析"}]
