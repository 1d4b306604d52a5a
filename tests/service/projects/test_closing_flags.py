"""Flags that the district wants settled hold a closing up; the others do not."""

from __future__ import annotations

from typing import Any

import pytest

from chassis import clock
from chassis.errors import ConflictError, InvalidError
from services.projects.flags.models import Flag
from tests import kit
from tests.service.projects.test_endings import End, missing


@pytest.fixture
def end(monkeypatch: pytest.MonkeyPatch, trail_key: object) -> End:
    monkeypatch.setenv("FOOTPRINT_DEMO", "1")
    return End()


def flag(end: End, severity: str, key: str, *, project_id: str | None = None) -> str:
    """As a review leaves it that found something of this severity."""
    now = clock.system_now()
    subject = project_id or end.project_id
    with end.host.executors["projects"].system_session("review", kit.DISTRICT) as session:
        row = Flag(
            district_code=kit.DISTRICT,
            street_code=kit.ZHUHAI,
            subject=subject,
            project_id=subject,
            organisation_id=end.organisation_id,
            rule="idle",
            key=key,
            area="time",
            severity=severity,
            status="open",
            facts={"gone": 60, "days": 45, "since": "2026-01-01"},
            grounds=[key],
            named=[],
            rules_number=0,
            answer_days=7,
            raised_at=now,
            created_at=now,
        )
        session.add(row)
        session.flush()
        return row.id


def asked(end: End) -> dict[str, Any]:
    (item,) = [one for one in end.do(end.cso, "get_closing_checklist")["items"] if one["key"] == "flags"]
    return {"met": item["met"], "open": item["open"]}


def test_a_serious_flag_is_on_the_checklist_and_stops_acceptance_until_it_is_decided(end: End) -> None:
    end.to_final_report()
    end.do(end.staff, "record_evaluation", kind="final", score=90)
    end.host.settle()
    assert missing(end) == ["unspent"]
    minor, first, second = flag(end, "warning", "a"), flag(end, "serious", "b"), flag(end, "serious", "c")
    assert missing(end) == ["unspent", "flags"]
    assert asked(end) == {"met": False, "open": [first, second]}
    with pytest.raises(ConflictError, match="project_flags_open") as refused:
        end.do(end.staff, "accept_project")
    assert refused.value.details["flag_ids"] == [first, second]
    end.staff("projects.accept_flag", flag_id=first, note="说明属实")
    end.cso("projects.explain_flag", flag_id=second, explanation="已补录活动记录")
    assert asked(end) == {"met": False, "open": [second]}, "an explanation is not a decision yet"
    end.staff("projects.uphold_flag", flag_id=second, note="须整改")
    assert asked(end) == {"met": True, "open": []}
    assert end.staff("projects.get_flag", flag_id=minor)["status"] == "open"
    with pytest.raises(ConflictError, match="unspent_not_returned"):
        end.do(end.staff, "accept_project")  # what is left is another matter


def test_the_district_says_of_which_severities(end: End) -> None:
    minor, major = flag(end, "warning", "a"), flag(end, "serious", "b")
    assert end.bureau("projects.get_delivery_policy")["closing_settles_flags"] == ["serious"]
    with pytest.raises(InvalidError):
        end.bureau("projects.change_delivery_policy", closing_settles_flags=["grave"])
    changed = end.bureau("projects.change_delivery_policy", closing_settles_flags=["warning", "serious"])
    assert changed["closing_settles_flags"] == ["warning", "serious"]
    assert asked(end) == {"met": False, "open": [minor, major]}
    end.bureau("projects.change_delivery_policy", closing_settles_flags=[])
    assert asked(end) == {"met": True, "open": []}
