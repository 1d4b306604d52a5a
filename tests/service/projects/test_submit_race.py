"""Two hundred at once: one effect, and everybody else is told clearly why not."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chassis.errors import FootprintError
from contracts.projects import events
from contracts.projects.events_plans import FileAttached
from tests import kit
from tests.service.projects.round_road import SUNSET, Road

MANY = 200


@pytest.fixture(autouse=True)
def demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_DEMO", "1")


@pytest.fixture
def road() -> Road:
    made = Road()
    made.publish()
    return made


def at_once(calls: list[Callable[[], Any]]) -> Counter[str]:
    """All together; what became of each: ``done`` or the error's code."""
    found: list[str] = []
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> None:
        start.wait()
        try:
            call()
            found.append("done")
        except FootprintError as error:
            found.append(error.code)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(found) == len(calls), "one did not come back, or died of something else"
    return Counter(found)


def test_two_hundred_submissions_of_one_proposal_leave_one(road: Road) -> None:
    organisation = road.organisations[0]
    proposal_id = road.draft(SUNSET, organisation, field="elder_care", yuan=30_000)
    authors = [road.author(organisation) for _ in range(MANY)]
    found = at_once([lambda who=who: who("projects.submit_proposal", proposal_id=proposal_id) for who in authors])
    assert found == {"done": 1, "proposal_state_conflict": MANY - 1}
    assert road.recorded(events.ProposalSubmitted) == 1
    assert authors[0]("projects.get_proposal", proposal_id=proposal_id)["status"] == "submitted"


def test_a_limit_of_proposals_holds_for_submissions_that_come_together(road: Road) -> None:
    organisation = road.organisations[0]
    drafts = [
        road.draft(f"方案第{number}号", organisation, field="elder_care", yuan=1_000 + number) for number in range(20)
    ]
    calls = [lambda key=key: road.author(organisation)("projects.submit_proposal", proposal_id=key) for key in drafts]
    assert at_once(calls) == {"done": 2, "proposal_incomplete": 18}
    assert road.recorded(events.ProposalSubmitted) == 2


def test_two_hundred_changes_of_the_same_version_leave_one(road: Road) -> None:
    organisation = road.organisations[0]
    proposal_id = road.draft(SUNSET, organisation, field="elder_care", yuan=30_000)
    author = road.author(organisation)
    version = author("projects.get_proposal", proposal_id=proposal_id)["version"]
    given: dict[str, Any] = {"proposal_id": proposal_id, "expected_version": version}
    calls = [
        lambda number=number: author("projects.change_proposal", **given, plan={"risks": f"预案 {number}"})
        for number in range(MANY)
    ]
    assert at_once(calls) == {"done": 1, "row_stale": MANY - 1}
    versions = author("projects.list_proposal_versions", proposal_id=proposal_id)["items"]
    assert [item["number"] for item in versions] == [2, 1]


def test_the_same_file_attached_by_many_is_attached_once(road: Road) -> None:
    organisation = road.organisations[0]
    proposal_id = road.draft(SUNSET, organisation, field="elder_care", yuan=30_000)
    author = road.author(organisation)
    file = {"sha256": "a" * 64, "size": 1, "media_type": "image/png"}
    given: dict[str, Any] = {"proposal_id": proposal_id, "kind": "photo", "title": "照片", "file": file}
    found = at_once([lambda: author("projects.attach_file", **given) for _ in range(40)])
    assert found == {"done": 1, "attachment_known": 39}
    assert road.recorded(FileAttached) == 1


def test_a_survey_answered_by_one_resident_at_once_is_answered_once(road: Road) -> None:
    road.create()
    question = {"key": "how", "text": "有多需要？", "kind": "scale"}
    closes_at = (road.now() + timedelta(days=2)).isoformat()
    made = road.on_round("draft_survey", title="调研（演示）", questions=[question], closes_at=closes_at)
    road.on_round("start_needs_survey")
    road.bureau("projects.open_survey", survey_id=made["survey_id"])
    resident: kit.Caller = road.account("resident", street=road.street)
    given: dict[str, Any] = {"survey_id": made["survey_id"], "answers": {"how": 5}}
    found = at_once([lambda: resident("projects.answer_survey", **given) for _ in range(60)])
    assert found == {"done": 1, "survey_answered": 59}
