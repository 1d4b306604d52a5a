"""Sums in SQL agree with the rules in Python, whoever was where and when: hours by union, people by identity."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from services.projects.activities.models import Activity
from services.projects.attendance import domain
from services.projects.attendance import queries as attendance
from services.projects.attendance.models import Attendance
from services.projects.beneficiaries import queries as beneficiaries
from services.projects.beneficiaries.models import Beneficiary
from services.projects.identities.models import Person
from tests import kit
from tests.service.projects.activity_hall import Hall

START = datetime(2026, 5, 10, 6, 0, tzinfo=UTC)
PEOPLE = st.none() | st.integers(0, 4)
SPAN = st.tuples(st.integers(0, 300), st.integers(0, 300)).map(sorted)
CAME = st.tuples(PEOPLE, SPAN, st.sampled_from(("participant", "volunteer")), st.sampled_from(("present", "void")))


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    """Filled by the first example: a project per module is enough, rows are rolled back."""
    return {}


def place(**more: Any) -> dict[str, Any]:
    return {"district_code": kit.DISTRICT, "street_code": kit.ZHUHAI, **more}


def people(session: Session) -> list[str]:
    """Five."""
    rows = [Person(**place(met_at=START)) for _ in range(5)]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def activities(session: Session, hall: Hall, number: int) -> list[str]:
    """So many activities of the project, so that one person can have many records."""
    rows = [
        Activity(
            **place(project_id=hall.project_id, organisation_id=hall.organisation_id, created_at=START),
            title="演示",
            kind="class",
            place="演示",
            starts_at=START,
            ends_at=START + timedelta(hours=5),
            walk_ins=True,
            status="held",
            secret="s",
        )
        for _ in range(number)
    ]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def store(session: Session, hall: Hall, came: list[Any]) -> list[str]:
    """One record per activity."""
    known = people(session)
    for activity_id, (who, (begin, end), part, status) in zip(activities(session, hall, len(came)), came, strict=True):
        session.add(
            Attendance(
                **place(project_id=hall.project_id, organisation_id=hall.organisation_id, created_at=START),
                activity_id=activity_id,
                person_id=None if who is None else known[who],
                part=part,
                method="gate",
                walk_in=True,
                late=False,
                status=status,
                arrived_at=START,
                credited_from=START + timedelta(minutes=begin),
                credited_until=START + timedelta(minutes=end),
                minutes=end - begin,
            )
        )
    session.flush()
    return known


def hall_of(made: dict[str, Any]) -> Hall:
    if "hall" not in made:
        made["hall"] = Hall()
    found: Hall = made["hall"]
    return found


@pytest.mark.usefixtures("trail_key")
@settings(max_examples=30)
@given(came=st.lists(CAME, max_size=10))
def test_minutes_of_an_organisation_are_the_unions_of_its_people(made: dict[str, Any], came: list[Any]) -> None:
    hall = hall_of(made)
    with hall.host.executors["projects"].sessions() as session:
        store(session, hall, came)
        where = [Attendance.organisation_id == hall.organisation_id, *attendance.counting(None, None)]
        spans: dict[Any, list[domain.Interval]] = {}
        for number, (who, (begin, end), _, status) in enumerate(came):
            if status == "present":
                span = (START + timedelta(minutes=begin), START + timedelta(minutes=end))
                spans.setdefault(f"nobody {number}" if who is None else who, []).append(span)
        wanted = sum(domain.union_minutes(mine) for mine in spans.values())
        assert attendance.minutes_of(session, where) == wanted
        assert attendance.record_of(session, where)["people"] == len(spans)
        session.rollback()


@pytest.mark.usefixtures("trail_key")
@settings(max_examples=30)
@given(came=st.lists(CAME, max_size=8), registered=st.sets(st.integers(0, 4)), gone=st.sets(st.integers(0, 4)))
def test_people_are_counted_once_whatever_they_are_in(
    made: dict[str, Any], came: list[Any], registered: set[int], gone: set[int]
) -> None:
    hall = hall_of(made)
    with hall.host.executors["projects"].sessions() as session:
        known = store(session, hall, came)
        for who in registered:
            session.add(
                Beneficiary(
                    **place(project_id=hall.project_id, organisation_id=hall.organisation_id, created_at=START),
                    person_id=known[who],
                    health=False,
                    under_14=False,
                    status="erased" if who in gone else "active",
                )
            )
        session.flush()
        served = [who for who, _, part, status in came if part == "participant" and status == "present"]
        found = beneficiaries.counts(session, hall.project_id)
        attended = {who for who in served if who is not None}
        assert found["people"] == len(attended | registered)
        assert (found["attended"], found["registered"]) == (len(attended), len(registered))
        assert found["unidentified"] == served.count(None)
        session.rollback()
