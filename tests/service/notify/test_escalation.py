"""A missed deadline reaches the role its escalation names, in its street, and nobody else."""

from __future__ import annotations

from chassis import ids
from contracts.registry.events_base import DeadlineMissed
from tests.kit import CHANGJIANG, ZHUHAI
from tests.service.notify.world import Notify


def missed(organisation_id: str, level: int, role: str) -> DeadlineMissed:
    return DeadlineMissed(
        deadline_id=ids.new_id("ddl"),
        kind="case_review",
        subject_id=ids.new_id("cas"),
        organisation_id=organisation_id,
        due_on="2026-12-01",
        level=level,
        escalated_to=role,
        street_codes=[ZHUHAI],
    )


def test_each_level_of_an_escalation_reaches_its_own_role(notify: Notify) -> None:
    organisation_id = notify.register("暖阳助老队（演示）")
    specialist = notify.open_account("specialist")
    staff = notify.open_account("street_staff", streets=(ZHUHAI,))
    neighbour = notify.open_account("street_staff", streets=(CHANGJIANG,))
    notify.hear(missed(organisation_id, 1, "specialist"))
    assert [message["title_zh"] for message in notify.inbox(specialist)] == ["逾期提醒（第 1 级）"]
    assert notify.inbox(staff) == []
    notify.hear(missed(organisation_id, 2, "street_staff"))
    (message,) = notify.inbox(staff)
    assert (message["title_en"], message["priority"]) == ("Overdue, level 2", "high")
    assert "暖阳助老队" in message["body_zh"]
    assert len(notify.inbox(specialist)) == 1
    assert notify.inbox(neighbour) == []
