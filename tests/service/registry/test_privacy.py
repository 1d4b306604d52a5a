"""Privacy: unmasked with a reason and logged, consent, one's own copy, erasure, and keys that rotate."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from chassis import clock, ids, reseal
from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, UnauthenticatedError
from chassis.runtime.inprocess import InProcessHost
from chassis.tables import Job
from services.projects.trail.verify import verify_receipt
from services.registry.bootstrap import seed
from services.registry.models import Base
from services.registry.privacy import domain, texts
from services.registry.privacy.models import PersonalAccessReason, PersonalExport
from tests import kit
from tests.kit import CHANGJIANG, DISTRICT, ZHUHAI, Caller, actor
from tests.service.registry.cast import PASSWORD, Cast

PERSON = {"phone": "13812345678", "email": "li@example.com"}
REASON = "居民来电求助，需回拨"
SECRETS = ("李四光", "13812345678", "li@example.com")


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def resident(cast: Cast, login: str = "resident-1") -> dict[str, Any]:
    return cast.account("resident", login, street_codes=[ZHUHAI], **PERSON)


def disclose(caller: Caller, subject_id: str, *wanted: str, purpose: str = "contact") -> dict[str, str]:
    shown = caller(
        "registry.disclose_personal",
        subject_id=subject_id,
        fields=list(wanted),
        purpose=purpose,
        reason=REASON,
    )
    return {item["field"]: item["value"] for item in shown["items"]}


def stored(cast: Cast, table: str) -> str:
    with cast.host.executors["registry"].sessions() as session:
        return str(session.execute(text(f"SELECT to_jsonb({table}) FROM {table}")).all())


def own(cast: Cast, account: dict[str, Any]) -> Caller:
    who = actor(account["role"], streets=account["street_codes"], account_id=account["account_id"])
    return Caller(cast.host, who)


# unmasked access ----------------------------------------------------------------------------------------------------


def test_personal_fields_are_shown_for_a_purpose_and_the_log_says_so_without_them(cast: Cast) -> None:
    account = resident(cast)
    assert disclose(cast.street, account["account_id"], "account.phone") == {"account.phone": PERSON["phone"]}
    (entry,) = Caller(cast.host, actor("auditor"))("registry.list_disclosures")["items"]
    assert entry["subject_id"] == account["account_id"]
    assert (entry["purpose"], entry["fields"], entry["reason"]) == ("contact", ["account.phone"], REASON)
    assert entry["account_id"] == cast.street.who.account_id  # type: ignore[union-attr]
    for table in ("personal_access", "personal_access_reason", "outbox", "command_log"):
        assert not [secret for secret in (*SECRETS, REASON) if secret in stored(cast, table)], table


def test_a_purpose_limits_roles_fields_and_scope_and_a_refusal_is_no_entry(cast: Cast) -> None:
    account = resident(cast)
    with pytest.raises(ForbiddenError, match="purpose_forbidden"):
        disclose(cast.street, account["account_id"], "account.name", purpose="incident")
    with pytest.raises(InvalidError, match="purpose_fields_excessive"):
        disclose(cast.street, account["account_id"], "account.email", purpose="verification")
    with pytest.raises(InvalidError, match="purpose_fields_excessive"):
        disclose(cast.street, account["account_id"], "organisation.phone")
    with pytest.raises(NotFoundError):
        disclose(cast.other_street, account["account_id"], "account.phone")
    with pytest.raises(ForbiddenError, match="actor_forbidden"):
        disclose(Caller(cast.host, actor("auditor")), account["account_id"], "account.phone")
    assert stored(cast, "personal_access") == "[]"


def test_organisations_and_members_of_seed_groups_have_such_fields_too(cast: Cast) -> None:
    organisation = cast.organisation()
    shown = disclose(cast.bureau, organisation["organisation_id"], "organisation.responsible_person")
    assert shown == {"organisation.responsible_person": "张三丰"}
    group = cast.street("registry.start_seed_group", name="种子（演示）", purpose="互助", street_code=ZHUHAI)
    person = {"kind": "backbone", "name": "王重阳", "phone": "13912345678"}
    grown = cast.street("registry.add_seed_member", seed_group_id=group["seed_group_id"], **person)
    member = grown["member_list"][0]
    assert member["name"] == "王**"
    assert disclose(cast.street, member["seed_member_id"], "seed_member.name") == {"seed_member.name": "王重阳"}
    with pytest.raises(NotFoundError):
        disclose(cast.other_street, member["seed_member_id"], "seed_member.name")
    with pytest.raises(NotFoundError, match="person_not_found"):
        disclose(cast.street, ids.new_id("sdm"), "seed_member.name")


def test_one_sees_what_was_seen_of_oneself_and_nothing_of_others(cast: Cast) -> None:
    first, second = resident(cast, "resident-1"), resident(cast, "resident-2")
    disclose(cast.street, first["account_id"], "account.phone")
    disclose(cast.bureau, second["account_id"], "account.name")
    (seen,) = own(cast, first)("registry.list_disclosures")["items"]
    assert (seen["subject_id"], seen["fields"]) == (first["account_id"], ["account.phone"])
    assert own(cast, first)("registry.list_disclosures", subject_id=second["account_id"])["items"] == []
    assert len(Caller(cast.host, actor("security"))("registry.list_disclosures")["items"]) == 2


@pytest.mark.parametrize("change", ["UPDATE personal_access SET purpose = 'x'", "DELETE FROM personal_access"])
def test_the_database_refuses_to_change_the_access_log(cast: Cast, change: str) -> None:
    disclose(cast.street, resident(cast)["account_id"], "account.phone")
    before = stored(cast, "personal_access")
    with (
        pytest.raises(DBAPIError, match="append-only"),
        cast.host.executors["registry"].sessions.begin() as session,
    ):
        session.execute(text(change))
    assert stored(cast, "personal_access") == before != "[]"


# consent ------------------------------------------------------------------------------------------------------------


def test_every_action_on_every_state_of_a_consent() -> None:
    for status in ("given", "withdrawn"):
        for action in ("withdraw", "give", "renew"):
            if (status, action) in domain.CONSENT_TRANSITIONS:
                assert domain.next_consent_status(status, action) == "withdrawn"
            else:
                with pytest.raises(ConflictError, match="consent_state_conflict"):
                    domain.next_consent_status(status, action)


def test_consent_is_given_once_withdrawn_once_and_given_again(cast: Cast) -> None:
    me = own(cast, resident(cast))
    given = me("registry.give_consent", purpose="photo_publicity", text_version=1)
    with pytest.raises(ConflictError, match="consent_given"):
        me("registry.give_consent", purpose="photo_publicity", text_version=1)
    ended = me("registry.withdraw_consent", consent_id=given["consent_id"])
    assert (ended["status"], ended["withdrawn_at"] is None) == ("withdrawn", False)
    with pytest.raises(ConflictError, match="consent_state_conflict"):
        me("registry.withdraw_consent", consent_id=given["consent_id"])
    again = me("registry.give_consent", purpose="photo_publicity", text_version=1)
    assert again["consent_id"] != given["consent_id"]
    assert [row["status"] for row in me("registry.list_consents")["items"]] == ["given", "withdrawn"]
    with pytest.raises(NotFoundError):
        own(cast, resident(cast, "resident-2"))("registry.get_consent", consent_id=given["consent_id"])


def test_people_agree_to_the_notice_in_force_and_a_new_one_replaces_the_old_consent(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = own(cast, resident(cast))
    with pytest.raises(InvalidError, match="consent_text_unknown"):
        me("registry.give_consent", purpose="health_needs", text_version=2)
    me("registry.give_consent", purpose="health_needs", text_version=1)
    newest = {**texts.newest()["health_needs"], "text_version": 2}
    monkeypatch.setattr(texts, "newest", lambda: {"health_needs": newest})
    with pytest.raises(ConflictError, match="consent_text_old"):
        me("registry.give_consent", purpose="health_needs", text_version=1)
    me("registry.give_consent", purpose="health_needs", text_version=2)
    shown = me("registry.list_consents", purpose="health_needs")["items"]
    assert [(row["text_version"], row["status"]) for row in shown] == [(2, "given"), (1, "withdrawn")]


# a copy of one's data -------------------------------------------------------------------------------------------------


def test_a_copy_holds_everything_is_ciphertext_and_only_for_its_owner(cast: Cast) -> None:
    account = resident(cast)
    cast.public("registry.sign_in", login="resident-1", password=PASSWORD, device="Chrome · Android")
    me = own(cast, account)
    me("registry.give_consent", purpose="service_contact", text_version=1)
    disclose(cast.street, account["account_id"], "account.phone")
    asked = me("registry.request_data_export")
    with pytest.raises(ConflictError, match="export_not_ready"):
        me("registry.get_data_export", export_id=asked["export_id"])
    cast.host.settle()
    copy = me("registry.get_data_export", export_id=asked["export_id"])["document"]
    assert copy["account"]["name"] == "李四光"
    assert copy["sessions"][0]["device"] == "Chrome · Android"
    assert [row["purpose"] for row in copy["consents"]] == ["service_contact"]
    assert [row["reason"] for row in copy["access_log"]] == [REASON]
    assert not [secret for secret in SECRETS if secret in stored(cast, "personal_export") + stored(cast, "job")]
    with pytest.raises(NotFoundError):
        own(cast, resident(cast, "resident-2"))("registry.get_data_export", export_id=asked["export_id"])
    with cast.host.executors["registry"].sessions.begin() as session:
        session.execute(update(PersonalExport).values(expires_at=clock.system_now()))
    with pytest.raises(NotFoundError):
        me("registry.get_data_export", export_id=asked["export_id"])


# erasure --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def with_trail(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cast:
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "trail.pem").write_bytes(pem)
    monkeypatch.setenv("TRAIL_SIGNING_KEY_FILE", str(tmp_path / "trail.pem"))
    monkeypatch.setenv("TOKEN_REVOCATION_SECONDS", "0")
    host = kit.make_host("registry", "projects", "projects-trail")
    with host.executors["registry"].system_session("bootstrap", DISTRICT) as session:
        seed(session, district_code=DISTRICT)
    return Cast(host)


def asked_for_erasure(cast: Cast) -> list[str]:
    """The administrator's worklist."""
    return [one["account_id"] for one in cast.admin("registry.list_accounts", erasure_requested=True)["items"]]


def receipts(cast: Cast, subject: str) -> list[dict[str, Any]]:
    entries = cast.bureau("projects.list_trail_entries", subject=subject)["items"]
    return [cast.bureau("projects.get_receipt", index=entry["index"]) for entry in entries]


def test_erasure_leaves_no_personal_field_and_a_trail_that_verifies(with_trail: Cast) -> None:
    cast = with_trail
    account = resident(cast)
    signed_in = cast.public("registry.sign_in", login="resident-1", password=PASSWORD, device="Chrome · Android")
    me = own(cast, account)
    me("registry.request_data_export")
    disclose(cast.street, account["account_id"], "account.phone")
    cast.host.settle()
    before = receipts(cast, account["account_id"])
    with pytest.raises(ConflictError, match="erasure_not_requested"):
        cast.admin("registry.erase_account", account_id=account["account_id"], ground="consent_withdrawn")
    group = cast.street("registry.start_seed_group", name="种子（演示）", purpose="互助", street_code=ZHUHAI)
    member = {"kind": "resident", "name": "李四光", "phone": PERSON["phone"], "account_id": account["account_id"]}
    cast.street("registry.add_seed_member", seed_group_id=group["seed_group_id"], **member)
    assert asked_for_erasure(cast) == []
    me("registry.request_erasure")
    with pytest.raises(ConflictError, match="erasure_requested"):
        me("registry.request_erasure")
    assert asked_for_erasure(cast) == [account["account_id"]]
    others = cast.admin("registry.list_accounts", erasure_requested=False)["items"]
    assert account["account_id"] not in {one["account_id"] for one in others}
    erased = cast.admin("registry.erase_account", account_id=account["account_id"], ground="consent_withdrawn")
    assert erased == {"account_id": account["account_id"], "status": "erased"}
    assert asked_for_erasure(cast) == []
    cast.host.settle()
    shown = cast.admin("registry.get_account", account_id=account["account_id"])
    assert {shown[name] for name in ("name", "login", "phone", "email")} == {None}
    with cast.host.executors["registry"].sessions() as session:
        raw = session.execute(text("SELECT login, name, phone, phone_index, email FROM account")).one()
        left = session.execute(text("SELECT device, address_prefix FROM sign_in_session")).one()
        copies = session.execute(text("SELECT count(*) FROM personal_export")).scalar_one()
    assert set(raw) | set(left) == {None}
    assert copies == 0
    (stays,) = cast.street("registry.get_seed_group", seed_group_id=group["seed_group_id"])["member_list"]
    assert (stays["name"], stays["phone"]) == ("*", None)
    (entry,) = Caller(cast.host, actor("auditor"))("registry.list_disclosures")["items"]
    assert (entry["purpose"], entry["reason"], entry["reason_intact"]) == ("contact", None, None)
    for refused in (
        lambda: cast.public("registry.sign_in", login="resident-1", password=PASSWORD),
        lambda: cast.public("registry.refresh_session", refresh_token=signed_in["refresh_token"]),
        lambda: cast.host.call("registry", "get_me", {}, {"authorization": signed_in["access_token"]}),
    ):
        with pytest.raises(UnauthenticatedError):
            refused()
    after = receipts(cast, account["account_id"])
    assert len(after) > len(before) > 0
    for receipt in (*before, *after):
        verify_receipt(receipt)
    assert not [secret for secret in SECRETS if secret in str(after)]
    resident(cast)  # the login is free again
    with pytest.raises(ConflictError, match="account_state_conflict"):
        cast.admin("registry.erase_account", account_id=account["account_id"], ground="consent_withdrawn")


# keys -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cipher", ["aes-256-gcm", "sm4-gcm"])
def test_after_a_rotation_every_value_is_sealed_anew_and_reads_the_same(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cipher: str
) -> None:
    accounts = [resident(cast, f"resident-{number}") for number in range(3)]
    cast.organisation()
    disclose(cast.street, accounts[0]["account_id"], "account.phone")
    old = Path(os.environ["DATA_KEY_FILE"]).read_bytes()
    (tmp_path / "new.key").write_bytes(base64.b64encode(os.urandom(32)) + b"\n" + old)
    monkeypatch.setenv("DATA_KEY_FILE", str(tmp_path / "new.key"))
    monkeypatch.setenv("SEAL_CIPHER", cipher)

    def count_old() -> int:
        with cast.host.executors["registry"].sessions() as session:
            return sum(reseal.count_old(session, one) for one in reseal.sealed_columns([Base.metadata]))

    security = Caller(cast.host, actor("security"))
    assert count_old() > 10
    job_id = security("registry.reseal_personal_data")["job_id"]
    cast.host.settle()
    with cast.host.executors["registry"].sessions() as session:
        job = session.get_one(Job, job_id)
    assert (job.status, job.result["values"] > 10) == ("done", True)
    assert count_old() == 0
    assert disclose(cast.street, accounts[1]["account_id"], "account.phone") == {"account.phone": PERSON["phone"]}
    entries = security("registry.list_disclosures")["items"]
    assert [(row["reason"], row["reason_intact"]) for row in entries] == [(REASON, True)] * 2
    (tmp_path / "only.key").write_bytes((tmp_path / "new.key").read_bytes().splitlines()[0])
    monkeypatch.setenv("DATA_KEY_FILE", str(tmp_path / "only.key"))  # the old key is not needed to read any more
    assert cast.admin("registry.get_account", account_id=accounts[2]["account_id"])["name"] == "李**"


def test_a_reason_that_was_exchanged_shows(cast: Cast) -> None:
    disclose(cast.street, resident(cast)["account_id"], "account.phone")
    with cast.host.executors["registry"].sessions.begin() as session:
        session.execute(update(PersonalAccessReason).values(reason="another reason"))
    (entry,) = Caller(cast.host, actor("auditor"))("registry.list_disclosures")["items"]
    assert not entry["reason_intact"]


def test_a_street_does_not_see_what_another_discloses(cast: Cast) -> None:
    account = cast.account("resident", "elsewhere", street_codes=[CHANGJIANG], **PERSON)
    disclose(cast.other_street, account["account_id"], "account.phone")
    assert cast.street("registry.list_disclosures")["items"] == []
