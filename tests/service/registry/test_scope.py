"""A street sees nothing of another's; an organisation only itself; the dashboard counts what the lists show."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.errors import FootprintError, NotFoundError
from chassis.runtime.inprocess import InProcessHost
from tests.kit import CHANGJIANG, ZHUHAI, Caller, actor
from tests.service.registry.cast import Cast
from tests.service.registry.test_growth import soon


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def _world(cast: Cast) -> dict[str, str]:
    """One of everything in Zhuhai; ids by argument name."""
    organisation = cast.organisation()
    cso = cast.cso(organisation)
    case = cast.incubating_case(organisation)
    goals = [{"stage": "start", "goal": "建章立制", "due_on": soon(90)}]
    plan = cso("registry.draft_plan", case_id=case["case_id"], summary="方案", goals=goals)
    visit = cast.street(
        "registry.plan_visit", organisation_id=organisation["organisation_id"], planned_on=soon(20), topic="督导"
    )
    question = cso("registry.ask_consultation", topic="tax", question="如何免税？")
    group = cast.street("registry.start_seed_group", name="种子（演示）", street_code=ZHUHAI)
    resident = cast.account("resident", "resident", street_codes=[ZHUHAI])
    return {
        "organisation_id": organisation["organisation_id"],
        "case_id": case["case_id"],
        "plan_id": plan["plan_id"],
        "visit_id": visit["visit_id"],
        "consultation_id": question["consultation_id"],
        "seed_group_id": group["seed_group_id"],
        "account_id": resident["account_id"],
    }


READS = {
    "get_organisation": "organisation_id",
    "get_case": "case_id",
    "get_service_team": "case_id",
    "get_plan": "plan_id",
    "get_visit": "visit_id",
    "get_consultation": "consultation_id",
    "get_seed_group": "seed_group_id",
    "get_account": "account_id",
    "list_organisation_changes": "organisation_id",
}
LISTS = (
    "list_organisations",
    "list_cases",
    "list_plans",
    "list_visits",
    "list_consultations",
    "list_seed_groups",
    "list_accounts",
    "list_case_notices",
)
WRITES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("change_organisation", "organisation_id", {"introduction": "改", "reason": "试试"}),
    ("draft_case", "organisation_id", {}),
    ("withdraw_case", "case_id", {"reason": "试试"}),
    ("add_case_document", "case_id", {"kind": "charter", "title": "章程"}),
    ("link_case_resource", "case_id", {"kind": "legal", "title": "律师"}),
    ("comment_plan", "plan_id", {"text": "看看"}),
    ("plan_visit", "organisation_id", {"planned_on": soon(20), "topic": "督导"}),
    ("cancel_visit", "visit_id", {"reason": "试试"}),
    ("answer_consultation", "consultation_id", {"answer": "好的", "citations": [{"title": "通知"}]}),
    ("dissolve_seed_group", "seed_group_id", {"reason": "试试"}),
    ("add_seed_member", "seed_group_id", {"kind": "resident", "name": "某"}),
)


def test_street_b_neither_reads_nor_writes_rows_of_street_a(cast: Cast) -> None:
    ids = _world(cast)
    narrowed = cast.bureau.at(CHANGJIANG)
    for stranger in (cast.other_street, narrowed):
        for operation, key in READS.items():
            with pytest.raises(NotFoundError):
                stranger(f"registry.{operation}", **{key: ids[key]})
        for operation in LISTS:
            assert stranger(f"registry.{operation}")["items"] == [], operation
    for operation, key, body in WRITES:
        with pytest.raises(FootprintError) as refused:
            cast.other_street(f"registry.{operation}", **{key: ids[key]}, **body)
        assert refused.value.kind in {"not_found", "forbidden"}, operation
    assert cast.other_street("registry.get_registry_dashboard")["organisations"] == 0


def test_an_organisation_sees_only_itself_and_a_hub_those_in_its_care(cast: Cast) -> None:
    hub = cast.hub()
    mine = cast.organisation("在管（演示）", hub_id=cast.made["hub"]["organisation_id"])
    other = cast.organisation("不在管（演示）")
    seen = {row["organisation_id"] for row in hub("registry.list_organisations")["items"]}
    assert seen == {mine["organisation_id"], cast.made["hub"]["organisation_id"]}
    own = cast.cso(other)("registry.list_organisations")["items"]
    assert [row["organisation_id"] for row in own] == [other["organisation_id"]]
    nobody = Caller(cast.host, actor("hub", streets=[ZHUHAI]))
    assert nobody("registry.list_organisations")["items"] == []


def test_a_hub_only_votes_on_a_case_outside_its_care(cast: Cast) -> None:
    hub = cast.hub()
    case_id = cast.case_in_review(cast.organisation())["case_id"]
    assert hub("registry.vote_on_case", case_id=case_id, choice="approve")["votes"]["approve"] == 1
    with pytest.raises(NotFoundError):
        hub("registry.withdraw_case", case_id=case_id, reason="试试")


def test_the_dashboard_equals_a_recount_of_the_lists(cast: Cast) -> None:
    _world(cast)
    cast.organisation("另一街道（演示）", street=CHANGJIANG)
    board = cast.bureau("registry.get_registry_dashboard")
    for operation, key in (
        ("list_organisations", "organisations"),
        ("list_cases", "cases"),
        ("list_visits", "visits"),
        ("list_consultations", "consultations"),
        ("list_seed_groups", "seed_groups"),
    ):
        rows = cast.bureau(f"registry.{operation}", limit=200)["items"]
        assert board[key] == len(rows)
        counted: dict[str, int] = {}
        for row in rows:
            counted[row["status"]] = counted.get(row["status"], 0) + 1
        assert board[f"{key}_by_status"] == counted
    assert board["organisations_by_street"] == {ZHUHAI: 1, CHANGJIANG: 1}
    assert cast.street("registry.get_registry_dashboard")["organisations"] == 1


def test_every_event_carries_its_street_and_is_delivered(cast: Cast) -> None:
    _world(cast)
    assert cast.host.settle() >= 0
    cast.host.settle()
