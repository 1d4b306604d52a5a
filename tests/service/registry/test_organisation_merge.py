"""Duplicates are suspected with reasons, merged by two people, and taken apart again exactly."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.errors import ConflictError, FootprintError, ForbiddenError, InvalidError, NotFoundError
from chassis.runtime import timers
from chassis.runtime.inprocess import InProcessHost
from services.registry.duplicates import actions as duplicates
from services.registry.duplicates import queries
from services.registry.duplicates import sweep as duplicate_sweep
from services.registry.merges import domain, moving
from services.registry.organisations.models import Organisation
from tests.kit import CHANGJIANG, DISTRICT, ZHUHAI, Caller, actor
from tests.service.registry.cast import DOCUMENTS, Cast, credit_code
from tests.service.registry.snapshots import snapshot
from tests.service.registry.test_growth import soon


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def merge(cast: Cast, survivor: str, merged: str) -> dict[str, Any]:
    proposed = cast.street("registry.propose_merge", survivor_id=survivor, merged_id=merged, reason="同一组织")
    done: dict[str, Any] = cast.bureau("registry.approve_merge", merge_id=proposed["merge_id"], decision="属实")
    return done


def populate(cast: Cast, organisation: dict[str, Any], mark: str) -> None:
    """A little of everything that refers to an organisation."""
    one = {"organisation_id": organisation["organisation_id"]}
    street, why = cast.street, {"reason": "补录"}
    street("registry.add_organisation_contact", **one, **why, kind="liaison", name=f"甲{mark}", phone="13911110000")
    street("registry.add_organisation_address", **one, **why, kind="service", address=f"某路{mark}号")
    street("registry.add_organisation_area", **one, **why, place_code=CHANGJIANG)
    street("registry.add_organisation_identifier", **one, **why, type="tax_number", value=f"税{mark}")
    street("registry.plan_visit", **one, planned_on=soon(20), topic="督导")
    street("registry.declare_readiness", **one, **why, individual_members=20)
    cso = cast.cso(organisation)
    cso("registry.ask_consultation", topic="tax", question="如何免税？")
    cast.account("cso", f"cso-{mark}", **one)


def test_a_merge_moves_everything_and_its_undoing_is_exact(cast: Cast) -> None:
    survivor, merged = cast.organisation("夕阳红助老社"), cast.organisation("夕阳红助老服务社")
    for mark, one in (("1", survivor), ("2", merged)):
        populate(cast, one, mark)
    case = cast.case_in_review(merged)
    before = snapshot(cast)
    done = merge(cast, survivor["organisation_id"], merged["organisation_id"])
    assert done["status"] == "merged"
    assert done["moved"]["incubation_case"] == done["moved"]["account"] == done["moved"]["supervision_visit"] == 1
    assert "organisation_area" not in done["moved"], "both serve the place: one row stays with the merged one"
    assert "readiness_declaration" not in done["moved"]
    found = cast.street("registry.get_organisation", organisation_id=merged["organisation_id"])
    assert (found["organisation_id"], found["redirected"]) == (survivor["organisation_id"], True)
    assert cast.street("registry.get_case", case_id=case["case_id"])["organisation_id"] == survivor["organisation_id"]
    contacts = cast.street("registry.list_organisation_contacts", organisation_id=survivor["organisation_id"])
    assert len(contacts["items"]) == 2
    listed = cast.street("registry.list_organisations")["items"]
    assert [row["organisation_id"] for row in listed] == [survivor["organisation_id"]]
    assert [row["status"] for row in cast.street("registry.list_organisations", status="merged")["items"]] == ["merged"]
    assert [row["organisation_id"] for row in cast.street("registry.search_organisations", q="税2")["items"]] == [
        survivor["organisation_id"]
    ]
    undone = cast.street("registry.undo_merge", merge_id=done["merge_id"], reason="是两个组织")
    assert undone["status"] == "undone"
    assert undone["restored"] == sum(done["moved"].values())
    assert snapshot(cast) == before


def test_what_came_after_the_merge_stays_with_the_survivor(cast: Cast) -> None:
    survivor, merged = cast.organisation("甲社"), cast.organisation("乙社")
    done = merge(cast, survivor["organisation_id"], merged["organisation_id"])
    visit = cast.street(
        "registry.plan_visit", organisation_id=survivor["organisation_id"], planned_on=soon(20), topic="督导"
    )
    cast.street("registry.undo_merge", merge_id=done["merge_id"], reason="误并")
    assert (
        cast.street("registry.get_visit", visit_id=visit["visit_id"])["organisation_id"] == survivor["organisation_id"]
    )


PARTS = ("contact", "address", "area", "identifier", "visit", "readiness", "question", "account", "case", "credit")


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(PARTS)), max_size=8), st.booleans())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_merging_and_undoing_is_as_if_nothing_had_been(
    host: InProcessHost, parts: list[tuple[bool, str]], closed: bool
) -> None:
    cast = Cast(host)
    mark = len(snapshot(cast)["organisation"])
    both = cast.organisation(f"红甲{mark}"), cast.organisation(f"蓝乙{mark}")
    for number, (first, part) in enumerate(_once(parts)):
        _add(cast, both[0 if first else 1], part, f"{mark}-{number}")
    ids = [one["organisation_id"] for one in both]
    if closed:
        cast.bureau("registry.change_organisation", organisation_id=ids[1], status="closed", reason="注销")
    before = snapshot(cast)
    done = merge(cast, *ids)
    cast.bureau("registry.undo_merge", merge_id=done["merge_id"], reason="误并")
    assert snapshot(cast) == before


def _once(parts: list[tuple[bool, str]]) -> list[tuple[bool, str]]:
    """A place is served once; everything else there may be several of."""
    return [one for at, one in enumerate(parts) if one[1] != "area" or one not in parts[:at]]


def _add(cast: Cast, organisation: dict[str, Any], part: str, mark: str) -> None:
    one = {"organisation_id": organisation["organisation_id"]}
    why = {"reason": "补录"}
    today = soon(0)
    adders: dict[str, Any] = {
        "contact": lambda: cast.street("registry.add_organisation_contact", **one, **why, kind="other", name=mark),
        "address": lambda: cast.street("registry.add_organisation_address", **one, **why, kind="service", address=mark),
        "area": lambda: cast.street("registry.add_organisation_area", **one, **why, place_code=CHANGJIANG),
        "identifier": lambda: cast.street(
            "registry.add_organisation_identifier", **one, **why, type="tax_number", value=f"税{mark}"
        ),
        "visit": lambda: cast.street("registry.plan_visit", **one, planned_on=soon(20), topic="督导"),
        "readiness": lambda: cast.street("registry.declare_readiness", **one, **why, staff=len(mark)),
        "question": lambda: cast.cso(organisation)("registry.ask_consultation", topic="tax", question="如何免税？"),
        "account": lambda: cast.account("cso", f"cso-{mark}", **one),
        "case": lambda: cast.cso(organisation)("registry.draft_case", **one, documents=DOCUMENTS),
        "credit": lambda: cast.bureau(
            "registry.record_credit_fact", **one, kind="penalty", as_of=today, source="民政局", statement="警告"
        ),
    }
    adders[part]()


def test_nobody_approves_or_rejects_their_own_proposal_and_only_they_withdraw_it(cast: Cast) -> None:
    ids = {
        "survivor_id": cast.organisation("甲社")["organisation_id"],
        "merged_id": cast.organisation("乙社")["organisation_id"],
    }
    proposed = cast.street("registry.propose_merge", **ids, reason="重复")
    one = {"merge_id": proposed["merge_id"]}
    for operation, body in (("approve_merge", {}), ("reject_merge", {"reason": "不是"})):
        with pytest.raises(ForbiddenError, match="merge_own_proposal"):
            cast.street(f"registry.{operation}", **one, **body)
    with pytest.raises(ForbiddenError, match="merge_not_proposer"):
        cast.bureau("registry.withdraw_merge", **one, reason="撤回")
    with pytest.raises(ConflictError, match="merge_pending"):
        cast.bureau("registry.propose_merge", **ids, reason="重复")
    with pytest.raises(ConflictError, match="merge_state_conflict"):
        cast.bureau("registry.undo_merge", **one, reason="撤销")
    assert cast.bureau("registry.reject_merge", **one, reason="不是同一家")["status"] == "rejected"
    with pytest.raises(ConflictError, match="merge_state_conflict"):
        cast.bureau("registry.approve_merge", **one)
    again = cast.street("registry.propose_merge", **ids, reason="重复")
    withdrawn = cast.street("registry.withdraw_merge", merge_id=again["merge_id"], reason="看错了")
    assert withdrawn["status"] == "withdrawn"


def test_two_that_cannot_be_one_are_refused(cast: Cast) -> None:
    plain = cast.organisation("甲社")["organisation_id"]
    with pytest.raises(InvalidError, match="merge_same"):
        cast.street("registry.propose_merge", survivor_id=plain, merged_id=plain, reason="重复")

    def registered(name: str) -> str:
        view = cast.bureau(
            "registry.register_organisation",
            name=name,
            kind="cso",
            legal_tier="registered",
            uscc=credit_code(),
            street_code=ZHUHAI,
        )
        return str(view["organisation_id"])

    first, second = registered("丙社"), registered("丁社")
    for survivor, merged, code in (
        (first, second, "merge_codes_differ"),
        (plain, first, "merge_survivor_unregistered"),
        (
            plain,
            cast.bureau(
                "registry.register_organisation",
                name="枢纽",
                kind="hub",
                legal_tier="registered",
                uscc=credit_code(),
                street_code=ZHUHAI,
            )["organisation_id"],
            "merge_kinds_differ",
        ),
    ):
        with pytest.raises(ConflictError, match=code):
            cast.bureau("registry.propose_merge", survivor_id=survivor, merged_id=merged, reason="重复")
    assert (
        cast.bureau("registry.propose_merge", survivor_id=first, merged_id=plain, reason="重复")["status"] == "proposed"
    )


def test_two_open_cases_stand_in_the_way_at_the_approval_too(cast: Cast) -> None:
    one, other = cast.organisation("甲社"), cast.organisation("乙社")
    ids = {"survivor_id": one["organisation_id"], "merged_id": other["organisation_id"]}
    cast.case_in_review(one)
    proposed = cast.street("registry.propose_merge", **ids, reason="重复")
    cast.case_in_review(other)
    with pytest.raises(ConflictError, match="merge_both_open_cases"):
        cast.bureau("registry.approve_merge", merge_id=proposed["merge_id"])
    assert cast.street("registry.get_organisation", **{"organisation_id": ids["merged_id"]})["status"] == "active"


def test_a_merged_organisation_answers_for_nothing_until_it_is_two_again(cast: Cast) -> None:
    survivor, merged = cast.organisation("甲社"), cast.organisation("乙社")
    gone = {"organisation_id": merged["organisation_id"]}
    done = merge(cast, survivor["organisation_id"], merged["organisation_id"])
    with pytest.raises(ConflictError, match="organisation_merged"):
        cast.bureau("registry.change_organisation", **gone, introduction="改", reason="试试")
    with pytest.raises(ConflictError, match="organisation_merged"):
        cast.street("registry.add_organisation_contact", **gone, kind="other", name="甲", reason="试试")
    with pytest.raises(ConflictError, match="organisation_merged"):
        cast.bureau("registry.change_organisation", **gone, status="active", reason="试试")
    with pytest.raises(ConflictError):
        cast.bureau(
            "registry.propose_merge",
            survivor_id=merged["organisation_id"],
            merged_id=survivor["organisation_id"],
            reason="反向",
        )
    cast.bureau("registry.undo_merge", merge_id=done["merge_id"], reason="误并")
    with pytest.raises(ConflictError, match="merge_state_conflict"):
        cast.bureau("registry.undo_merge", merge_id=done["merge_id"], reason="再撤")
    cast.bureau("registry.change_organisation", **gone, introduction="改", reason="可以")


def test_merges_in_a_row_are_undone_last_first(cast: Cast) -> None:
    a, b, c = (cast.organisation(name)["organisation_id"] for name in ("甲社", "乙社", "丙社"))
    first = merge(cast, b, a)
    second = merge(cast, c, b)
    assert cast.street("registry.get_organisation", organisation_id=a)["organisation_id"] == c
    with pytest.raises(ConflictError, match="merge_superseded"):
        cast.street("registry.undo_merge", merge_id=first["merge_id"], reason="误并")
    cast.street("registry.undo_merge", merge_id=second["merge_id"], reason="误并")
    assert cast.street("registry.get_organisation", organisation_id=a)["organisation_id"] == b
    cast.street("registry.undo_merge", merge_id=first["merge_id"], reason="误并")
    assert cast.street("registry.get_organisation", organisation_id=a)["organisation_id"] == a


def test_organisations_in_a_merged_hubs_care_follow_it_and_come_back(cast: Cast) -> None:
    def hub(name: str) -> str:
        view = cast.bureau(
            "registry.register_organisation",
            name=name,
            kind="hub",
            legal_tier="filed",
            street_code=ZHUHAI,
            filing_number=f"备 {name}",
            responsible_person="某",
        )
        return str(view["organisation_id"])

    one, other = hub("枢纽甲"), hub("枢纽乙")
    mine = cast.organisation("在管社", hub_id=other)["organisation_id"]
    done = merge(cast, one, other)
    assert cast.street("registry.get_organisation", organisation_id=mine)["hub_id"] == one
    cast.street("registry.undo_merge", merge_id=done["merge_id"], reason="误并")
    assert cast.street("registry.get_organisation", organisation_id=mine)["hub_id"] == other


def test_every_column_that_holds_an_organisation_is_moved_or_named() -> None:
    found = {f"{table.name}.{column}" for table, column in moving.references()}
    assert {
        "account.organisation_id",
        "consultation.organisation_id",
        "credit_fact.organisation_id",
        "finding.organisation_id",
        "incubation_case.organisation_id",
        "plan.organisation_id",
        "seed_group.hub_id",
        "seed_group.organisation_id",
        "supervision_visit.organisation_id",
    } <= found
    assert not any(name.split(".")[0] in moving.STAYING for name in found)
    assert domain.STATUSES[0] == "proposed"


def test_suspected_duplicates_come_with_a_score_and_its_reasons(cast: Cast) -> None:
    first = cast.organisation("夕阳红助老服务社", phone="13900001111")
    second = cast.organisation("夕阳红助老服务中心", phone="13900001111")
    sound = cast.organisation("西阳红助老服务社")
    cast.organisation("朝霞读书会")
    cast.organisation("夕阳红助老服务社", street=CHANGJIANG)
    found = cast.street("registry.list_organisation_duplicates", organisation_id=first["organisation_id"])["items"]
    reasons = {row["organisation_id"]: {reason["term"]: reason["points"] for reason in row["reasons"]} for row in found}
    assert set(reasons) == {second["organisation_id"], sound["organisation_id"]}
    assert set(reasons[second["organisation_id"]]) == {"name", "phone"}
    assert set(reasons[sound["organisation_id"]]) == {"name", "sound"}
    assert all(row["score"] == min(100, sum(reason["points"] for reason in row["reasons"])) for row in found)
    everywhere = cast.bureau("registry.list_organisation_duplicates", organisation_id=first["organisation_id"])["items"]
    assert [row["street_code"] for row in everywhere].count(CHANGJIANG) == 1
    assert "1390000" not in str(everywhere)
    page = cast.bureau("registry.list_organisation_duplicates", organisation_id=first["organisation_id"], limit=1)
    rest = cast.bureau(
        "registry.list_organisation_duplicates",
        organisation_id=first["organisation_id"],
        limit=200,
        cursor=page["next_cursor"],
    )
    assert page["items"] + rest["items"] == everywhere


def sweep(cast: Cast) -> None:
    """What the job process does."""
    while duplicate_sweep.check_duplicates(cast.host.executors["registry"]):
        pass


def test_the_worklist_keeps_decisions_and_forgets_what_changed(cast: Cast) -> None:
    first, second = cast.organisation("夕阳红助老服务社"), cast.organisation("夕阳红助老服务中心")
    third = cast.organisation("夕阳红助老服务站")
    sweep(cast)
    rows = cast.street("registry.list_duplicate_pairs")["items"]
    assert len(rows) == 3
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    assert cast.other_street("registry.list_duplicate_pairs")["items"] == []
    pair = {first["organisation_id"], second["organisation_id"]}
    ask = {"organisation_id": second["organisation_id"], "other_id": first["organisation_id"], "reason": "两家机构"}
    decided = cast.street("registry.dismiss_duplicate", **ask)
    assert decided["status"] == "dismissed"
    with pytest.raises(ConflictError, match="duplicate_state_conflict"):
        cast.street("registry.dismiss_duplicate", **ask)
    cast.bureau(
        "registry.change_organisation", organisation_id=first["organisation_id"], phone="13900001111", reason="补录"
    )
    sweep(cast)
    still = cast.street("registry.list_duplicate_pairs")["items"]
    assert pair not in [{row["organisation_id"], row["other_id"]} for row in still]
    live = cast.street("registry.list_organisation_duplicates", organisation_id=first["organisation_id"])["items"]
    assert [row["organisation_id"] for row in live] == [third["organisation_id"]]
    assert cast.street("registry.list_duplicate_pairs", status="dismissed")["items"][0]["decision"] == "两家机构"
    assert cast.street("registry.reopen_duplicate", pair_id=decided["pair_id"], reason="再看看")["status"] == "open"
    cast.bureau(
        "registry.change_organisation", organisation_id=third["organisation_id"], name="太极拳队", reason="更名"
    )
    sweep(cast)
    left = cast.street("registry.list_duplicate_pairs")["items"]
    assert [{row["organisation_id"], row["other_id"]} for row in left] == [pair]
    with pytest.raises(InvalidError, match="duplicate_same"):
        cast.street("registry.dismiss_duplicate", **{**ask, "other_id": ask["organisation_id"]})
    merge(cast, first["organisation_id"], second["organisation_id"])
    assert cast.street("registry.list_duplicate_pairs")["items"] == []


def test_no_call_compares_and_the_job_process_gives_way_to_jobs(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("夕阳红助老服务社", "夕阳红助老服务中心", "夕阳红助老服务站"):
        cast.organisation(name)
    executor = cast.host.executors["registry"]
    with executor.sessions.begin() as session:
        session.execute(text("UPDATE periodic SET next_at = now() - interval '1 hour'"))
    timers.run_periodic(executor, DISTRICT)
    assert cast.street("registry.list_duplicate_pairs")["items"] == []
    monkeypatch.setenv("DUPLICATE_SWEEP_SECONDS", "0.000001")
    assert [duplicate_sweep.check_duplicates(executor) for _ in range(4)] == [1, 1, 1, 0]
    assert len(cast.street("registry.list_duplicate_pairs")["items"]) == 3


def test_whoever_changes_an_organisation_does_not_wait_for_its_comparison_and_has_another(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = cast.organisation("夕阳红助老服务社")
    cast.organisation("夕阳红助老服务中心")
    executor = cast.host.executors["registry"]
    compare = queries.compare
    meanwhile: list[int] = []

    def slowly(session: Session, row: Organisation) -> list[dict[str, Any]]:
        found = compare(session, row)
        if not meanwhile:
            meanwhile.append(duplicate_sweep.check_duplicates(executor))
            cast.bureau(
                "registry.change_organisation", organisation_id=first["organisation_id"], name="晨练队", reason="更名"
            )
        return found

    monkeypatch.setattr(queries, "compare", slowly)
    assert duplicate_sweep.check_duplicates(executor) == 3, "the renamed one twice"
    assert meanwhile == [0], "one process compares at a time"
    assert cast.street("registry.list_duplicate_pairs")["items"] == []


def test_another_street_reaches_no_merge_and_no_pair(cast: Cast) -> None:
    one, other = cast.organisation("夕阳红助老服务社"), cast.organisation("夕阳红助老服务中心")
    ids = {"survivor_id": one["organisation_id"], "merged_id": other["organisation_id"]}
    sweep(cast)
    pair = cast.street("registry.list_duplicate_pairs")["items"][0]
    proposed = cast.street("registry.propose_merge", **ids, reason="重复")
    reason = {"reason": "试试"}
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("propose_merge", {**ids, **reason}),
        ("get_merge", {"merge_id": proposed["merge_id"]}),
        ("approve_merge", {"merge_id": proposed["merge_id"]}),
        ("reject_merge", {"merge_id": proposed["merge_id"], **reason}),
        ("undo_merge", {"merge_id": proposed["merge_id"], **reason}),
        ("get_duplicate_pair", {"pair_id": pair["pair_id"]}),
        ("reopen_duplicate", {"pair_id": pair["pair_id"], **reason}),
        ("list_organisation_duplicates", {"organisation_id": one["organisation_id"]}),
        ("dismiss_duplicate", {"organisation_id": ids["survivor_id"], "other_id": ids["merged_id"], **reason}),
    )
    for operation, body in asked:
        with pytest.raises(NotFoundError):
            cast.other_street(f"registry.{operation}", **body)
    assert cast.other_street("registry.list_merges")["items"] == []
    stranger = Caller(cast.host, actor("hub", streets=[ZHUHAI], organisation_id=one["organisation_id"]))
    with pytest.raises(FootprintError):
        stranger("registry.list_merges")


def test_what_changes_while_it_is_compared_is_compared_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    first = cast.organisation("夕阳红助老服务社")["organisation_id"]
    cast.organisation("太极拳队")
    sweep(cast)
    compare = duplicates.refresh

    def meanwhile(session: Any, row: Any, now: Any) -> None:
        compare(session, row, now)
        monkeypatch.setattr(duplicates, "refresh", compare)
        cast.bureau("registry.change_organisation", organisation_id=first, name="太极拳队伍", reason="再更名")

    cast.bureau("registry.change_organisation", organisation_id=first, name="朝霞歌队", reason="更名")
    monkeypatch.setattr(duplicates, "refresh", meanwhile)
    monkeypatch.setenv("DUPLICATE_SWEEP_SECONDS", "0.000001")
    assert duplicate_sweep.check_duplicates(cast.host.executors["registry"]) == 1
    assert cast.street("registry.list_duplicate_pairs")["items"] == []
    sweep(cast)
    assert len(cast.street("registry.list_duplicate_pairs")["items"]) == 1
