"""Organisations of two streets are merged by the district only, and taken apart again exactly."""

from __future__ import annotations

import pytest

from chassis.errors import ConflictError, NotFoundError
from chassis.runtime.inprocess import InProcessHost
from services.registry.accounts.models import Account
from tests.kit import CHANGJIANG, ZHUHAI, Caller, actor
from tests.service.registry.cast import Cast
from tests.service.registry.snapshots import snapshot
from tests.service.registry.test_growth import soon


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def test_organisations_of_two_streets_are_merged_by_the_district_and_parted_exactly(cast: Cast) -> None:
    survivor, merged = cast.organisation("夕阳红助老社"), cast.organisation("夕阳红", street=CHANGJIANG)
    accounts = {}
    for one in (survivor, merged):
        code = one["street_code"]
        facts = {"organisation_id": one["organisation_id"], "street_codes": [code]}
        accounts[code] = cast.account("cso", f"cso-{code}", **facts)["account_id"]
    visit = cast.other_street(
        "registry.plan_visit", organisation_id=merged["organisation_id"], planned_on=soon(20), topic="督导"
    )["visit_id"]
    ask = {"survivor_id": survivor["organisation_id"], "merged_id": merged["organisation_id"], "reason": "同一组织"}
    before = snapshot(cast)
    for street in (cast.street, cast.other_street):  # neither street reaches the other's
        with pytest.raises(NotFoundError):
            street("registry.propose_merge", **ask)
    proposed = cast.specialist("registry.propose_merge", **ask)
    second = Caller(cast.host, actor("specialist"))
    for nobody in (second, cast.street):
        with pytest.raises((ConflictError, NotFoundError), match=r"merge_streets_differ|not_found"):
            nobody("registry.approve_merge", merge_id=proposed["merge_id"])
    cast.bureau("registry.approve_merge", merge_id=proposed["merge_id"])
    for street, account in accounts.items():
        streets = cast.admin("registry.get_account", account_id=account)["street_codes"]
        assert sorted(streets) == sorted([ZHUHAI, CHANGJIANG]), street
        whole = Caller(
            cast.host,
            actor("cso", streets=streets, organisation_id=survivor["organisation_id"], account_id=account),
        )
        assert whole("registry.get_visit", visit_id=visit)["organisation_id"] == survivor["organisation_id"]
    assert cast.other_street("registry.get_visit", visit_id=visit)["street_code"] == CHANGJIANG
    for street, one in ((cast.street, survivor), (cast.other_street, merged)):
        past = street("registry.list_organisation_changes", organisation_id=one["organisation_id"])["items"]
        assert {row["field"] for row in past} & {"absorbed", "merged_into_id"}
    cast.bureau("registry.undo_merge", merge_id=proposed["merge_id"], reason="误并")
    assert snapshot(cast) == before


def test_an_account_whose_streets_somebody_changed_since_keeps_them(cast: Cast) -> None:
    survivor, merged = cast.organisation("甲社"), cast.organisation("乙社", street=CHANGJIANG)
    account = cast.account("cso", "cso-1", organisation_id=merged["organisation_id"], street_codes=[CHANGJIANG])[
        "account_id"
    ]
    ask = {"survivor_id": survivor["organisation_id"], "merged_id": merged["organisation_id"], "reason": "同一组织"}
    proposed = cast.specialist("registry.propose_merge", **ask)
    cast.bureau("registry.approve_merge", merge_id=proposed["merge_id"])
    with cast.host.executors["registry"].sessions.begin() as session:
        session.get_one(Account, account).street_codes = [ZHUHAI]
    cast.bureau("registry.undo_merge", merge_id=proposed["merge_id"], reason="误并")
    assert cast.admin("registry.get_account", account_id=account)["street_codes"] == [ZHUHAI]
