"""Whom a project serves: each person once, whoever counts, however often met."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from chassis import clock, ids
from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chassis.events import Envelope
from services.projects.beneficiaries import queries
from services.projects.beneficiaries.models import Beneficiary
from services.projects.delivery.models import Project
from services.projects.identities.models import Person, PersonKey
from services.projects.persons import handlers
from services.projects.reports import figures
from tests import kit
from tests.service.projects.activity_hall import Hall, account_of

WHO = {"name": "演示居民甲", "phone": "13800000001"}
SECOND = {"name": "演示居民乙", "phone": "13800000002"}


@pytest.fixture
def hall(trail_key: object) -> Hall:
    return Hall()


def register(hall: Hall, **given: Any) -> dict[str, Any]:
    found: dict[str, Any] = hall.do(hall.cso, "register_beneficiary", **given)
    return found


def another_project(hall: Hall) -> str:
    """Of the same organisation."""
    first, hall.project_id = hall.project_id, hall.start()
    second, hall.project_id = hall.project_id, first
    return second


def test_a_person_is_registered_once_per_project_and_masked(hall: Hall) -> None:
    made = register(hall, **WHO)
    assert (made["name"], made["phone"]) == ("演**", "138****0001")
    with pytest.raises(ConflictError, match="beneficiary_exists"):
        register(hall, name=" 演示居民甲", phone="13800000001")
    for nobody in ({"name": "演示居民甲"}, {"phone": "13800000001"}, {}):
        with pytest.raises(InvalidError, match="beneficiary_unidentified"):
            register(hall, **nobody)
    with pytest.raises(InvalidError, match="beneficiary_unidentified"):
        register(hall, account_id=ids.new_id("acc"))


def test_sensitive_data_need_consent(hall: Hall) -> None:
    for given in ({"health": True}, {"under_14": True}, {"under_14": True, "consent_by": "self"}):
        with pytest.raises(InvalidError, match="beneficiary_consent_missing"):
            register(hall, **WHO, **given)
    made = register(hall, **WHO, health=True, under_14=True, consent_by="guardian")
    assert made["consent_at"] is not None


def test_the_documents_digest_is_keyed_and_the_number_kept_nowhere(hall: Hall) -> None:
    document = "a" * 64
    register(hall, name="演示居民丙", document_sha256=document)
    with pytest.raises(ConflictError, match="beneficiary_exists"):
        register(hall, document_sha256=document)
    with hall.host.executors["projects"].sessions() as session:
        for table in ("beneficiary", "person", "person_key", "outbox", "command_log"):
            rows = session.connection().exec_driver_sql(f"SELECT to_jsonb(t)::text FROM {table} t").scalars()
            assert not [one for one in rows if document in one or "演示居民丙" in one], table


def test_a_report_starts_from_what_activities_recorded(hall: Hall) -> None:
    hall.late_by(minutes=-5)
    for who in (WHO, SECOND):
        hall.step(hall.cso, "record_walk_in", **who)
    hall.late_by(hours=30)
    day = hall.starts_at.astimezone(clock.SHANGHAI).date()
    with hall.host.executors["projects"].sessions() as session:
        project = session.get_one(Project, hall.project_id)
        found = figures.figures_of(session, project, period_from=day, period_until=day)
        after = figures.figures_of(session, project, period_from=day + timedelta(1), period_until=day + timedelta(9))
    assert (found["activity_count"], found["beneficiary_count"]) == (1, 2)
    assert 0 < found["service_minutes"] <= 2 * (hall.ends_at - hall.starts_at).total_seconds() / 60
    assert (after["activity_count"], after["beneficiary_count"], after["service_minutes"]) == (0, 0, 0)


def test_nobody_counts_twice_over_activities_projects_and_the_register(hall: Hall) -> None:
    register(hall, **WHO)
    other = hall.plan()["activity_id"]
    hall.late_by(minutes=-5)
    for activity in (hall.activity_id, other):
        hall.step(hall.cso, "record_walk_in", activity_id=activity, **WHO)
        hall.step(hall.cso, "record_walk_in", activity_id=activity, name="只知其名（演示）")
    second = another_project(hall)
    hall.cso("projects.register_beneficiary", project_id=second, **WHO)
    hall.cso("projects.register_beneficiary", project_id=second, **SECOND)
    hall.do(hall.cso, "count_group", label="广场听众（演示）", estimated=80, basis="按座位数", activity_id=other)
    found = hall.counts()
    assert {name: found[name] for name in ("people", "registered", "attended", "unidentified", "estimated")} == {
        "people": 1,
        "registered": 1,
        "attended": 1,
        "unidentified": 2,
        "estimated": 80,
    }
    each = {one["activity_id"]: one for one in hall.do(hall.cso, "list_activity_counts")["items"]}
    assert [each[one]["people"] for one in (hall.activity_id, other)] == [1, 1]
    assert (each[other]["estimated"], each[hall.activity_id]["estimated"]) == (80, 0)
    everywhere = hall.bureau("projects.count_served_people")
    assert (everywhere["people"], everywhere["projects"]) == (2, 2)
    assert hall.bureau("projects.count_served_people", street_code=kit.ZHUHAI)["people"] == 2
    assert hall.bureau("projects.count_served_people", street_code=kit.CHANGJIANG)["people"] == 0
    with hall.host.executors["projects"].sessions() as session:
        round_id = session.get_one(Project, hall.project_id).round_id
        assert queries.counts(session, hall.project_id)["people"] == 1
    assert hall.bureau("projects.count_served_people", round_id=round_id)["people"] == 1
    both = hall.bureau("projects.count_served_people", round_id=round_id, street_code=kit.CHANGJIANG)
    assert (both["people"], both["projects"]) == (0, 0)
    neighbour = hall.caller("street_staff", street=kit.CHANGJIANG)
    assert neighbour("projects.count_served_people", street_code=kit.ZHUHAI)["people"] == 0


def test_volunteers_serve_and_are_not_served(hall: Hall) -> None:
    hall.late_by(minutes=-5)
    hall.come(hall.resident(), part="volunteer")
    assert hall.counts()["people"] == 0


def test_two_entries_of_one_person_are_merged_everywhere(hall: Hall) -> None:
    guest = hall.resident()
    hall.know(account_of(guest))
    hall.late_by(minutes=1)
    named = hall.step(hall.cso, "record_walk_in", **WHO)
    hall.late_by(minutes=9)
    came = hall.come(guest)
    kept = register(hall, account_id=account_of(guest))
    double = register(hall, **WHO, health=True, consent_by="self")
    assert hall.counts()["people"] == 2
    pair = {"beneficiary_id": kept["beneficiary_id"], "merged_id": double["beneficiary_id"]}
    merged = hall.do(hall.cso, "merge_beneficiaries", **pair)
    assert (merged["health"], merged["consent_by"]) == (True, "self")
    assert (hall.counts()["people"], hall.counts()["registered"], hall.counts()["attended"]) == (1, 1, 1)
    status = {one["attendance_id"]: one for one in hall.step(hall.cso, "list_attendances")["items"]}
    assert status[named["attendance_id"]]["status"] == "merged"
    assert status[came["attendance_id"]]["arrived_at"] == named["arrived_at"]
    with pytest.raises(ConflictError, match="beneficiary_state_conflict"):
        hall.do(hall.cso, "merge_beneficiaries", **pair)
    with pytest.raises(ConflictError, match="beneficiary_exists"):
        register(hall, **WHO)
    hall.at(hall.ends_at + timedelta(minutes=31))
    assert guest("projects.get_platform_record")["records"] == 1


def test_two_accounts_are_two_people(hall: Hall) -> None:
    made = []
    for _ in range(2):
        account = account_of(hall.resident())
        hall.know(account)
        made.append(register(hall, account_id=account, **WHO)["beneficiary_id"])
    assert hall.counts()["people"] == 2, "they share a name and a phone, as families do"
    with pytest.raises(ConflictError, match="beneficiaries_distinct"):
        hall.do(hall.cso, "merge_beneficiaries", beneficiary_id=made[0], merged_id=made[1])


def test_whoever_is_known_to_others_is_merged_by_who_oversees_them(hall: Hall) -> None:
    second = another_project(hall)
    kept, double = register(hall, **WHO), register(hall, **SECOND)
    with hall.host.executors["projects"].sessions.begin() as session:
        session.get_one(Project, second).organisation_id = other = ids.new_id("org")
    theirs = hall.caller("cso", organisation_id=other)
    theirs("projects.register_beneficiary", project_id=second, **SECOND)
    pair = {"beneficiary_id": kept["beneficiary_id"], "merged_id": double["beneficiary_id"]}
    with pytest.raises(ForbiddenError, match="beneficiary_merge_beyond"):
        hall.do(hall.cso, "merge_beneficiaries", **pair)
    assert hall.bureau("projects.count_served_people")["people"] == 2
    hall.do(hall.staff, "merge_beneficiaries", **pair)
    assert hall.bureau("projects.count_served_people")["people"] == 1


def test_who_is_erased_still_counts(hall: Hall) -> None:
    guest = hall.resident()
    hall.know(account_of(guest))
    hall.late_by(minutes=-5)
    hall.step(hall.cso, "record_walk_in", **WHO)
    made = register(hall, **WHO)
    register(hall, account_id=account_of(guest), **SECOND)
    gone = hall.do(hall.cso, "erase_beneficiary", beneficiary_id=made["beneficiary_id"])
    assert (gone["status"], gone["name"], gone["phone"]) == ("erased", None, None)
    with pytest.raises(ConflictError, match="beneficiary_state_conflict"):
        hall.do(hall.cso, "erase_beneficiary", beneficiary_id=made["beneficiary_id"])
    for _ in range(2):
        with hall.host.executors["projects"].system_session("erase", kit.DISTRICT) as session:
            handlers.erase_person(session, account_of(guest), _envelope(account_of(guest), hall))
    with hall.host.executors["projects"].sessions() as session:
        assert [(row.name, row.phone) for row in session.scalars(select(Beneficiary))] == [(None, None)] * 2
        assert session.scalar(select(func.count()).select_from(PersonKey)) == 0
        assert session.scalar(select(func.count()).select_from(Person)) == 2
    assert [one["name"] for one in hall.step(hall.cso, "list_attendances")["items"]] == [None]
    assert hall.counts()["people"] == 2
    with pytest.raises(InvalidError, match="beneficiary_unidentified"):
        register(hall, account_id=account_of(guest))
    with pytest.raises(InvalidError, match="walk_in_invalid"):
        hall.step(hall.cso, "record_walk_in", account_id=account_of(guest))


def _envelope(account_id: str, hall: Hall) -> Envelope:
    return Envelope(
        id=ids.new_id("evt"),
        name="account_erased",
        source="registry",
        subject=account_id,
        subject_version=9,
        district_code=kit.DISTRICT,
        occurred_at=hall.now(),
    )


def test_neighbours_see_nobody(hall: Hall) -> None:
    made = register(hall, **WHO)
    neighbour = hall.caller("street_staff", street=kit.CHANGJIANG)
    stranger = hall.caller("cso", organisation_id=ids.new_id("org"))
    for who in (neighbour, stranger):
        for verb, given in (
            ("list_beneficiaries", {}),
            ("get_beneficiary", {"beneficiary_id": made["beneficiary_id"]}),
            ("count_beneficiaries", {}),
            ("register_beneficiary", SECOND),
            ("erase_beneficiary", {"beneficiary_id": made["beneficiary_id"]}),
        ):
            with pytest.raises(NotFoundError, match="project_not_found"):
                hall.do(who, verb, **given)


def test_two_clerks_who_meet_a_person_at_once_meet_one(hall: Hall) -> None:
    projects = [another_project(hall) for _ in range(4)]
    start = threading.Barrier(len(projects))

    def meet(project_id: str) -> None:
        start.wait()
        hall.staff("projects.register_beneficiary", project_id=project_id, **WHO)

    threads = [threading.Thread(target=meet, args=(one,)) for one in projects]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    found = hall.bureau("projects.count_served_people")
    assert (found["people"], found["registered"]) == (1, 1)
    with hall.host.executors["projects"].sessions() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1
        assert session.scalar(select(func.count()).select_from(Beneficiary)) == len(projects)
