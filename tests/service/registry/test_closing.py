"""What hangs on an organisation that is closed, what a closed one still does, and dates and words that cannot be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chassis import clock
from chassis.errors import ConflictError, InvalidError
from chassis.runtime.inprocess import InProcessHost
from tests.kit import ZHUHAI
from tests.service.registry import test_centres as centres
from tests.service.registry.cast import Cast

TODAY = clock.day_of(clock.system_now())
ALWAYS = [{"from": "00:00", "until": "24:00"}]
GONE = {"status": "closed", "reason": "注销"}


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def close(cast: Cast, organisation_id: str) -> Any:
    return cast.bureau("registry.change_organisation", organisation_id=organisation_id, **GONE)


def refusal(cast: Cast, organisation_id: str) -> dict[str, Any]:
    with pytest.raises(ConflictError, match="organisation_in_use") as refused:
        close(cast, organisation_id)
    return refused.value.details


def test_an_organisation_with_a_case_under_way_is_not_closed(cast: Cast) -> None:
    organisation = cast.organisation()
    case = cast.case_in_review(organisation)
    assert refusal(cast, organisation["organisation_id"]) == {"open_cases": 1}
    renamed = {"organisation_id": organisation["organisation_id"], "introduction": "邻里互助", "reason": "补充"}
    assert cast.bureau("registry.change_organisation", **renamed)["status"] == "active"
    cast.specialist("registry.reject_case", case_id=case["case_id"], reason="已注销")
    assert close(cast, organisation["organisation_id"])["status"] == "closed"


def test_a_hub_hands_over_whom_it_looks_after_and_its_streets_before_it_is_closed(cast: Cast) -> None:
    cast.hub()
    hub_id = cast.made["hub"]["organisation_id"]
    cared = cast.organisation(hub_id=hub_id)
    gone = cast.organisation("已注销的社（演示）", hub_id=hub_id)
    close(cast, gone["organisation_id"])
    assert refusal(cast, hub_id) == {"in_care": 1}
    cast.bureau("registry.change_organisation", organisation_id=cared["organisation_id"], hub_id=None, reason="移交")
    street = {"street_code": ZHUHAI, "hub_id": hub_id, "award_id": centres.awarded(cast, hub_id), "goals": "孵化十家"}
    entrusted = cast.bureau(
        "registry.entrust_hub", **street, from_on=TODAY.isoformat(), until_on=(TODAY + timedelta(days=99)).isoformat()
    )
    assert refusal(cast, hub_id) == {"entrusted_streets": 1}
    cast.bureau(
        "registry.end_entrustment",
        entrustment_id=entrusted["entrustment_id"],
        until_on=(TODAY - timedelta(days=1)).isoformat(),
        reason="提前结束",
    )
    assert close(cast, hub_id)["status"] == "closed"


def test_nothing_new_begins_with_an_organisation_that_is_closed(cast: Cast) -> None:
    organisation = cast.organisation()
    here = {"organisation_id": organisation["organisation_id"]}
    close(cast, here["organisation_id"])
    with pytest.raises(ConflictError, match="organisation_closed"):
        cast.street("registry.plan_visit", **here, planned_on=TODAY.isoformat(), topic="督导")
    with pytest.raises(ConflictError, match="organisation_closed"):
        cast.cso(organisation)("registry.ask_consultation", topic="tax", question="如何开票？")
    with pytest.raises(InvalidError, match="organisation_closed"):
        cast.account("cso", "of-nobody", **here)
    team = centres.team(cast)
    close(cast, team["organisation_id"])
    centre = centres.found(cast, hours={"workday": ALWAYS, "restday": ALWAYS})
    term = {"from_on": TODAY.isoformat(), "until_on": (TODAY + timedelta(days=30)).isoformat(), "title": "运营合同"}
    with pytest.raises(ConflictError, match="organisation_closed"):
        cast.bureau(
            "registry.contract_operator",
            centre_id=centre["centre_id"],
            organisation_id=team["organisation_id"],
            **term,
        )
    space = cast.street("registry.add_space", centre_id=centre["centre_id"], kind="room", name="会议室", capacity=9)
    cast.bureau("registry.open_centre", centre_id=centre["centre_id"])
    day = TODAY + timedelta(days=2)
    with pytest.raises(ConflictError, match="organisation_closed"):
        cast.street(
            "registry.book_space",
            space_id=space["space_id"],
            starts_at=f"{day}T10:00:00+08:00",
            ends_at=f"{day}T11:00:00+08:00",
            purpose="议事会",
            **here,
        )


def test_a_closed_hub_takes_no_seed_group_into_its_care(cast: Cast) -> None:
    cast.hub()
    hub_id = cast.made["hub"]["organisation_id"]
    close(cast, hub_id)
    with pytest.raises(InvalidError, match="organisation_hub_invalid"):
        cast.street("registry.start_seed_group", name="邻里互助组（演示）", street_code=ZHUHAI, hub_id=hub_id)


def test_nobody_was_founded_in_the_future(cast: Cast) -> None:
    tomorrow = (TODAY + timedelta(days=2)).isoformat()
    with pytest.raises(InvalidError, match="organisation_founded_ahead"):
        cast.organisation(founded_on=tomorrow)
    made = cast.organisation(founded_on=TODAY.isoformat())
    with pytest.raises(InvalidError, match="organisation_founded_ahead"):
        cast.bureau(
            "registry.change_organisation", organisation_id=made["organisation_id"], founded_on=tomorrow, reason="更正"
        )


@pytest.mark.parametrize("key", ["escalation_roles", "base_booking_roles", "credit_breach_kinds"])
def test_a_list_of_the_policies_takes_only_words_that_mean_something(cast: Cast, key: str) -> None:
    shown = {one["key"]: one for one in cast.bureau("registry.list_policies")["items"]}
    choices = shown[key]["choices"]
    assert set(shown[key]["value"]) <= set(choices)
    with pytest.raises(InvalidError, match="policy_value_invalid") as refused:
        cast.bureau("registry.set_policy", key=key, value=[choices[0], "nobody"])
    assert refused.value.details["unknown"] == ["nobody"]
    assert cast.bureau("registry.set_policy", key=key, value=choices[:1])["value"] == choices[:1]
    assert shown["case_documents"]["choices"] == []
