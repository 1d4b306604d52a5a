"""What an organisation has several of, its history as of an instant, assurance."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis import clock
from chassis.errors import ConflictError, FootprintError, InvalidError, NotFoundError, StaleError, UnauthenticatedError
from chassis.runtime.inprocess import InProcessHost
from tests.kit import CHANGJIANG, ZHUHAI
from tests.service.registry.cast import Cast, credit_code

TODAY = clock.day_of(clock.system_now())
IDENTITY_NUMBER = "11010519491231002X"  # the example of GB 11643-1999


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def instant(cast: Cast) -> str:
    """The district's now."""
    with cast.host.executors["registry"].sessions() as session:
        return clock.now(session, "370211").isoformat()


def test_the_code_in_force_is_listed_and_its_successor_ends_it(cast: Cast) -> None:
    first, second = credit_code("51"), credit_code("51")
    view = cast.bureau(
        "registry.register_organisation",
        name="书法协会（演示）",
        kind="cso",
        legal_tier="registered",
        uscc=first,
        street_code=ZHUHAI,
    )
    one = {"organisation_id": view["organisation_id"]}
    assert view["legal_form"] == "association"
    cast.bureau("registry.change_organisation", **one, uscc=f" {second.lower()} ", reason="换证")
    listed = cast.street("registry.list_organisation_identifiers", **one)["items"]
    assert {(row["value"], row["principal"], row["valid_until"]) for row in listed} == {
        (first, False, TODAY.isoformat()),
        (second, True, None),
    }
    cast.bureau("registry.change_organisation", **one, uscc=first, reason="恢复原证")
    listed = cast.street("registry.list_organisation_identifiers", **one)["items"]
    assert {(row["value"], row["principal"]) for row in listed} == {(first, True), (second, False)}


def test_a_filed_group_becomes_a_legal_person_and_a_wrong_form_is_refused(cast: Cast) -> None:
    one = {"organisation_id": cast.organisation()["organisation_id"]}
    with pytest.raises(InvalidError, match="organisation_identity_invalid"):
        cast.bureau("registry.change_organisation", **one, legal_tier="registered", reason="登记")
    ask: dict[str, Any] = {**one, "legal_tier": "registered", "uscc": credit_code("52"), "reason": "登记"}
    with pytest.raises(InvalidError, match="organisation_form_mismatch"):
        cast.bureau("registry.change_organisation", **ask, legal_form="foundation")
    with pytest.raises(InvalidError, match="organisation_form_mismatch"):
        cast.bureau("registry.change_organisation", **one, legal_form="association", reason="备案组织没有法人形式")
    view = cast.bureau("registry.change_organisation", **ask, legal_form="social_service")
    assert (view["legal_tier"], view["legal_form"]) == ("registered", "social_service")
    changes = cast.bureau("registry.list_organisation_changes", **one)["items"]
    assert {"legal_tier", "legal_form", "uscc"} <= {row["field"] for row in changes}
    other = cast.organisation("再一家（演示）", legal_form="none")
    with pytest.raises(ConflictError, match="organisation_duplicate"):
        cast.bureau("registry.change_organisation", **{**ask, "organisation_id": other["organisation_id"]})


def test_an_identity_number_is_no_identifier_of_any_type(cast: Cast) -> None:
    one = {"organisation_id": cast.organisation()["organisation_id"], "reason": "补录"}
    for type_ in ("other", "registration_number", "tax_number"):
        with pytest.raises(InvalidError, match="identifier_is_identity_number"):
            cast.street("registry.add_organisation_identifier", **one, type=type_, value=IDENTITY_NUMBER)
    with pytest.raises(InvalidError, match="credit_code_is_identity_number"):
        cast.bureau(
            "registry.register_organisation",
            name="张某（演示）",
            kind="cso",
            legal_tier="registered",
            uscc=IDENTITY_NUMBER,
            street_code=ZHUHAI,
        )


def test_identifiers_are_added_changed_removed_and_never_given_twice(cast: Cast) -> None:
    one = {"organisation_id": cast.organisation()["organisation_id"], "reason": "补录"}
    other = {"organisation_id": cast.organisation("别家（演示）")["organisation_id"], "reason": "补录"}
    ask = {"type": "registration_number", "value": "青民证字第 010123 号", "issuer": "民政局"}
    made = cast.street("registry.add_organisation_identifier", **one, **ask, issued_on="2019-05-01")
    with pytest.raises(ConflictError, match="organisation_item_exists"):
        cast.street("registry.add_organisation_identifier", **other, **{**ask, "value": "青民证字第010123号"})
    with pytest.raises(ConflictError, match="identifier_principal"):
        cast.street("registry.add_organisation_identifier", **one, type="filing_number", value="备 2")
    with pytest.raises(InvalidError, match="identifier_dates_invalid"):
        cast.street(
            "registry.change_organisation_identifier", **one, item_id=made["identifier_id"], valid_until="2018-01-01"
        )
    changed = cast.street(
        "registry.change_organisation_identifier", **one, item_id=made["identifier_id"], valid_until="2029-05-01"
    )
    assert changed["valid_until"] == "2029-05-01"
    with pytest.raises(NotFoundError, match="organisation_item_not_found"):
        cast.street("registry.remove_organisation_identifier", **other, item_id=made["identifier_id"])
    cast.street("registry.remove_organisation_identifier", **one, item_id=made["identifier_id"])
    listed = cast.street("registry.list_organisation_identifiers", organisation_id=one["organisation_id"])["items"]
    assert [row["type"] for row in listed] == ["filing_number"]
    with pytest.raises(ConflictError, match="identifier_principal"):
        cast.street("registry.remove_organisation_identifier", **one, item_id=listed[0]["identifier_id"])


def test_contacts_are_ciphertext_masked_and_in_no_event_or_history(cast: Cast) -> None:
    made = cast.organisation()
    one = {"organisation_id": made["organisation_id"], "reason": "补录"}
    person = {"name": "欧阳修文", "phone": "13911112222", "email": "ouyang@example.com"}
    contact = cast.cso(made)("registry.add_organisation_contact", **one, kind="liaison", position="秘书", **person)
    assert (contact["name"], contact["phone"], contact["email"]) == ("欧**", "139****2222", "o***@example.com")
    cast.street("registry.change_organisation_contact", **one, item_id=contact["contact_id"], phone="13911113333")
    address = cast.street(
        "registry.add_organisation_address", **one, kind="correspondence", address="珠海街道滨海大道88号3单元501"
    )
    assert address["address"] == "珠海街道滨海***"
    public = cast.street("registry.add_organisation_address", **one, kind="service", address="珠海街道社区中心二楼")
    assert public["address"] == "珠海街道社区中心二楼"
    with cast.host.executors["registry"].sessions() as session:
        for table in ("organisation_contact", "organisation_address", "organisation_change", "outbox", "command_log"):
            stored = str(session.execute(text(f"SELECT to_jsonb(t) FROM {table} t")).all())
            for secret in ("欧阳修文", "13911112222", "13911113333", "ouyang", "3单元501"):
                assert secret not in stored, table
    cast.street("registry.remove_organisation_contact", **one, item_id=contact["contact_id"])
    assert cast.street("registry.list_organisation_contacts", organisation_id=one["organisation_id"])["items"] == []


def test_service_areas_are_places_of_the_district_once_each(cast: Cast) -> None:
    one = {"organisation_id": cast.organisation()["organisation_id"], "reason": "服务范围"}
    cast.street("registry.add_organisation_area", **one, place_code=CHANGJIANG)
    with pytest.raises(ConflictError, match="organisation_item_exists"):
        cast.street("registry.add_organisation_area", **one, place_code=CHANGJIANG)
    with pytest.raises(InvalidError, match="place_not_found"):
        cast.street("registry.add_organisation_area", **one, place_code="370211999")
    found = cast.bureau("registry.search_organisations", serves=CHANGJIANG)["items"]
    assert [row["organisation_id"] for row in found] == [one["organisation_id"]]
    area = cast.street("registry.list_organisation_areas", organisation_id=one["organisation_id"])["items"][0]
    assert area["level"] == "street"
    cast.street("registry.remove_organisation_area", **one, item_id=area["area_id"])
    assert cast.bureau("registry.search_organisations", serves=CHANGJIANG)["items"] == []


def test_a_policy_bounds_how_many_there_are(cast: Cast) -> None:
    one = {"organisation_id": cast.organisation()["organisation_id"], "reason": "补录"}
    cast.bureau("registry.set_policy", key="organisation_items_most", value=1)
    cast.street("registry.add_organisation_contact", **one, kind="other", name="甲")
    with pytest.raises(ConflictError, match="organisation_items_full"):
        cast.street("registry.add_organisation_contact", **one, kind="other", name="乙")


def test_an_organisation_is_shown_as_of_an_instant_without_anything_personal(cast: Cast) -> None:
    made = cast.organisation("旧名（演示）")
    one = {"organisation_id": made["organisation_id"]}
    contact = cast.street("registry.add_organisation_contact", **one, kind="liaison", name="甲", reason="补录")
    before = instant(cast)
    cast.bureau(
        "registry.change_organisation", **one, name="新名（演示）", fields=["youth"], phone="13800000001", reason="更名"
    )
    cast.street("registry.remove_organisation_contact", **one, item_id=contact["contact_id"], reason="离任")
    between = instant(cast)
    cast.bureau("registry.change_organisation", **one, founded_on="2020-02-02", status="closed", reason="注销")
    then = cast.street("registry.get_organisation", **one, as_of=before)
    assert (then["name"], then["fields"], then["status"]) == ("旧名（演示）", ["elder_care"], "active")
    later = cast.street("registry.get_organisation", **one, as_of=between)
    assert (later["name"], later["founded_on"], later["status"]) == ("新名（演示）", None, "active")
    assert cast.street("registry.get_organisation", **one)["founded_on"] == "2020-02-02"
    there = cast.street("registry.list_organisation_contacts", **one, as_of=before)["items"]
    assert [(row["contact_id"], row["kind"], row.get("name")) for row in there] == [
        (contact["contact_id"], "liaison", None)
    ]
    assert cast.street("registry.list_organisation_contacts", **one, as_of=between)["items"] == []
    assert "138" not in str(later)
    long_ago = (clock.system_now() - timedelta(days=1)).isoformat()
    for operation in ("get_organisation", "list_organisation_contacts"):
        with pytest.raises(NotFoundError):
            cast.street(f"registry.{operation}", **one, as_of=long_ago)
    changes = cast.street("registry.list_organisation_changes", **one)["items"]
    removed = next(row for row in changes if row["item_id"] == contact["contact_id"] and row["became"] is None)
    assert (removed["field"], removed["reason"], removed["role"]) == ("contact", "离任", "street_staff")
    assert removed["was"] == {"kind": "liaison", "position": None}


def test_confirmed_data_is_due_again_after_the_policys_months_overdue_first(cast: Cast) -> None:
    first, second = cast.organisation("甲社（演示）"), cast.organisation("乙社（演示）")
    cast.organisation("别街（演示）", street=CHANGJIANG)
    cast.bureau("registry.set_policy", key="organisation_assurance_months", value=6)
    cast.wait(100)
    ask = {"organisation_id": first["organisation_id"], "note": "电话核实"}
    with pytest.raises(StaleError):
        cast.street("registry.assure_organisation", **ask, expected_version=99)
    assured = cast.street("registry.assure_organisation", **ask)
    assert assured["assured_at"] is not None
    assert cast.street("registry.list_assurances", overdue=True)["items"] == []
    cast.wait(100)
    rows = cast.street("registry.list_assurances", limit=1)
    assert [(row["name"], row["overdue"]) for row in rows["items"]] == [("乙社（演示）", True)]
    rest = cast.street("registry.list_assurances", limit=1, cursor=rows["next_cursor"])
    assert [(row["name"], row["overdue"]) for row in rest["items"]] == [("甲社（演示）", False)]
    assert rest["next_cursor"] is None
    assert len(cast.bureau("registry.list_assurances", overdue=True)["items"]) == 2
    assert [row["organisation_id"] for row in cast.street("registry.list_assurances", overdue=False)["items"]] == [
        first["organisation_id"]
    ]
    cast.street("registry.assure_organisation", organisation_id=second["organisation_id"], note="上门核实")
    assert cast.street("registry.list_assurances", overdue=True)["items"] == []


def test_only_an_active_organisation_is_confirmed(cast: Cast) -> None:
    one = {"organisation_id": cast.organisation()["organisation_id"]}
    cast.bureau("registry.change_organisation", **one, status="closed", reason="注销")
    with pytest.raises(ConflictError, match="assurance_closed"):
        cast.street("registry.assure_organisation", **one, note="核实")
    with pytest.raises(ConflictError, match="organisation_closed"):
        cast.street("registry.add_organisation_contact", **one, kind="other", name="甲", reason="补录")


def test_another_street_neither_sees_nor_writes_any_of_it(cast: Cast) -> None:
    made = cast.organisation()
    one = {"organisation_id": made["organisation_id"]}
    cast.street("registry.add_organisation_contact", **one, kind="other", name="甲", reason="补录")
    for plural in ("identifiers", "contacts", "addresses", "areas"):
        with pytest.raises(NotFoundError):
            cast.other_street(f"registry.list_organisation_{plural}", **one)
    writes: tuple[tuple[str, dict[str, Any]], ...] = (
        ("add_organisation_identifier", {"type": "other", "value": "X1", "reason": "试试"}),
        ("add_organisation_contact", {"kind": "other", "name": "乙", "reason": "试试"}),
        ("add_organisation_address", {"kind": "service", "address": "某处", "reason": "试试"}),
        ("add_organisation_area", {"place_code": ZHUHAI, "reason": "试试"}),
        ("assure_organisation", {"note": "试试"}),
    )
    for operation, body in writes:
        with pytest.raises(FootprintError) as refused:
            cast.other_street(f"registry.{operation}", **one, **body)
        assert refused.value.kind in {"not_found", "forbidden"}, operation
    assert cast.other_street("registry.list_assurances")["items"] == []
    with pytest.raises(UnauthenticatedError):
        cast.public("registry.list_organisation_contacts", **one)
