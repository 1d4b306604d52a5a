"""A copy of one's data holds what every service keeps, and erasure reaches every service."""

from __future__ import annotations

import base64
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import select, text

from chassis import clock, ids
from chassis.errors import ConflictError, ForbiddenError, NotFoundError
from chassis.person import ERASED
from chassis.runtime.inprocess import envelope_of
from chassis.tables import Job, OutboxEvent
from contracts.registry.free_text import REDACTABLE
from services.projects.trail.verify import verify_receipt
from services.registry import others
from services.registry.bootstrap import seed
from services.registry.organisations.models import OrganisationChange
from services.registry.privacy import free_text
from tests import kit
from tests.service.registry.cast import Cast

OTHERS = ("projects", "resources", "notify")
NEED = "李四光腿脚不便，需要轮椅，电话 13800000001"


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cast:
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "trail.pem").write_bytes(pem)
    (tmp_path / "notify.key").write_bytes(base64.b64encode(os.urandom(32)))
    monkeypatch.setenv("TRAIL_SIGNING_KEY_FILE", str(tmp_path / "trail.pem"))
    monkeypatch.setenv("NOTIFY_KEY_FILE", str(tmp_path / "notify.key"))
    host = kit.make_host("registry", "projects", "projects-trail", "resources", "notify")
    with host.executors["registry"].system_session("bootstrap", kit.DISTRICT) as session:
        seed(session, district_code=kit.DISTRICT)

    def ask(account_id: str) -> dict[str, Any]:
        """As the job process asks over the bus: by the same operation, as a service."""
        found = {}
        for name in OTHERS:
            executor = host.executors[name]
            with executor.readers() as session:
                found[name] = executor.service.cls().get_personal_data(session, actor=None, account_id=account_id)
        return {name: one["data"] for name, one in found.items()}

    monkeypatch.setattr(others, "personal_data", ask)
    return Cast(host)


def resident(cast: Cast, login: str = "resident-1") -> tuple[str, kit.Caller]:
    facts = {"name": "李四光", "phone": "13800000001", "street_codes": [kit.ZHUHAI]}
    account = cast.account("resident", login, **facts)["account_id"]
    cast.host.settle()
    who = kit.actor("resident", streets=[kit.ZHUHAI], account_id=account)
    return account, kit.Caller(cast.host, who)


def ordered(me: kit.Caller) -> str:
    soon = clock.system_now() + timedelta(days=1)
    made = me(
        "projects.request_order",
        kind="household",
        title="借用轮椅",
        street_code=kit.ZHUHAI,
        need=NEED,
        wanted_from=soon.isoformat(),
        wanted_until=(soon + timedelta(hours=2)).isoformat(),
        latitude=35.9,
        longitude=120.1,
    )
    return str(made["order_id"])


def dump(cast: Cast, service: str, *tables: str) -> str:
    with cast.host.executors[service].sessions() as session:
        return str([session.execute(text(f"SELECT * FROM {table}")).all() for table in tables])


def test_a_copy_has_a_part_of_every_service(cast: Cast) -> None:
    account, me = resident(cast)
    order = ordered(me)
    cast.host.settle()
    asked = me("registry.request_data_export")
    cast.host.settle()
    copy = me("registry.get_data_export", export_id=asked["export_id"])["document"]
    assert copy["format"] == "footprint-personal-export/2"
    assert copy["account"]["account_id"] == account
    (one,) = copy["projects"]["orders_requested"]
    assert (one["id"], one["need"]) == (order, NEED)
    assert copy["resources"]["account"][0]["role"] == "resident"
    assert copy["notify"]["messages"]
    _, other = resident(cast, "resident-2")
    asked = other("registry.request_data_export")
    cast.host.settle()
    theirs = other("registry.get_data_export", export_id=asked["export_id"])["document"]
    assert theirs["projects"]["orders_requested"] == []
    assert NEED not in str(theirs)


def test_only_a_service_asks_for_a_persons_data(cast: Cast) -> None:
    account, me = resident(cast)
    for who in (me, cast.bureau, cast.admin, kit.Caller(cast.host, kit.actor("auditor"))):
        with pytest.raises(ForbiddenError):
            who("projects.get_personal_data", account_id=account)


def test_while_a_service_is_away_the_copy_waits(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    _, me = resident(cast)
    asked = me("registry.request_data_export")

    def away(account_id: str) -> dict[str, Any]:
        raise others.AwayError

    with monkeypatch.context() as patch:
        patch.setattr(others, "personal_data", away)
        cast.host.settle()
    with pytest.raises(ConflictError, match="export_not_ready"):
        me("registry.get_data_export", export_id=asked["export_id"])
    with cast.host.executors["registry"].sessions.begin() as session:
        job = session.get_one(Job, asked["job_id"])
        assert job.status == "queued"
        job.lease_until = None
    cast.host.settle()
    assert me("registry.get_data_export", export_id=asked["export_id"])["document"]["projects"]


def test_erasure_reaches_every_service_and_the_trail_still_verifies(cast: Cast) -> None:
    account, me = resident(cast)
    order = ordered(me)
    cast.host.settle()
    entries = cast.bureau("projects.list_trail_entries", subject=account)["items"]
    before = [cast.bureau("projects.get_receipt", index=entry["index"]) for entry in entries]
    assert any("community_code" in str(receipt["payload"]) for receipt in before)
    me("registry.request_erasure")
    cast.host.settle()
    cast.admin("registry.erase_account", account_id=account, ground="consent_withdrawn")
    cast.host.settle()
    left = dump(cast, "projects", "service_order", "known_account")
    assert NEED not in left
    assert "35.9" not in left
    assert ERASED in left
    assert "Footprint" not in dump(cast, "notify", "message")
    shown = cast.street("projects.get_order", order_id=order)
    assert (shown["order_id"], shown["need"]) == (order, ERASED)
    after = [cast.bureau("projects.get_receipt", index=entry["index"]) for entry in entries]
    for receipt in (*before, *after):
        verify_receipt(receipt)
    assert {str(receipt["payload"]) for receipt in after} == {"None"}
    last = cast.bureau("projects.list_trail_entries", subject=account)["items"][0]
    assert (last["event"], last["payload"]["ground"]) == ("account_erased", "consent_withdrawn")


def test_what_an_erased_account_asked_goes_and_what_it_wrote_in_office_stays(cast: Cast) -> None:
    organisation = cast.organisation("甲社")
    account = cast.account("cso", "cso-1", organisation_id=organisation["organisation_id"])["account_id"]
    facts = {"streets": [kit.ZHUHAI], "organisation_id": organisation["organisation_id"], "account_id": account}
    mine = kit.Caller(cast.host, kit.actor("cso", **facts))
    asked = mine("registry.ask_consultation", topic="registration", question=NEED)["consultation_id"]
    cast.admin("registry.close_account", account_id=account, ground="left")
    cast.admin("registry.erase_account", account_id=account, ground="purpose_ended")
    assert cast.street("registry.get_consultation", consultation_id=asked)["question"] == ERASED
    assert NEED not in dump(cast, "registry", "consultation")


def test_late_news_of_an_erased_account_bring_nothing_back(cast: Cast) -> None:
    account = cast.account("cso", "cso-1", organisation_id=cast.organisation("甲社")["organisation_id"])["account_id"]
    cast.admin("registry.close_account", account_id=account, ground="left")
    cast.admin("registry.erase_account", account_id=account, ground="purpose_ended")
    with cast.host.executors["registry"].sessions() as session:
        rows = session.scalars(select(OutboxEvent).where(OutboxEvent.subject == account))
        told = sorted((envelope_of(row) for row in rows), key=lambda one: -one.subject_version)
    assert told[0].name == "account_erased"
    for envelope in told * 2:
        for name in OTHERS:
            if envelope.name in cast.host.executors[name].service.handlers():
                cast.host.executors[name].handle(envelope, event=envelope.name)
    uuid = ids.decode("acc", account)
    for name in OTHERS:
        with cast.host.executors[name].sessions() as session:
            row = session.execute(text("SELECT organisation_id FROM known_account WHERE id = :id"), {"id": uuid}).one()
        assert row == (None,), name


def test_a_text_that_names_somebody_is_erased_by_hand(cast: Cast) -> None:
    organisation = cast.organisation("甲社")["organisation_id"]
    today = clock.day_of(clock.system_now()).isoformat()
    visit = cast.street("registry.plan_visit", organisation_id=organisation, planned_on=today, topic="督导")["visit_id"]
    cast.street("registry.hold_visit", visit_id=visit, summary="负责人张三丰的母亲住院，电话 13800000001")
    gone = {"record_id": visit, "field": "summary", "ground": "consent_withdrawn"}
    assert cast.bureau("registry.redact_text", **gone) == gone
    shown = cast.street("registry.get_visit", visit_id=visit)
    assert shown["summary"] == ERASED
    with pytest.raises(ConflictError, match="text_empty"):
        cast.bureau("registry.redact_text", **gone)
    for wrong in ({**gone, "field": "question"}, {**gone, "record_id": ids.new_id("vis")}):
        with pytest.raises(NotFoundError, match="text_not_found"):
            cast.bureau("registry.redact_text", **wrong)
    for nobody in (cast.street, cast.admin, cast.specialist):
        with pytest.raises(ForbiddenError):
            nobody("registry.redact_text", **gone)
    with cast.host.executors["registry"].sessions() as session:
        change = session.scalars(select(OrganisationChange.id).limit(1)).one()
        told = session.scalars(select(OutboxEvent.payload).where(OutboxEvent.name == "text_redacted")).all()
    assert told == [{**gone, "street_codes": [kit.ZHUHAI]}]
    cast.bureau("registry.redact_text", record_id=change, field="reason", ground="unlawful")


def test_every_redactable_text_is_a_column() -> None:
    assert set(REDACTABLE) == set(free_text.MODELS)
    for prefix, names in REDACTABLE.items():
        model = free_text.MODELS[prefix]
        assert model.__table__.c.id.type.prefix == prefix
        assert set(names) <= set(model.__table__.c.keys())
        assert {"district_code", "street_code"} <= set(model.__table__.c.keys())
