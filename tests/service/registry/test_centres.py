"""Centres: founding, hours by the holiday calendar, operating team, staffing, pilot, entrustment by an award."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from chassis import clock, ids
from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chassis.events import Envelope
from chassis.runtime.execute import translated
from chassis.runtime.inprocess import InProcessHost
from tests.kit import CHANGJIANG, DISTRICT, ZHUHAI
from tests.service.registry.cast import Cast, credit_code

NINE_TO_FIVE = [{"from": "09:00", "until": "17:00"}]
TODAY = clock.day_of(clock.system_now())


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def day(number: int) -> str:
    return (TODAY + timedelta(days=number)).isoformat()


def found(cast: Cast, **facts: Any) -> dict[str, Any]:
    asked = {
        "kind": "street",
        "street_code": ZHUHAI,
        "name": "珠海街道孵化中心（演示）",
        "level": "street",
        "founded_on": "2024-05-01",
        "address": "演示路 1 号",
        "hours": {"workday": NINE_TO_FIVE},
        "services": [{"code": "consultation", "title": "政策咨询", "channel": "both"}],
    }
    return cast.bureau("registry.found_centre", **{**asked, **facts})  # type: ignore[no-any-return]


def team(cast: Cast, name: str = "专业运营社（演示）") -> dict[str, Any]:
    return cast.bureau(  # type: ignore[no-any-return]
        "registry.register_organisation",
        name=name,
        kind="social_work",
        legal_tier="registered",
        uscc=credit_code(),
        street_code=ZHUHAI,
    )


def test_a_street_has_one_centre_and_the_district_one_park(cast: Cast) -> None:
    centre = found(cast)
    assert (centre["status"], centre["operator"], centre["staffing"]) == ("preparing", None, {})
    with pytest.raises(ConflictError, match="centre_exists"):
        found(cast)
    park = _park(cast)
    with pytest.raises(ConflictError, match="centre_exists"):
        _park(cast)
    with pytest.raises(InvalidError, match="centre_place_invalid"):
        found(cast, kind="park")
    assert found(cast, street_code=CHANGJIANG)["street_code"] == CHANGJIANG
    seen = {row["centre_id"] for row in cast.street("registry.list_centres")["items"]}
    assert seen == {centre["centre_id"], park["centre_id"]}
    with pytest.raises(NotFoundError):
        cast.other_street("registry.get_centre", centre_id=centre["centre_id"])
    cast.bureau("registry.close_centre", centre_id=centre["centre_id"], reason="迁址")
    again = found(cast)
    assert again["centre_id"] != centre["centre_id"]
    with pytest.raises(ConflictError, match="centre_state_conflict"):
        cast.bureau("registry.change_centre", centre_id=centre["centre_id"], name="新名")


def _park(cast: Cast) -> dict[str, Any]:
    asked = {"kind": "park", "name": "中心园区（演示）", "level": "district", "founded_on": "2023-01-01"}
    hours = {"workday": NINE_TO_FIVE}
    return cast.bureau(  # type: ignore[no-any-return]
        "registry.found_centre", **asked, address="演示路 2 号", hours=hours
    )


def test_a_centre_is_open_by_the_holiday_calendar(cast: Cast) -> None:
    here = {"centre_id": found(cast)["centre_id"]}
    asked = {**here, "from_on": "2025-01-25", "until_on": "2025-01-29"}
    before = cast.street("registry.get_centre_days", **asked)["items"]
    assert [row["spans"] for row in before] == [[]] * 5  # not open yet
    cast.street("registry.open_centre", **here)
    rows = {row["day"]: row for row in cast.street("registry.get_centre_days", **asked)["items"]}
    assert rows["2025-01-26"]["spans"] == NINE_TO_FIVE  # a Sunday that was worked, before the Spring Festival
    assert (rows["2025-01-28"]["spans"], rows["2025-01-28"]["workday"]) == ([], False)
    far = cast.street("registry.get_centre_days", **here, from_on="2080-01-05", until_on="2080-01-05")["items"]
    assert not far[0]["confirmed"]
    named = {"workday": NINE_TO_FIVE, "exceptions": [{"on": "2025-01-28", "spans": NINE_TO_FIVE, "note": "除夕值守"}]}
    cast.street("registry.change_centre", **here, hours=named)
    rows = {row["day"]: row for row in cast.street("registry.get_centre_days", **asked)["items"]}
    assert (rows["2025-01-28"]["spans"], rows["2025-01-28"]["note"]) == (NINE_TO_FIVE, "除夕值守")
    with pytest.raises(InvalidError, match="occupancy_period_invalid"):
        cast.street("registry.get_centre_days", **{**asked, "until_on": "2025-03-29"})


def test_one_team_operates_a_centre_at_a_time(cast: Cast) -> None:
    here = {"centre_id": found(cast)["centre_id"]}
    first, second = team(cast), team(cast, "另一家运营社（演示）")
    contract = {**here, "title": "运营服务合同（演示）", "from_on": day(-10), "until_on": day(100)}
    view = cast.bureau("registry.contract_operator", **contract, organisation_id=first["organisation_id"])
    assert view["operator"]["organisation_id"] == first["organisation_id"]
    later = {**contract, "organisation_id": second["organisation_id"], "from_on": day(100), "until_on": day(300)}
    with pytest.raises(ConflictError, match="operator_overlaps"):
        cast.bureau("registry.contract_operator", **later)
    ended = {**here, "operator_id": view["operator"]["operator_id"], "until_on": day(99), "reason": "协商解除"}
    cast.bureau("registry.end_operator_contract", **ended)
    with pytest.raises(ConflictError, match="operator_ended"):
        cast.bureau("registry.end_operator_contract", **{**ended, "until_on": day(98)})
    cast.bureau("registry.contract_operator", **later)
    cast.wait(100)
    shown = cast.street("registry.get_centre", **here)
    assert shown["operator"]["organisation_id"] == second["organisation_id"]
    rows = cast.street("registry.list_centre_operators", **here)["items"]
    assert [row["status"] for row in rows] == ["agreed", "ended"]
    cast.bureau("registry.contract_operator", **{**later, "from_on": day(301), "until_on": day(400)})
    never = cast.street("registry.list_centre_operators", **here)["items"][0]
    gone = {**here, "operator_id": never["operator_id"], "until_on": day(300), "reason": "未履行"}
    cast.bureau("registry.end_operator_contract", **gone)
    assert cast.street("registry.list_centre_operators", **here)["items"][0]["status"] == "annulled"
    with pytest.raises(InvalidError, match="period_invalid"):
        cast.bureau("registry.contract_operator", **{**later, "from_on": day(500), "until_on": day(499)})


def test_people_work_at_a_centre_from_and_until(cast: Cast) -> None:
    here = {"centre_id": found(cast)["centre_id"]}
    account = cast.account("street_staff", "desk-1", street_codes=[ZHUHAI])["account_id"]
    stranger = cast.account("street_staff", "desk-2", street_codes=[CHANGJIANG])["account_id"]
    post = {**here, "account_id": account, "post": "reception", "from_on": day(0)}
    assert cast.street("registry.fill_centre_post", **post)["staffing"] == {"reception": 1}
    with pytest.raises(ConflictError, match="post_overlaps"):
        cast.street("registry.fill_centre_post", **{**post, "from_on": day(50)})
    with pytest.raises(InvalidError, match="post_account_invalid"):
        cast.street("registry.fill_centre_post", **{**post, "account_id": stranger})
    rows = cast.street("registry.list_centre_posts", **here, on=day(10))["items"]
    end = {**here, "post_id": rows[0]["post_id"], "until_on": day(5)}
    cast.street("registry.end_centre_post", **end)
    with pytest.raises(ConflictError, match="post_ended"):
        cast.street("registry.end_centre_post", **{**end, "until_on": day(6)})
    assert cast.street("registry.list_centre_posts", **here, on=day(6))["items"] == []
    cast.street("registry.fill_centre_post", **{**post, "from_on": day(6)})
    with pytest.raises(ForbiddenError):
        cast.cso(cast.organisation())("registry.fill_centre_post", **post)
    with pytest.raises(NotFoundError):
        cast.other_street("registry.fill_centre_post", **post)


def test_a_street_becomes_a_pilot_once(cast: Cast) -> None:
    here = {"centre_id": found(cast)["centre_id"]}
    assert cast.bureau("registry.name_pilot_centre", **here, pilot_since=day(0))["pilot_since"] == day(0)
    with pytest.raises(ConflictError, match="centre_pilot_named"):
        cast.bureau("registry.name_pilot_centre", **here, pilot_since=day(1))
    park = _park(cast)
    with pytest.raises(InvalidError, match="centre_place_invalid"):
        cast.bureau("registry.name_pilot_centre", centre_id=park["centre_id"], pilot_since=day(0))


def tell(cast: Cast, name: str, version: int, subject: str, **payload: Any) -> None:
    """Projects says so, twice."""
    envelope = Envelope(
        id=ids.new_id("evt"),
        name=name,
        source="projects",
        subject=subject,
        subject_version=version,
        district_code=DISTRICT,
        occurred_at=clock.system_now(),
        payload=payload,
    )
    for _ in range(2):
        cast.host.executors["registry"].handle(envelope)


def awarded(cast: Cast, hub_id: str) -> str:
    award = ids.new_id("awd")
    proposal = ids.new_id("prp")
    tell(
        cast,
        "proposal_awarded",
        1,
        proposal,
        proposal_id=proposal,
        round_id=ids.new_id("rnd"),
        award_id=award,
        organisation_id=hub_id,
        title="街道孵化（演示）",
        amount_fen=100,
    )
    return award


def ended(cast: Cast, award: str) -> None:
    tell(cast, "award_closed", 2, award, award_id=award, status="terminated", released_fen=0)


def test_a_hub_is_entrusted_with_a_street_by_its_award(cast: Cast) -> None:
    cast.hub()
    hub = cast.made["hub"]["organisation_id"]
    award = awarded(cast, hub)
    ask = {"street_code": ZHUHAI, "hub_id": hub, "award_id": award, "from_on": day(0), "until_on": day(364)}
    entrusted = cast.bureau("registry.entrust_hub", **ask)
    assert (entrusted["status"], entrusted["award_id"]) == ("agreed", award)
    assert entrusted["round_id"] is not None
    with pytest.raises(ConflictError, match="entrustment_overlaps"):
        cast.bureau("registry.entrust_hub", **{**ask, "from_on": day(364), "until_on": day(700)})
    assert cast.bureau("registry.entrust_hub", **{**ask, "street_code": CHANGJIANG})["status"] == "agreed"
    here = {"entrustment_id": entrusted["entrustment_id"]}
    with pytest.raises(NotFoundError):
        cast.other_street("registry.get_entrustment", **here)
    rows = cast.street("registry.list_entrustments", on=day(30))["items"]
    assert [row["street_code"] for row in rows] == [ZHUHAI]
    over = cast.bureau("registry.end_entrustment", **here, until_on=day(10), reason="项目终止")
    assert (over["status"], over["until_on"]) == ("ended", day(10))
    with pytest.raises(ConflictError, match="entrustment_ended"):
        cast.bureau("registry.end_entrustment", **here, until_on=day(9), reason="再次")
    assert cast.street("registry.list_entrustments", on=day(30))["items"] == []


def test_only_an_award_of_its_own_that_stands_entrusts_a_hub(cast: Cast) -> None:
    cast.hub()
    hub = cast.made["hub"]["organisation_id"]
    other = team(cast)["organisation_id"]
    ask = {"street_code": ZHUHAI, "hub_id": hub, "from_on": day(0), "until_on": day(1)}
    gone, foreign, early = awarded(cast, hub), awarded(cast, other), ids.new_id("awd")
    ended(cast, gone)
    ended(cast, early)  # heard of before the award itself
    for award in (gone, foreign, early, ids.new_id("awd")):
        with pytest.raises(ConflictError, match="entrustment_award_invalid"):
            cast.bureau("registry.entrust_hub", **ask, award_id=award)
    with pytest.raises(InvalidError, match="organisation_hub_invalid"):
        cast.bureau("registry.entrust_hub", **{**ask, "hub_id": other}, award_id=foreign)


def test_what_stands_in_the_database_never_overlaps(cast: Cast) -> None:
    """The constraints themselves, past every rule in code."""
    cast.hub()
    hub = cast.made["hub"]["organisation_id"]
    first = {"street_code": ZHUHAI, "hub_id": hub, "award_id": awarded(cast, hub)}
    cast.bureau("registry.entrust_hub", **first, from_on=day(0), until_on=day(10))
    cast.bureau("registry.entrust_hub", **first, from_on=day(11), until_on=day(20))
    engine = cast.host.executors["registry"].sessions.kw["bind"]
    earlier = text("UPDATE entrustment SET from_on = :day WHERE from_on = :start")
    days = {"day": date.fromisoformat(day(10)), "start": date.fromisoformat(day(11))}
    with engine.begin() as connection, pytest.raises(IntegrityError, match="ex_entrustment_days"):
        connection.execute(earlier, days)
    with engine.begin() as connection, pytest.raises(ConflictError, match="row_exists"), translated():
        connection.execute(earlier, days)
