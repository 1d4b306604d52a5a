"""Places, accounts, sign-in."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from chassis import tokens
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, UnauthenticatedError
from chassis.runtime.inprocess import InProcessHost
from services.registry.bootstrap import open_administrator, seed
from tests import kit
from tests.kit import CHANGJIANG, DISTRICT, ZHUHAI, Caller, actor
from tests.service.registry.cast import PASSWORD, Cast

COMMUNITY = "370211009001"


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def community(cast: Cast, street: str = ZHUHAI) -> str:
    """Some community of the street."""
    found = cast.public("registry.list_places", level="community", parent_code=street, limit=1)
    return str(found["items"][0]["code"])


def test_the_district_has_23_streets_and_376_communities_however_often_they_are_imported(cast: Cast) -> None:
    with cast.host.executors["registry"].system_session("bootstrap", DISTRICT) as session:
        seed(session, district_code=DISTRICT)
    streets = cast.public("registry.list_places", level="street", limit=200)
    assert len(streets["items"]) == 23
    first = cast.public("registry.list_places", level="community", limit=200)
    second = cast.public("registry.list_places", level="community", limit=200, cursor=first["next_cursor"])
    codes = [place["code"] for place in first["items"] + second["items"]]
    assert len(codes) == 376
    assert codes == sorted(codes)
    assert second["next_cursor"] is None
    assert cast.public("registry.get_place", code=ZHUHAI)["name"] == "珠海街道"


def test_bootstrap_opens_one_administrator_who_can_sign_in(cast: Cast) -> None:
    with cast.host.executors["registry"].system_session("bootstrap", DISTRICT) as session:
        assert open_administrator(session, password=PASSWORD)
    with cast.host.executors["registry"].system_session("bootstrap", DISTRICT) as session:
        assert not open_administrator(session, password="another password")
    signed_in = cast.public("registry.sign_in", login="admin", password=PASSWORD)
    who = tokens.Verifier(kit.signing_key()).actor(signed_in["access_token"])
    assert (who.role, who.district_code, who.street_codes) == ("administrator", DISTRICT, ())


def test_roles_open_only_the_roles_they_may(cast: Cast) -> None:
    resident = {"login": "resident1", "password": PASSWORD, "name": "王五", "street_codes": [ZHUHAI]}
    cast.street("registry.open_account", role="resident", **resident)
    for caller, role in ((cast.bureau, "administrator"), (cast.bureau, "security"), (cast.street, "judge")):
        with pytest.raises(ForbiddenError):
            caller("registry.open_account", role=role, login="x-login", password=PASSWORD, name="某")
    with pytest.raises(ForbiddenError):
        cast.street(
            "registry.open_account",
            role="resident",
            **{**resident, "login": "resident-2", "street_codes": [CHANGJIANG]},
        )
    with pytest.raises(ConflictError, match="account_login_taken"):
        cast.admin("registry.open_account", role="bureau", login="RESIDENT1", password=PASSWORD, name="某")
    with pytest.raises(InvalidError, match="account_streets_invalid"):
        cast.account("bureau", "bureau-with-street", street_codes=[ZHUHAI])
    with pytest.raises(InvalidError, match="account_organisation_invalid"):
        cast.account("cso", "cso-without", street_codes=[ZHUHAI])


def test_a_resident_is_verified_once_for_a_community_of_the_street(cast: Cast) -> None:
    account = cast.account("resident", "resident2", street_codes=[ZHUHAI])
    ask = {"account_id": account["account_id"], "community_code": community(cast)}
    with pytest.raises(NotFoundError):
        cast.other_street("registry.verify_resident", **ask)
    with pytest.raises(InvalidError, match="place_mismatch"):
        cast.street("registry.verify_resident", **{**ask, "community_code": community(cast, CHANGJIANG)})
    assert cast.street("registry.verify_resident", **ask)["verified"]
    with pytest.raises(ConflictError, match="account_already_verified"):
        cast.street("registry.verify_resident", **ask)


def test_personal_fields_are_ciphertext_at_rest_and_masked_in_answers(cast: Cast) -> None:
    account = cast.account("judge", "judge@example.com", phone="13812345678", email="li@example.com")
    assert account["name"] == "李**"
    assert account["phone"] == "138****5678"
    assert account["email"] == "l***@example.com"
    assert account["login"] == "j***@example.com"
    with cast.host.executors["registry"].sessions() as session:
        stored = str(session.execute(text("SELECT to_jsonb(account) FROM account")).all())
        events = str(session.execute(text("SELECT payload FROM outbox")).all())
    for secret in ("李四光", "13812345678", "example.com", PASSWORD):
        assert secret not in stored
        assert secret not in events


def test_only_the_system_learns_addresses(cast: Cast) -> None:
    account = cast.account("judge", "judge3", phone="13812345678", email="li@example.com")
    with pytest.raises(ForbiddenError):
        cast.admin("registry.get_addresses", account_ids=[account["account_id"]])
    with cast.host.executors["registry"].sessions() as session:
        from services.registry.accounts import queries

        system = Actor(account_id=None, role="system", district_code=DISTRICT, name="notify")
        found = queries.get_addresses(session, actor=system, account_ids=[account["account_id"]])
    assert found["items"] == [
        {
            "account_id": account["account_id"],
            "email": "li@example.com",
            "phone": "13812345678",
            "locale": "zh-CN",
        }
    ]


def test_signing_in_too_often_with_a_wrong_password_locks_the_login(cast: Cast) -> None:
    cast.account("judge", "judge4")
    for login in ("judge4", "nobody-at-all"):
        for _ in range(5):
            with pytest.raises(UnauthenticatedError, match="sign_in_failed"):
                cast.public("registry.sign_in", login=login, password="wrong")
        with pytest.raises(UnauthenticatedError, match="sign_in_locked") as locked:
            cast.public("registry.sign_in", login=login, password=PASSWORD)
        assert 0 < locked.value.details["retry_after_seconds"] <= 31


def test_a_refresh_token_works_once_and_twice_ends_the_session(cast: Cast) -> None:
    cast.account("judge", "judge5")
    Caller(cast.host, actor("security"))("registry.set_policy", key="session_grace_seconds", value=0)
    first = cast.public("registry.sign_in", login="judge5", password=PASSWORD)
    second = cast.public("registry.refresh_session", refresh_token=first["refresh_token"])
    assert second["session_id"] == first["session_id"]
    with pytest.raises(UnauthenticatedError, match="session_invalid"):
        cast.public("registry.refresh_session", refresh_token=first["refresh_token"])
    with pytest.raises(UnauthenticatedError, match="session_invalid"):
        cast.public("registry.refresh_session", refresh_token=second["refresh_token"])


def test_signing_out_ends_the_session(cast: Cast) -> None:
    account = cast.account("judge", "judge6")
    session = cast.public("registry.sign_in", login="JUDGE6", password=PASSWORD)
    who = Actor(
        account_id=account["account_id"], role="judge", district_code=DISTRICT, session_id=session["session_id"]
    )
    me = cast.host.call("registry", "get_me", {}, {"authorization": session["access_token"]})
    assert me["name"] == "李四光"
    ended = cast.host.call("registry", "sign_out", {}, {"authorization": session["access_token"]})
    assert ended == {"session_id": who.session_id, "status": "ended"}
    with pytest.raises(UnauthenticatedError):
        cast.public("registry.refresh_session", refresh_token=session["refresh_token"])


def test_a_street_sees_no_account_of_another_street(cast: Cast) -> None:
    account = cast.account("resident", "resident7", street_codes=[ZHUHAI])
    cast.account("bureau", "bureau7")
    assert cast.other_street("registry.list_accounts")["items"] == []
    with pytest.raises(NotFoundError):
        cast.other_street("registry.get_account", account_id=account["account_id"])
    assert [row["account_id"] for row in cast.street("registry.list_accounts")["items"]] == [account["account_id"]]
    grid = Caller(cast.host, actor("grid_worker", streets=[ZHUHAI]))
    assert len(grid("registry.list_accounts")["items"]) == 1


def test_policy_numbers_are_read_and_set_by_the_bureau(cast: Cast) -> None:
    known = {row["key"]: row for row in cast.street("registry.list_policies")["items"]}
    assert known["case_notice_days"]["value"] == 7
    cast.bureau("registry.set_policy", key="case_notice_days", value=10)
    assert {row["key"]: row for row in cast.street("registry.list_policies")["items"]}["case_notice_days"][
        "value"
    ] == 10
    with pytest.raises(InvalidError, match="policy_value_invalid"):
        cast.bureau("registry.set_policy", key="case_notice_days", value=0)
    with pytest.raises(NotFoundError):
        cast.bureau("registry.set_policy", key="no_such_key", value=1)
    with pytest.raises(ForbiddenError):
        cast.street("registry.set_policy", key="case_notice_days", value=8)


def test_no_hash_of_a_password_is_kept_with_the_command(cast: Cast) -> None:
    facts = {"role": "judge", "login": "judge9", "name": "某", "password": PASSWORD}
    key = "0198f000-0000-7000-8000-000000000001"
    first = cast.admin("registry.open_account", command_id=key, **facts)
    # the same key with another password is the same request: the digest does not know the password
    again = cast.admin("registry.open_account", command_id=key, **{**facts, "password": "another password"})
    assert again["account_id"] == first["account_id"]
