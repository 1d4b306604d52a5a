"""Credit facts put an organisation in breach and out again; the readiness checklist says what is missing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chassis.runtime.inprocess import InProcessHost
from tests.kit import CHANGJIANG
from tests.service.registry.cast import Cast
from tests.service.registry.test_growth import soon


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def fact(cast: Cast, organisation_id: str, kind: str = "abnormal_list", **facts: Any) -> dict[str, Any]:
    ask = {"as_of": soon(0), "source": "信用中国", "statement": "未按规定报送年报", **facts}
    made: dict[str, Any] = cast.bureau("registry.record_credit_fact", organisation_id=organisation_id, kind=kind, **ask)
    return made


def in_breach(cast: Cast, organisation_id: str) -> bool:
    return bool(cast.bureau("registry.get_organisation", organisation_id=organisation_id)["in_breach"])


def test_a_listed_organisation_is_in_breach_until_the_last_listing_ends(cast: Cast) -> None:
    one = cast.organisation()["organisation_id"]
    assert not fact(cast, one, "penalty")["sets_breach"]
    assert not in_breach(cast, one)
    first, second = fact(cast, one), fact(cast, one, "serious_dishonesty_list", starts_on="2024-01-01")
    assert in_breach(cast, one)
    revoke = {"revoked_on": soon(0), "reason": "已修复"}
    with pytest.raises(InvalidError, match="credit_fact_dates_invalid"):
        cast.bureau(
            "registry.revoke_credit_fact",
            credit_fact_id=second["credit_fact_id"],
            revoked_on="2023-01-01",
            reason="修复",
        )
    assert (
        cast.bureau("registry.revoke_credit_fact", credit_fact_id=first["credit_fact_id"], **revoke)["status"]
        == "revoked"
    )
    assert in_breach(cast, one)
    with pytest.raises(ConflictError, match="credit_fact_state_conflict"):
        cast.bureau("registry.revoke_credit_fact", credit_fact_id=first["credit_fact_id"], **revoke)
    cast.bureau("registry.revoke_credit_fact", credit_fact_id=second["credit_fact_id"], **revoke)
    assert not in_breach(cast, one)
    changes = cast.bureau("registry.list_organisation_changes", organisation_id=one)["items"]
    assert [row["became"] for row in changes if row["field"] == "in_breach"] == [False, True]


def test_a_breach_that_others_stated_is_not_lifted_by_a_fact(cast: Cast) -> None:
    one = cast.organisation()["organisation_id"]
    with cast.host.executors["registry"].sessions.begin() as session:
        session.execute(text("UPDATE organisation SET in_breach = true"))
    made = fact(cast, one)
    assert not made["sets_breach"]
    cast.bureau(
        "registry.revoke_credit_fact", credit_fact_id=made["credit_fact_id"], revoked_on=soon(0), reason="已修复"
    )
    assert in_breach(cast, one)


def test_a_fact_with_an_end_expires_by_itself(cast: Cast) -> None:
    one = cast.organisation()["organisation_id"]
    made = fact(cast, one, ends_on=soon(10))
    cast.wait(5)
    assert in_breach(cast, one)
    cast.wait(7)
    shown = cast.bureau("registry.get_credit_fact", credit_fact_id=made["credit_fact_id"])
    assert (shown["status"], shown["version"] > made["version"]) == ("expired", True)
    assert not in_breach(cast, one)
    with pytest.raises(ConflictError, match="credit_fact_state_conflict"):
        cast.bureau(
            "registry.revoke_credit_fact", credit_fact_id=made["credit_fact_id"], revoked_on=soon(0), reason="已修复"
        )


def test_which_kinds_are_a_breach_is_policy(cast: Cast) -> None:
    one = cast.organisation()["organisation_id"]
    cast.bureau("registry.set_policy", key="credit_breach_kinds", value=["penalty"])
    fact(cast, one)
    assert not in_breach(cast, one)
    assert fact(cast, one, "penalty")["sets_breach"]


@pytest.mark.parametrize(
    "dates",
    [{"as_of": soon(1)}, {"starts_on": soon(1)}, {"ends_on": soon(-1)}, {"starts_on": soon(0), "as_of": soon(-2)}],
)
def test_dates_that_cannot_be_are_refused(cast: Cast, dates: dict[str, str]) -> None:
    with pytest.raises(InvalidError, match="credit_fact_dates_invalid"):
        fact(cast, cast.organisation()["organisation_id"], **dates)


def test_credit_facts_stay_in_their_street(cast: Cast) -> None:
    organisation = cast.organisation()
    made = fact(cast, organisation["organisation_id"])
    with pytest.raises(NotFoundError):
        cast.other_street("registry.get_credit_fact", credit_fact_id=made["credit_fact_id"])
    with pytest.raises(NotFoundError):
        cast.other_street(
            "registry.revoke_credit_fact", credit_fact_id=made["credit_fact_id"], revoked_on=soon(0), reason="试试"
        )
    assert cast.other_street("registry.list_credit_facts")["items"] == []
    assert len(cast.cso(organisation)("registry.list_credit_facts", kind="abnormal_list")["items"]) == 1
    stranger = cast.cso(cast.organisation("外街社", street=CHANGJIANG))
    assert stranger("registry.list_credit_facts")["items"] == []
    with pytest.raises(ForbiddenError):
        stranger(
            "registry.revoke_credit_fact", credit_fact_id=made["credit_fact_id"], revoked_on=soon(0), reason="试试"
        )


def checks(cast: Cast, one: dict[str, str], form: str = "association") -> dict[str, Any]:
    found = cast.street("registry.get_registration_readiness", **one, legal_form=form)
    return {**found, "checks": {row["key"]: row for row in found["checks"]}}


def test_the_checklist_says_met_not_met_or_unknown_and_what_is_missing(cast: Cast) -> None:
    organisation = cast.organisation()
    one = {"organisation_id": organisation["organisation_id"]}
    start = checks(cast, one)
    assert (start["number"], start["ready"], start["met"], start["unknown"]) == (0, False, 0, len(start["checks"]))
    cso = cast.cso(organisation)
    cso("registry.declare_readiness", **one, individual_members=41, unit_members=0, capital="12000.50", reason="自查")
    found = checks(cast, one)
    assert found["checks"]["members"]["status"] == "not_met"
    assert [(row["needed"], row["short"]) for row in found["checks"]["members"]["missing"]] == [
        (50, 9),
        (30, 30),
        (50, 9),
    ]
    money = next(row for row in found["checks"]["capital"]["missing"] if row["unit"] == "yuan")
    assert (money["needed"], money["have"], money["short"]) == ("30000.00", "12000.50", "17999.50")
    yes = dict.fromkeys(
        ("name_fits", "has_charter", "has_organs", "has_premises", "has_lawful_income", "bears_liability"), True
    )
    cso(
        "registry.declare_readiness", **one, **yes, unit_members=9, capital="30000.00", full_time_staff=1, reason="自查"
    )
    done = checks(cast, one)
    assert (done["ready"], done["met"], done["not_met"], done["unknown"]) == (True, len(done["checks"]), 0, 0)
    assert checks(cast, one, "foundation")["checks"]["capital"]["status"] == "not_met"
    history = cast.street("registry.list_organisation_changes", **one, limit=200)["items"]
    members = [(row["was"], row["became"]) for row in history if row["field"] == "readiness.unit_members"]
    assert members == [(0, 9), (None, 0)]
    taken_back = cso("registry.declare_readiness", **one, has_charter=None, reason="更正")
    assert taken_back["has_charter"] is None
    assert checks(cast, one)["checks"]["charter"]["status"] == "unknown"


def test_the_bureaus_rules_follow_each_other_by_date(cast: Cast) -> None:
    one = {"organisation_id": cast.organisation()["organisation_id"]}
    rule = {"key": "members", "zh": "会员", "en": "Members", "source": "区民政局〔2026〕1号"}
    ask: dict[str, Any] = {"legal_form": "association", "valid_from": soon(30)}
    needs = {"fact": "individual_members", "least": 20}
    made = cast.bureau("registry.set_readiness_rules", **ask, rules=[{**rule, "needs": needs}])
    assert (made["number"], made["rules"][0]["needs"]) == (1, needs)
    cast.street("registry.declare_readiness", **one, individual_members=20, reason="自查")
    assert checks(cast, one)["number"] == 0
    cast.wait(31)
    now = checks(cast, one)
    assert (now["number"], now["ready"]) == (1, True)
    with pytest.raises(ConflictError, match="readiness_version_date"):
        cast.bureau("registry.set_readiness_rules", **ask, rules=[{**rule, "needs": needs}])
    before = cast.street("registry.get_readiness_rules", legal_form="association", on=soon(0))
    assert before["number"] == 0
    with pytest.raises(ForbiddenError):
        cast.street("registry.set_readiness_rules", **ask, rules=[{**rule, "needs": needs}])
    with pytest.raises(ForbiddenError):
        cast.bureau.at(CHANGJIANG)("registry.set_readiness_rules", **ask, rules=[{**rule, "needs": needs}])


@pytest.mark.parametrize(
    "needs",
    [
        {"fact": "no_such_fact", "least": 1},
        {"fact": "has_charter", "least": 1},
        {"fact": "staff", "is": True},
        {"any": []},
        {"fact": "staff", "least": -1},
        {"fact": "staff", "least": 1, "more": 2},
        {"sum": ["staff", "has_charter"], "least": 1},
        [],
        {"all": [{"all": [{"all": [{"all": [{"fact": "staff", "least": 1}]}]}]}]},
    ],
)
def test_a_rule_that_cannot_be_judged_is_refused(cast: Cast, needs: Any) -> None:
    rule = {"key": "x_rule", "zh": "规则", "en": "Rule", "source": "区民政局", "needs": needs}
    with pytest.raises(InvalidError, match="readiness_rule_invalid"):
        cast.bureau("registry.set_readiness_rules", legal_form="association", valid_from=soon(1), rules=[rule])


def test_declared_facts_stay_in_their_street(cast: Cast) -> None:
    one = {"organisation_id": cast.organisation()["organisation_id"]}
    for operation, body in (
        ("get_registration_readiness", {"legal_form": "association"}),
        ("get_readiness_declaration", {}),
        ("declare_readiness", {"staff": 1, "reason": "试试"}),
    ):
        with pytest.raises(NotFoundError):
            cast.other_street(f"registry.{operation}", **one, **body)
