"""A training that the registry recognises is a credential here, and opens risky orders to who came."""

from __future__ import annotations

from typing import Any

import pytest

from chassis import clock, ids
from chassis.errors import ConflictError
from chassis.events import Envelope
from tests import kit
from tests.service.projects.order_story import EVIDENCE, Street

STATED = {"skilled": True, "of_age": True, "trained": True}


@pytest.fixture
def street() -> Street:
    return Street()


def qualified(
    street: Street, training_id: str, *, days: tuple[str, str] = ("2026-01-01", "2099-01-01"), **more: Any
) -> None:
    """The registry's event, delivered twice under one id and once more under another."""
    facts = {
        "training_id": training_id,
        "topic": "照护技能（演示）",
        "valid_from": days[0],
        "valid_until": days[1],
        "service_kinds": [],
        "account_ids": [],
        "organisation_ids": [],
        "street_codes": [kit.ZHUHAI],
        **more,
    }
    for number in (1, 1, 2):
        envelope = Envelope(
            id=ids.new_id("evt"),
            name="training_qualified",
            source="registry",
            subject=training_id,
            subject_version=number,
            district_code=kit.DISTRICT,
            occurred_at=clock.system_now(),
            actor={"account_id": street.staff.who.account_id, "role": "street_staff"},  # type: ignore[union-attr]
            payload=facts,
        )
        street.host.executors["projects"].handle(envelope)


def insured(street: Street, **holder: str) -> None:
    street.staff(
        "projects.record_credential",
        requirement="insured",
        street_code=kit.ZHUHAI,
        title="意外险（演示）",
        valid_from="2026-01-01",
        evidence=EVIDENCE,
        **holder,
    )


def risky(street: Street, organisation_id: str) -> str:
    order_id = street.verified(risky=True)
    street.staff("projects.offer_order", order_id=order_id, organisation_ids=[organisation_id])
    return order_id


def test_who_was_trained_takes_risky_orders_and_who_was_not_does_not(street: Street) -> None:
    training_id = ids.new_id("trs")
    for org in street.orgs[:2]:
        insured(street, organisation_id=org)
    qualified(street, training_id, organisation_ids=[street.orgs[0]], service_kinds=["elder_care"])
    with pytest.raises(ConflictError, match="order_requirement_unmet") as refused:
        street.cso[1]("projects.accept_order", order_id=risky(street, street.orgs[1]), **STATED)
    assert refused.value.details["missing"] == ["trained"], "a statement is not enough"
    order = street.cso[0]("projects.accept_order", order_id=risky(street, street.orgs[0]), **STATED)
    (found,) = street.cso[0]("projects.list_credentials", requirement="trained")["items"]
    assert order["accepted_facts"]["trained"] == found["credential_id"]
    assert (found["training_id"], found["service_kind"], found["valid_until"]) == (
        training_id,
        "elder_care",
        "2099-01-01",
    )
    assert street.cso[1]("projects.list_credentials", requirement="trained")["items"] == []


def test_it_counts_for_its_kinds_and_its_days_and_not_once_it_is_revoked(street: Street) -> None:
    talent = street.caller("talent")
    account_id = street.account(talent)
    insured(street, account_id=account_id)

    def accept() -> Any:
        order_id = street.verified(risky=True)
        street.staff("projects.offer_order", order_id=order_id, talent_account_id=account_id)
        return talent("projects.accept_order", order_id=order_id, **STATED)

    qualified(street, ids.new_id("trs"), account_ids=[account_id], service_kinds=["household"])
    qualified(street, ids.new_id("trs"), account_ids=[account_id], days=("2020-01-01", "2020-12-31"))
    with pytest.raises(ConflictError, match="order_requirement_unmet"):
        accept()
    training_id = ids.new_id("trs")
    qualified(street, training_id, account_ids=[account_id])
    accept()
    everything = talent("projects.list_credentials", requirement="trained")["items"]
    (counts,) = [one for one in everything if one["training_id"] == training_id]
    street.staff("projects.revoke_credential", credential_id=counts["credential_id"], reason="考核未过")
    qualified(street, training_id, account_ids=[account_id])  # told again, it does not come back
    with pytest.raises(ConflictError, match="order_requirement_unmet"):
        accept()


def test_somebody_who_was_erased_since_and_a_merged_organisation(street: Street) -> None:
    account_id = ids.new_id("acc")
    street.tell("account_erased", account_id, {"account_id": account_id, "ground": "request"})
    merge = ids.new_id("mrg")
    payload = {"merge_id": merge, "survivor_id": street.orgs[0], "merged_id": street.orgs[1]}
    street.tell("organisations_merged", merge, {**payload, "account_ids": [], "moved": 0})
    qualified(street, ids.new_id("trs"), account_ids=[account_id], organisation_ids=street.orgs[:2])
    found = street.bureau("projects.list_credentials")["items"]
    assert [(one["organisation_id"], one["account_id"]) for one in found] == [(street.orgs[0], None)]
