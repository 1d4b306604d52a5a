"""Hub programmes, and training sessions: enrolment, the code that changes, the paper list, attendance."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from chassis import clock
from chassis.errors import ConflictError, InvalidError, NotFoundError
from chassis.runtime.inprocess import InProcessHost
from chassis.tables import OutboxEvent
from tests import kit
from tests.kit import CHANGJIANG, ZHUHAI, Caller, actor
from tests.service.registry.cast import Cast
from tests.service.registry.test_centres import awarded
from tests.service.registry.test_growth import soon


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def at(minutes: float) -> str:
    return (clock.system_now() + timedelta(minutes=minutes)).isoformat()


SESSION: dict[str, Any] = {
    "topic": "项目书怎么写（演示）",
    "kind": "project",
    "venue": "街道中心二楼",
    "street_code": ZHUHAI,
    "capacity": 3,
}


def session(cast: Cast, who: Caller, **facts: Any) -> dict[str, Any]:
    """Published, an hour long, beginning in 30 minutes: check-in is open."""
    asked = {**SESSION, "starts_at": at(30), "ends_at": at(90), **facts}
    made = who("registry.plan_training", **asked)
    return who("registry.publish_training", training_id=made["training_id"])  # type: ignore[no-any-return]


def entrusted(cast: Cast, hub_id: str, *, until_on: str) -> str:
    """The hub is entrusted with the street by an award, from today on."""
    ask = {"street_code": ZHUHAI, "hub_id": hub_id, "award_id": awarded(cast, hub_id)}
    made = cast.bureau("registry.entrust_hub", **ask, from_on=soon(0), until_on=until_on)
    return str(made["entrustment_id"])


def pass_minutes(cast: Cast, minutes: int) -> None:
    cast.admin("registry.advance_clock", seconds=minutes * 60)


def events(cast: Cast, name: str) -> list[dict[str, Any]]:
    with cast.host.executors["registry"].system_session("test", kit.DISTRICT) as held:
        return list(held.scalars(select(OutboxEvent.payload).filter_by(name=name).order_by(OutboxEvent.position)))


def test_who_enrolled_is_named_where_the_session_moves_or_is_cancelled(cast: Cast) -> None:
    hub = cast.hub()
    organisation = cast.organisation(hub_id=cast.made["hub"]["organisation_id"])
    person, gone = cast.cso(organisation), cast.cso(organisation)
    made = session(cast, hub)
    path = {"training_id": made["training_id"]}
    person("registry.enrol_in_training", **path)
    left = gone("registry.enrol_in_training", **path)
    gone("registry.withdraw_enrolment", **path, attendance_id=left["attendance_id"])
    named = {"name": "王五", "organisation_id": organisation["organisation_id"]}
    hub("registry.enrol_in_training", **path, **named)
    facts = {name: made[name] for name in ("topic", "kind", "venue", "starts_at", "ends_at", "capacity")}
    hub("registry.change_training", **path, **{**facts, "capacity": 5})
    assert events(cast, "training_moved") == [], "nobody need know of more seats"
    hub("registry.change_training", **path, **{**facts, "venue": "三楼"})
    hub("registry.cancel_training", **path, reason="停电")
    concerned = {"account_ids": [person.who.account_id], "organisation_ids": [organisation["organisation_id"]]}  # type: ignore[union-attr]
    (moved,), (cancelled,) = events(cast, "training_moved"), events(cast, "training_cancelled")
    assert {name: moved[name] for name in concerned} == concerned
    assert (moved["venue"], "venue" in moved["changed"]) == ("三楼", True)
    assert {name: cancelled[name] for name in concerned} == concerned
    assert "王五" not in str(moved) + str(cancelled)


def test_people_enrol_and_check_in_by_the_code_of_the_moment(cast: Cast) -> None:
    hub = cast.hub()
    organisation = cast.organisation(hub_id=cast.made["hub"]["organisation_id"])
    early, late, absent = (cast.cso(organisation) for _ in range(3))
    made = session(cast, hub)
    path = {"training_id": made["training_id"]}
    enrolled = [one("registry.enrol_in_training", **path) for one in (early, late, absent)]
    assert [row["number"] for row in enrolled] == [1, 2, 3]
    with pytest.raises(ConflictError, match="training_full"):
        cast.cso(organisation)("registry.enrol_in_training", **path)
    with pytest.raises(NotFoundError):  # another street's hub does not run it
        cast.hub(CHANGJIANG)("registry.get_training_code", **path)
    code = hub("registry.get_training_code", **path)
    assert code["text"] == f"{made['training_id']}.{code['code']}"
    assert datetime.fromisoformat(code["valid_until"]) > clock.system_now()
    with pytest.raises(InvalidError, match="training_code_invalid"):
        early("registry.check_in_to_training", **path, code="AAAAAAAA")
    first = early("registry.check_in_to_training", **path, code=code["text"])
    assert (first["status"], first["method"], first["walk_in"]) == ("present", "code", False)
    with pytest.raises(ConflictError, match="training_attendance_state_conflict"):
        early("registry.check_in_to_training", **path, code=code["code"])
    pass_minutes(cast, 45)
    with pytest.raises(InvalidError, match="training_code_invalid"):  # a photo of the screen is no use later
        late("registry.check_in_to_training", **path, code=code["code"])
    fresh = hub("registry.get_training_code", **path)["code"]
    assert late("registry.check_in_to_training", **path, code=fresh)["status"] == "late"
    with pytest.raises(ConflictError, match="training_started"):
        absent("registry.withdraw_enrolment", **path, attendance_id=enrolled[2]["attendance_id"])
    closed = hub("registry.close_training", **path, summary="讲了预算")
    counts = {"enrolled": 0, "withdrawn": 0, "present": 1, "late": 1, "absent": 1, "walk_ins": 0}
    assert closed["counts"] == counts
    with pytest.raises(ConflictError, match="training_state_conflict"):
        absent("registry.check_in_to_training", **path, code=fresh)
    contacts = events(cast, "training_attended")
    assert [(row["method"], row["late"], row["organisation_id"]) for row in contacts] == [
        ("code", False, organisation["organisation_id"]),
        ("code", True, organisation["organisation_id"]),
    ]
    told = events(cast, "training_closed")[0]
    assert (told["present"], told["late"], told["absent"]) == (1, 1, 1)
    assert told["organisation_ids"] == [organisation["organisation_id"]]


def test_the_paper_list_takes_numbers_and_walk_ins_and_keeps_names_sealed(cast: Cast) -> None:
    hub, organisation = cast.hub(), cast.organisation()
    made = session(cast, cast.street)
    path = {"training_id": made["training_id"]}
    cast.street("registry.enrol_in_training", **path, organisation_id=organisation["organisation_id"], name="王小明")
    pass_minutes(cast, 35)
    lines = [{"number": 1, "at": at(31)}, {"name": "赵六", "at": at(34)}]
    with pytest.raises(NotFoundError):  # only those who run it
        hub("registry.record_training_attendance", **path, lines=lines)
    for wrong in ({"at": at(31)}, {"number": 1, "name": "甲", "at": at(31)}):
        with pytest.raises(InvalidError, match="training_participant_invalid"):
            cast.street("registry.record_training_attendance", **path, lines=[wrong])
    with pytest.raises(NotFoundError, match="training_attendance_not_found"):  # all lines or none
        cast.street("registry.record_training_attendance", **path, lines=[*lines, {"number": 9, "at": at(31)}])
    with pytest.raises(ConflictError, match="training_check_in_closed"):
        cast.street("registry.record_training_attendance", **path, lines=[{"number": 1, "at": at(80)}])
    counts = cast.street("registry.record_training_attendance", **path, lines=lines)["counts"]
    assert (counts["present"], counts["walk_ins"]) == (2, 1)
    with pytest.raises(ConflictError, match="training_attendance_state_conflict"):
        cast.street("registry.record_training_attendance", **path, lines=lines[:1])
    rows = cast.street("registry.list_training_attendance", **path)["items"]
    assert [(row["number"], row["name"], row["method"]) for row in rows] == [
        (2, "赵*", "offline"),
        (1, "王**", "offline"),
    ]
    with cast.host.executors["registry"].sessions() as held:
        stored = held.execute(text("SELECT name, phone FROM training_attendance")).all()
        secrets = held.execute(text("SELECT secret FROM training_session")).scalars().all()
        replies = held.execute(text("SELECT reply FROM command_log")).scalars().all()
    assert not any("王" in str(row) or "赵" in str(row) for row in (*stored, *replies))
    assert all(secret.count(".") == 1 and len(secret) > 80 for secret in secrets)
    assert not any("赵" in str(row) for row in events(cast, "training_attended"))


def test_walk_ins_come_where_they_may_and_a_withdrawn_seat_is_free_again(cast: Cast) -> None:
    hub, organisation = cast.hub(), cast.organisation()
    closed = session(cast, hub, walk_ins=False)
    someone = cast.cso(organisation)
    code = hub("registry.get_training_code", training_id=closed["training_id"])["code"]
    with pytest.raises(ConflictError, match="training_walk_in_refused"):
        someone("registry.check_in_to_training", training_id=closed["training_id"], code=code)
    open_ = session(cast, hub, capacity=1)
    path = {"training_id": open_["training_id"]}
    row = someone("registry.enrol_in_training", **path)
    with pytest.raises(ConflictError, match="training_full"):
        cast.cso(organisation)("registry.enrol_in_training", **path)
    with pytest.raises(NotFoundError):  # somebody else's enrolment
        cast.cso(cast.organisation("别家（演示）"))(
            "registry.withdraw_enrolment", **path, attendance_id=row["attendance_id"]
        )
    assert someone("registry.withdraw_enrolment", **path, attendance_id=row["attendance_id"])["status"] == "withdrawn"
    code = hub("registry.get_training_code", **path)["code"]
    came = someone("registry.check_in_to_training", **path, code=code)
    assert (came["status"], came["walk_in"], came["number"]) == ("present", True, row["number"])
    with pytest.raises(InvalidError, match="training_participant_invalid"):
        someone("registry.enrol_in_training", **path, organisation_id=cast.made["hub"]["organisation_id"])


def test_the_last_seat_is_given_once(cast: Cast) -> None:
    hub, organisation = cast.hub(), cast.organisation()
    made = session(cast, hub, capacity=2)
    callers = [cast.cso(organisation) for _ in range(6)]

    def enrol(who: Caller) -> str:
        try:
            who("registry.enrol_in_training", training_id=made["training_id"])
        except ConflictError as refused:
            return refused.code
        return "enrolled"

    with ThreadPoolExecutor(3) as pool:
        outcomes = list(pool.map(enrol, callers))
    assert sorted(outcomes) == ["enrolled"] * 2 + ["training_full"] * 4
    rows = hub("registry.list_training_attendance", training_id=made["training_id"])["items"]
    assert sorted(row["number"] for row in rows) == [1, 2]


def test_a_plan_is_checked_changed_and_cancelled(cast: Cast) -> None:
    hub = cast.hub()
    with pytest.raises(InvalidError, match="training_time_invalid"):
        session(cast, hub, starts_at=at(-5))
    with pytest.raises(InvalidError, match="training_time_invalid"):
        session(cast, hub, ends_at=at(20))
    far = session(cast, hub, starts_at=at(600), ends_at=at(660))
    path = {"training_id": far["training_id"]}
    with pytest.raises(ConflictError, match="training_check_in_closed"):
        hub("registry.get_training_code", **path)
    with pytest.raises(ConflictError, match="training_not_started"):
        hub("registry.close_training", **path)
    cast.cso(cast.organisation())("registry.enrol_in_training", **path)
    change = {"topic": "改题", "kind": "policy", "venue": "三楼", "starts_at": at(700), "ends_at": at(760)}
    changed = hub("registry.change_training", **path, **change, capacity=1, expected_version=far["version"])
    assert (changed["topic"], changed["capacity"], changed["counts"]["enrolled"]) == ("改题", 1, 1)
    other = cast.hub(CHANGJIANG)
    for operation, body in (("cancel_training", {"reason": "越权"}), ("publish_training", {})):
        with pytest.raises(NotFoundError):
            other(f"registry.{operation}", **path, **body)
    assert hub("registry.cancel_training", **path, reason="讲师生病")["status"] == "cancelled"
    with pytest.raises(ConflictError, match="training_state_conflict"):
        cast.cso(cast.organisation("乙（演示）"))("registry.enrol_in_training", **path)


def test_a_programme_counts_what_was_done_towards_its_goals(cast: Cast) -> None:
    hub = cast.hub()
    organisation = cast.organisation(hub_id=cast.made["hub"]["organisation_id"])
    goals = [
        {"code": "visits", "text": "督导", "measure": "visits", "target": 30},
        {"code": "reach", "text": "覆盖组织", "measure": "organisations", "target": 10},
        {"code": "people", "text": "培训人次", "measure": "attendances", "target": 100},
    ]
    asked = {"street_code": ZHUHAI, "title": "珠海街道孵化计划（演示）", "starts_on": soon(0), "ends_on": soon(300)}
    made = hub("registry.draft_programme", **asked, goals=goals, budget="80000.00")
    path = {"programme_id": made["programme_id"]}
    assert (made["budget"], made["hub_id"]) == ("80000.00", cast.made["hub"]["organisation_id"])
    with pytest.raises(ConflictError, match="programme_state_conflict"):
        session(cast, hub, programme_id=made["programme_id"])
    with pytest.raises(ConflictError, match="programme_not_entrusted"):
        cast.street("registry.start_programme", **path)
    entrustment = entrusted(cast, made["hub_id"], until_on=soon(365))
    cast.street("registry.start_programme", **path)
    visit = hub(
        "registry.plan_visit", organisation_id=organisation["organisation_id"], planned_on=soon(1), topic="督导"
    )
    hub("registry.link_programme_visit", **path, visit_id=visit["visit_id"])
    with pytest.raises(ConflictError, match="programme_visit_linked"):
        hub("registry.link_programme_visit", **path, visit_id=visit["visit_id"])
    assert hub("registry.get_programme", **path)["visits"] == 0  # planned is not held
    hub("registry.hold_visit", visit_id=visit["visit_id"], summary="去看了")
    training = session(cast, hub, programme_id=made["programme_id"])
    code = hub("registry.get_training_code", training_id=training["training_id"])["code"]
    for name in ("甲（演示）", "乙（演示）"):
        cast.cso(cast.organisation(name))(
            "registry.check_in_to_training", training_id=training["training_id"], code=code
        )
    pass_minutes(cast, 31)
    hub("registry.close_training", training_id=training["training_id"])
    done = cast.street("registry.get_programme", **path)
    assert (done["visits"], done["sessions"], done["attendances"], done["organisations"]) == (1, 1, 2, 3)
    assert [goal["reached"] for goal in done["goals"]] == [1, 3, 2]
    foreign = cast.organisation("邻街（演示）", street=CHANGJIANG, hub_id=cast.made["hub"]["organisation_id"])
    elsewhere = cast.bureau(
        "registry.plan_visit", organisation_id=foreign["organisation_id"], planned_on=soon(1), topic="督导"
    )
    with pytest.raises(ConflictError, match="programme_visit_foreign"):
        cast.bureau("registry.link_programme_visit", **path, visit_id=elsewhere["visit_id"])
    cast.bureau("registry.end_entrustment", entrustment_id=entrustment, until_on=soon(0), reason="提前终止")
    pass_minutes(cast, 24 * 60)
    late = hub("registry.plan_visit", organisation_id=organisation["organisation_id"], planned_on=soon(5), topic="督导")
    for who, operation, asked_of in (
        (hub, "link_programme_visit", {"visit_id": late["visit_id"]}),
        (hub, "plan_training", {**SESSION, "starts_at": at(3000), "ends_at": at(3060)}),
    ):
        with pytest.raises(ConflictError, match="programme_not_entrusted"):
            who(f"registry.{operation}", **path, **asked_of)
    assert cast.street("registry.close_programme", **path, reason="期满")["status"] == "closed"
    with pytest.raises(InvalidError, match="programme_hub_invalid"):
        cast.street("registry.draft_programme", **asked, goals=goals, hub_id=organisation["organisation_id"])
    with pytest.raises(InvalidError, match="rulebook_codes_repeated"):
        hub("registry.draft_programme", **asked, goals=[goals[0], goals[0]])


def test_everybody_of_the_street_sees_published_sessions_and_only_themselves_on_the_list(cast: Cast) -> None:
    hub, organisation = cast.hub(), cast.organisation()
    made = session(cast, hub)
    plan = hub(
        "registry.plan_training",
        topic="未发布",
        kind="other",
        venue="待定",
        street_code=ZHUHAI,
        starts_at=at(600),
        ends_at=at(660),
        capacity=5,
    )
    mine, other = cast.cso(organisation), cast.cso(cast.organisation("别家（演示）"))
    for one in (mine, other):
        one("registry.enrol_in_training", training_id=made["training_id"])
    resident = Caller(cast.host, actor("resident", streets=[ZHUHAI]))
    for who in (mine, resident):
        assert [row["training_id"] for row in who("registry.list_trainings")["items"]] == [made["training_id"]]
        with pytest.raises(NotFoundError):
            who("registry.get_training", training_id=plan["training_id"])
    path = {"training_id": made["training_id"]}
    assert len(hub("registry.list_training_attendance", **path)["items"]) == 2
    own = mine("registry.list_training_attendance", **path)["items"]
    assert [row["organisation_id"] for row in own] == [organisation["organisation_id"]]
    assert resident("registry.list_training_attendance", **path)["items"] == []
