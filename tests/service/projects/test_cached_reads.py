"""What a gateway may keep of rounds: replies that follow from scope alone. The road tests watch every write."""

from __future__ import annotations

from tests import kit
from tests.service.projects.round_road import Road
from tests.service.shown import Guard, check_read


def test_kept_rounds_follow_from_the_callers_scope_and_every_step_tells(shown: Guard) -> None:
    road = Road()
    road.publish()
    executor = road.host.executors["projects"]
    for actor in (kit.actor("bureau"), kit.actor("cso"), kit.actor("street_staff", streets=[kit.ZHUHAI])):
        view = check_read(executor, "projects.get_round", actor, round_id=road.round_id)
        assert [line["status"] for line in view["pool_lines"]]
        assert check_read(executor, "projects.list_rounds", actor, status=view["status"])["items"] == [view]
    told = {event for operation, event in shown.seen if operation == "projects.list_rounds"}
    assert {"round_drafted", "pool_line_named", "pool_line_settled", "round_published"} <= told
