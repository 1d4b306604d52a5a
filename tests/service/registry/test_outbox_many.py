"""Events recorded together are what they are when recorded one by one."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text

from chassis import ids, outbox
from chassis.runtime.inprocess import InProcessHost
from chassis.tables import OutboxEvent, OutboxWaiting
from contracts.registry.events import FieldAdded
from tests.kit import DISTRICT


def test_many_are_recorded_as_one_each_would_be(host: InProcessHost) -> None:
    fields = [ids.new_id("fld") for _ in range(5)]
    with host.executors["registry"].system_session("test", DISTRICT) as session:
        outbox.record(session, FieldAdded(field_id=fields[0], code="first"))
        outbox.record_many(session, [FieldAdded(field_id=each, code="many") for each in fields])
        outbox.record_many(session, [])
    with host.executors["registry"].sessions() as session:
        rows = list(session.scalars(select(OutboxEvent).order_by(OutboxEvent.position)))
        versions = dict(session.execute(text("SELECT subject, version FROM subject_version")).all())  # type: ignore[arg-type]
        waiting = list(session.scalars(select(OutboxWaiting.position).order_by(OutboxWaiting.position)))
    assert [row.subject for row in rows] == [fields[0], *fields]
    assert [row.position for row in rows] == waiting
    assert [row.subject_version for row in rows] == [1, 2, 1, 1, 1, 1]
    assert [row.headers["cloudEvents_subjectversion"] for row in rows] == [1, 2, 1, 1, 1, 1]
    assert versions == {fields[0]: 2, **dict.fromkeys(fields[1:], 1)}
    alone, together = rows[:2]

    def plain(row: OutboxEvent) -> dict[str, Any]:
        differ = {"cloudEvents_id", "cloudEvents_subjectversion", "cloudEvents_time"}
        headers = {name: value for name, value in row.headers.items() if name not in differ}
        return {"headers": headers, "name": row.name, "district": row.district_code, "sent": row.sent_at}

    assert plain(alone) == plain(together)
    assert together.headers["cloudEvents_id"] == together.id
    assert together.payload == {"field_id": fields[0], "code": "many", "street_codes": []}


def test_a_subject_that_is_told_of_twice_is_refused(host: InProcessHost) -> None:
    field = ids.new_id("fld")
    twice = [FieldAdded(field_id=field, code="one"), FieldAdded(field_id=field, code="two")]
    with (
        pytest.raises(ValueError, match="twice"),
        host.executors["registry"].system_session("test", DISTRICT) as session,
    ):
        outbox.record_many(session, twice)
