"""What a gateway waits for that has just started: not what was sent before an upgrade brought its handler."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from chassis.runtime.inprocess import InProcessHost
from chassis.tables import OutboxEvent
from tests.kit import Caller, actor
from tests.service.registry.cast import Cast


def test_what_is_old_is_asked_for_only_by_whoever_saw_it_begin(host: InProcessHost) -> None:
    operator = Caller(host, actor("operator"))
    cast = Cast(host)
    cast.organisation()
    cast.organisation("早已登记的社（演示）")
    host.settle()
    with host.executors["registry"].sessions.begin() as session:
        session.execute(update(OutboxEvent).values(recorded_at=OutboxEvent.recorded_at - timedelta(hours=1)))
    old = operator("registry.list_sent_events", after=0)
    assert (old["events"], old["unsent"]) == ([], 0)
    assert old["position"] > 1
    cast.organisation("新的社（演示）")
    host.settle()
    new = operator("registry.list_sent_events", after=0)["events"]
    assert [name for _, name in new] == ["organisation_registered"]
    assert len(operator("registry.list_sent_events", after=old["position"] - 1)["events"]) == len(new) + 1
