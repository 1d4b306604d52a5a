"""Rooms and desks: the rules of the base, approval, no-shows, and no double booking whatever happens at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from chassis import clock, ids
from chassis.errors import ConflictError, FootprintError, ForbiddenError, InvalidError, NotFoundError
from chassis.runtime.inprocess import InProcessHost
from services.registry.base import domain
from services.registry.base.models import Booking
from tests.kit import CHANGJIANG, ZHUHAI, Caller, actor
from tests.service.registry.cast import Cast

ALWAYS = [{"from": "00:00", "until": "24:00"}]
DAY = timedelta(days=1)


@pytest.fixture
def cast(host: InProcessHost) -> Iterator[Cast]:
    made = Cast(host)
    made.made["centre"] = centre(made)
    yield made
    no_two_bookings_share_an_instant(host.executors["registry"].sessions.kw["bind"])


def centre(cast: Cast, street: str | None = ZHUHAI, **facts: Any) -> dict[str, Any]:
    """A centre that is open day and night."""
    found = cast.bureau(
        "registry.found_centre",
        **{
            "kind": "street" if street else "park",
            "name": "珠海街道孵化中心（演示）",
            "level": "street" if street else "district",
            "founded_on": "2024-05-01",
            "address": "演示路 1 号",
            "hours": {"workday": ALWAYS, "restday": ALWAYS},
            **({"street_code": street} if street else {}),
            **facts,
        },
    )
    return cast.bureau("registry.open_centre", centre_id=found["centre_id"])  # type: ignore[no-any-return]


def room(cast: Cast, name: str = "路演厅", **facts: Any) -> dict[str, Any]:
    asked = {"centre_id": cast.made["centre"]["centre_id"], "kind": "room", "capacity": 20, **facts}
    return cast.street("registry.add_space", name=name, **asked)  # type: ignore[no-any-return]


def at(cast: Cast, days: int, hour: int, minute: int = 0) -> datetime:
    """An instant on the district's clock, Shanghai time."""
    now = datetime.fromisoformat(cast.admin("registry.get_clock")["now"])
    return (now.astimezone(clock.SHANGHAI) + days * DAY).replace(hour=hour, minute=minute, second=0, microsecond=0)


def book(who: Caller, space: dict[str, Any], start: datetime, minutes: int = 60, **facts: Any) -> dict[str, Any]:
    asked = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(minutes=minutes)).isoformat()}
    return who(  # type: ignore[no-any-return]
        "registry.book_space", space_id=space["space_id"], purpose="议事会", **asked, **facts
    )


def until(cast: Cast, instant: datetime) -> None:
    """Let the district's clock reach an instant."""
    now = datetime.fromisoformat(cast.admin("registry.get_clock")["now"])
    cast.admin("registry.advance_clock", seconds=int((instant - now).total_seconds()) + 1)
    cast.host.settle()


def no_two_bookings_share_an_instant(engine: Engine) -> None:
    with Session(engine) as session:
        rows = list(session.scalars(select(Booking).where(Booking.status.in_(domain.HOLDING))))
    for row in rows:
        others = [one for one in rows if one.space_id == row.space_id and one.id != row.id]
        assert all(one.ends_at <= row.starts_at or row.ends_at <= one.starts_at for one in others)


def test_a_room_is_booked_used_and_free_again(cast: Cast) -> None:
    space, cso = room(cast), cast.cso(cast.organisation())
    start = at(cast, 1, 9)
    booking = book(cso, space, start)
    assert booking["status"] == "booked"
    with pytest.raises(ConflictError, match="booking_taken"):
        book(cast.street, space, start + timedelta(minutes=30))
    assert book(cast.street, space, start + timedelta(minutes=60))["status"] == "booked"
    here = {"booking_id": booking["booking_id"]}
    with pytest.raises(ConflictError, match="booking_not_started"):
        cso("registry.check_in_booking", **here)
    until(cast, start)
    assert cso("registry.check_in_booking", **here)["status"] == "in_use"
    until(cast, start + timedelta(hours=1))
    assert cso("registry.get_booking", **here)["status"] == "finished"
    with pytest.raises(ConflictError, match="booking_state_conflict"):
        cso("registry.cancel_booking", **here, reason="不用了")


def test_who_does_not_come_frees_the_room_and_is_barred_after_too_many(cast: Cast) -> None:
    cast.bureau("registry.set_policy", key="base_no_shows", value=1)
    space, cso = room(cast), cast.cso(cast.organisation())
    start = at(cast, 1, 9)
    booking = book(cso, space, start, 120)
    until(cast, start + timedelta(minutes=16))
    assert cso("registry.get_booking", booking_id=booking["booking_id"])["status"] == "no_show"
    with pytest.raises(ConflictError, match="booking_state_conflict"):
        cso("registry.check_in_booking", booking_id=booking["booking_id"])
    assert book(cast.street, space, start + timedelta(minutes=30), 90)["status"] == "booked"
    with pytest.raises(ConflictError, match="booking_barred"):
        book(cso, space, at(cast, 2, 9))
    cast.wait(91)
    assert book(cso, space, at(cast, 2, 9))["status"] == "booked"


def test_a_room_that_needs_approval_waits_for_its_keeper_and_lapses_without(cast: Cast) -> None:
    space, cso = room(cast, needs_approval=True), cast.cso(cast.organisation())
    first, second, third = (book(cso, space, at(cast, 1, hour)) for hour in (9, 11, 14))
    assert first["status"] == "requested"
    with pytest.raises(ForbiddenError):
        cso("registry.approve_booking", booking_id=first["booking_id"])
    with pytest.raises(NotFoundError):
        cast.other_street("registry.approve_booking", booking_id=first["booking_id"])
    assert cast.street("registry.approve_booking", booking_id=first["booking_id"])["status"] == "booked"
    declined = cast.street("registry.decline_booking", booking_id=second["booking_id"], reason="另有安排")
    assert (declined["status"], declined["reason"]) == ("declined", "另有安排")
    until(cast, at(cast, 1, 14))
    assert cso("registry.get_booking", booking_id=third["booking_id"])["status"] == "lapsed"
    own = book(cast.street, space, at(cast, 1, 9))
    assert own["status"] == "booked"


def test_the_rules_of_the_base_are_policy(cast: Cast) -> None:
    space, cso = room(cast, capacity=5), cast.cso(cast.organisation())
    with pytest.raises(InvalidError, match="booking_too_many_people"):
        book(cso, space, at(cast, 1, 9), people=6)
    cast.bureau("registry.set_policy", key="base_booking_days_ahead", value=1)
    with pytest.raises(InvalidError, match="booking_too_early"):
        book(cso, space, at(cast, 2, 9))
    cast.bureau("registry.set_policy", key="base_booking_minutes", value=30)
    with pytest.raises(InvalidError, match="booking_too_long"):
        book(cso, space, at(cast, 1, 9))
    cast.bureau("registry.set_policy", key="base_bookings_open", value=1)
    book(cso, space, at(cast, 1, 9), 30)
    with pytest.raises(ConflictError, match="booking_limit"):
        book(cso, space, at(cast, 1, 10), 30)
    cast.bureau("registry.set_policy", key="base_booking_roles", value=["hub"])
    with pytest.raises(ForbiddenError, match="booking_role_forbidden"):
        book(cso, space, at(cast, 1, 11), 30)


def test_nothing_is_booked_while_the_room_or_its_centre_is_closed(cast: Cast) -> None:
    space, cso = room(cast), cast.cso(cast.organisation())
    here = {"centre_id": cast.made["centre"]["centre_id"]}
    hours = {"workday": [{"from": "09:00", "until": "17:00"}], "restday": [{"from": "09:00", "until": "17:00"}]}
    closed_on = at(cast, 2, 9).date().isoformat()
    exceptions = [{"on": closed_on, "note": "消防检修"}]
    cast.street("registry.change_centre", **here, hours={**hours, "exceptions": exceptions})
    book(cso, space, at(cast, 1, 16))
    for start in (at(cast, 1, 8, 30), at(cast, 1, 16, 30), at(cast, 2, 10)):
        with pytest.raises(ConflictError, match=r"booking_(closed_hours|taken)"):
            book(cso, space, start)
    cast.street("registry.change_space", space_id=space["space_id"], status="closed")
    with pytest.raises(ConflictError, match="space_closed"):
        book(cso, space, at(cast, 1, 10))
    with pytest.raises(ConflictError, match="space_state_conflict"):
        cast.street("registry.change_space", space_id=space["space_id"], status="closed")
    cast.street("registry.change_space", space_id=space["space_id"], status="open")
    cast.street("registry.suspend_centre", **here, reason="装修")
    with pytest.raises(ConflictError, match="booking_closed_hours"):
        book(cso, space, at(cast, 1, 10))


def test_at_once_one_of_many_gets_the_room(cast: Cast) -> None:
    space = room(cast)
    people = [Caller(cast.host, actor("street_staff", streets=[ZHUHAI])) for _ in range(8)]
    start = at(cast, 3, 9)

    def ask(number: int) -> str:
        try:
            return str(book(people[number], space, start + timedelta(minutes=15 * (number % 3)))["status"])
        except FootprintError as refused:
            return str(refused.code)

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(ask, range(8)))
    assert answers == ["booked", *["booking_taken"] * 7]


def test_the_database_itself_refuses_what_two_writers_insert_at_once(cast: Cast) -> None:
    space = room(cast)
    other = room(cast, "培训教室")
    engine = cast.host.executors["registry"].sessions.kw["bind"]
    start = at(cast, 5, 9)
    with Session(engine) as session:
        numbers = dict(session.execute(text("SELECT name, number FROM base_space")).all())

    def insert(number: int) -> str:
        of = (other, numbers["培训教室"]) if number == 7 else (space, numbers["路演厅"])
        row = Booking(
            district_code="370211",
            street_code=ZHUHAI,
            space_id=of[0]["space_id"],
            space_number=of[1],
            centre_id=cast.made["centre"]["centre_id"],
            account_id=ids.new_id("acc"),
            starts_at=start + timedelta(minutes=number),
            ends_at=start + timedelta(minutes=number + 30),
            no_show_at=start,
            purpose="并发",
            people=1,
            status="booked",
            created_at=start,
        )
        try:
            with Session(engine) as session, session.begin():
                session.add(row)
        except (IntegrityError, OperationalError) as refused:  # each may wait for the other: then one is a deadlock
            return str(getattr(refused.orig, "pgcode", ""))
        return "in"

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(insert, range(8)))
    assert answers[7] == "in"  # another room
    assert answers[:7].count("in") == 1
    assert set(answers) <= {"in", "23P01", "40P01"}


def test_occupancy_is_told_per_day_and_room_and_for_the_base(cast: Cast) -> None:
    cast.bureau("registry.set_policy", key="case_base_capacity", value=4)
    space, cso = room(cast), cast.cso(cast.organisation())
    desk = room(cast, "工位 1", kind="desk", capacity=1)
    start = at(cast, 1, 9)
    book(cso, space, start, 180)
    missed = book(cso, desk, start, 60)
    until(cast, start + timedelta(minutes=20))
    assert cso("registry.get_booking", booking_id=missed["booking_id"])["status"] == "no_show"
    day = start.date().isoformat()
    asked = {"centre_id": cast.made["centre"]["centre_id"], "from_on": day, "until_on": day}
    rows = {row["name"]: row["days"][0] for row in cast.street("registry.list_space_occupancy", **asked)["items"]}
    assert rows["路演厅"]["open_minutes"] == 1440
    # nobody checked in to the long one either: 15 minutes of grace have passed
    assert (rows["路演厅"]["booked_minutes"], rows["路演厅"]["missed_minutes"]) == (0, 180)
    assert (rows["工位 1"]["booked_minutes"], rows["工位 1"]["missed_minutes"]) == (0, 60)
    second = book(cso, space, start + timedelta(hours=1), 144 - 144 % 15)
    rows = {row["name"]: row["days"][0] for row in cast.street("registry.list_space_occupancy", **asked)["items"]}
    assert rows["路演厅"]["booked_minutes"] == 135
    assert rows["路演厅"]["percent"] == pytest.approx(9.4)
    slots = cso("registry.list_space_slots", space_id=space["space_id"], from_on=day, until_on=day)["items"]
    assert [slot["starts_at"] for slot in slots] == [second["starts_at"]]
    cast.case_under_notice(cast.organisation("第二家（演示）"))
    full = cast.street("registry.get_base_occupancy")
    assert full == {"capacity": 4, "onsite": 1, "offsite": 0, "free": 3, "percent": 25.0}
    with pytest.raises(InvalidError, match="occupancy_period_invalid"):
        cast.street("registry.list_space_occupancy", **{**asked, "until_on": "2200-01-01"})


def test_another_street_sees_neither_room_nor_booking_and_an_organisation_only_its_own(cast: Cast) -> None:
    space, cso = room(cast), cast.cso(cast.organisation())
    booking = book(cso, space, at(cast, 1, 9))
    neighbour = cast.cso(cast.organisation("邻街组织（演示）", street=CHANGJIANG))
    for who in (cast.other_street, neighbour):
        with pytest.raises(NotFoundError):
            who("registry.get_space", space_id=space["space_id"])
        with pytest.raises(NotFoundError):
            who("registry.get_booking", booking_id=booking["booking_id"])
        with pytest.raises(NotFoundError):
            book(who, space, at(cast, 1, 12))
        assert who("registry.list_bookings")["items"] == []
    colleague = cast.cso(cast.organisation("同街组织（演示）"))
    assert colleague("registry.list_bookings")["items"] == []
    assert len(cast.street("registry.list_bookings", on=at(cast, 1, 9).date().isoformat())["items"]) == 1
    assert cast.street("registry.list_bookings", on=at(cast, 2, 9).date().isoformat())["items"] == []


def test_the_park_is_booked_by_every_street_and_kept_by_the_district(cast: Cast) -> None:
    park = centre(cast, None, name="中心园区（演示）")
    with pytest.raises(ForbiddenError):
        cast.street("registry.add_space", centre_id=park["centre_id"], kind="room", name="多功能厅", capacity=50)
    hall = cast.specialist(
        "registry.add_space",
        centre_id=park["centre_id"],
        kind="room",
        name="多功能厅",
        capacity=50,
        needs_approval=True,
    )
    neighbour = cast.cso(cast.organisation("邻街组织（演示）", street=CHANGJIANG))
    booking = book(neighbour, hall, at(cast, 1, 9))
    assert (booking["status"], booking["street_code"]) == ("requested", CHANGJIANG)
    with pytest.raises(NotFoundError):
        cast.street("registry.get_booking", booking_id=booking["booking_id"])
    with pytest.raises(ForbiddenError):
        cast.other_street("registry.approve_booking", booking_id=booking["booking_id"])
    assert cast.specialist("registry.approve_booking", booking_id=booking["booking_id"])["status"] == "booked"
