"""A change of role, and the second pair of eyes over accounts that guard or audit."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from chassis.errors import ConflictError, FootprintError, ForbiddenError, InvalidError, StaleError, UnauthenticatedError
from chassis.runtime.inprocess import InProcessHost
from chassis.tables import OutboxEvent
from contracts import roles
from services.registry.accounts import domain
from services.registry.bootstrap import seed
from tests import kit
from tests.kit import CHANGJIANG, DISTRICT, ZHUHAI, Caller, actor
from tests.service.registry.cast import PASSWORD, Cast

NEW = "Nachtigall unter Linden"
SEPARATED = {"administrator", "security", "auditor", "api_client"}


@pytest.fixture
def cast(host: InProcessHost, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setenv("TOKEN_REVOCATION_SECONDS", "0")
    return Cast(host)


def told(cast: Cast, name: str) -> list[dict[str, Any]]:
    with cast.host.executors["registry"].system_session("test", DISTRICT) as session:
        return list(session.scalars(select(OutboxEvent.payload).filter_by(name=name).order_by(OutboxEvent.position)))


def changes(caller: Caller, account_id: str) -> list[dict[str, Any]]:
    return caller("registry.list_account_changes", account_id=account_id)["items"]  # type: ignore[no-any-return]


# --- another role ----------------------------------------------------------------------------------------------------
def test_another_role_ends_the_sessions_and_is_told_with_its_history(cast: Cast) -> None:
    account = cast.account("street_staff", "mover", street_codes=[ZHUHAI])
    path = {"account_id": account["account_id"]}
    before = cast.public("registry.sign_in", login="mover", password=PASSWORD)
    moved = cast.bureau("registry.change_account_role", **path, role="specialist", reason="调任基地专员")
    assert (moved["role"], moved["street_codes"], moved["street_code"]) == ("specialist", [], None)
    with pytest.raises(UnauthenticatedError, match="token_revoked"):
        cast.host.call("registry", "get_me", {}, {"authorization": before["access_token"]})
    with pytest.raises(UnauthenticatedError, match="session_invalid"):
        cast.public("registry.refresh_session", refresh_token=before["refresh_token"])
    again = cast.public("registry.sign_in", login="mover", password=PASSWORD)
    assert cast.host.call("registry", "get_me", {}, {"authorization": again["access_token"]})["role"] == "specialist"
    (event,) = told(cast, "account_moved")
    assert {name: event[name] for name in ("role", "account_streets", "ground", "street_codes")} == {
        "role": "specialist",
        "account_streets": [],
        "ground": "role",
        "street_codes": [ZHUHAI],
    }
    latest, first = changes(Caller(cast.host, actor("auditor")), account["account_id"])
    assert (first["step"], first["was"], first["became"]["role"]) == ("opened", None, "street_staff")
    assert (latest["step"], latest["was"]["street_codes"], latest["became"]["role"]) == (
        "role_changed",
        [ZHUHAI],
        "specialist",
    )
    assert (latest["reason"], latest["changed_by"]) == ("调任基地专员", cast.bureau.who and cast.bureau.who.account_id)
    assert "调任" not in str(event)


def test_other_services_know_the_new_role() -> None:
    host = kit.make_host("registry", "projects", "resources", "notify")
    with host.executors["registry"].system_session("bootstrap", DISTRICT) as session:
        seed(session, district_code=DISTRICT)
    cast = Cast(host)
    account = cast.account("street_staff", "mover", street_codes=[ZHUHAI])
    cast.host.settle()
    path = {"account_id": account["account_id"]}
    cast.bureau("registry.change_account_role", **path, role="street_staff", street_codes=[CHANGJIANG], reason="调街道")
    cast.bureau("registry.change_account_role", **path, role="specialist", reason="调任")
    cast.host.settle()
    for service in ("projects", "resources", "notify"):
        models = __import__(f"services.{service}.known.models", fromlist=["KnownAccount"])
        with cast.host.executors[service].sessions() as session:
            known = session.get_one(models.KnownAccount, account["account_id"])
            assert known.role == "specialist", service
    mine = Caller(cast.host, actor("specialist", account_id=account["account_id"]))("notify.list_messages")["items"]
    assert [one["title_zh"] for one in mine][:2] == ["您的账号角色已调整"] * 2


@pytest.mark.parametrize("opener", ["administrator", "bureau", "street_staff", "grid_worker", "security", "auditor"])
def test_a_role_is_changed_by_who_may_open_both_and_never_where_duties_are_kept_apart(opener: str) -> None:
    for was, becomes in product(roles.EVERY_ROLE, repeat=2):
        try:
            domain.check_role_change(opener, was, becomes)
        except ForbiddenError:
            allowed = False
        else:
            allowed = True
        may = opener in {"administrator", "bureau"} or (
            opener in {"street_staff", "grid_worker"} and was == becomes == "resident"
        )
        assert allowed == (may and not {was, becomes} & SEPARATED), (was, becomes)


def test_nobody_becomes_or_ceases_to_be_who_guards_or_audits_and_nobody_changes_himself(cast: Cast) -> None:
    judge, auditor = cast.account("judge", "the-judge"), cast.account("auditor", "the-auditor")
    for one, role in ((judge, "security"), (judge, "administrator"), (judge, "api_client"), (auditor, "judge")):
        with pytest.raises(ForbiddenError, match="account_role_separated"):
            cast.admin("registry.change_account_role", account_id=one["account_id"], role=role, reason="调整")
    officer = cast.account("bureau", "officer")
    me = Caller(cast.host, actor("bureau", account_id=officer["account_id"]))
    with pytest.raises(ForbiddenError, match="account_own"):
        me("registry.change_account_role", account_id=officer["account_id"], role="specialist", reason="调整")


def test_what_a_role_needs_is_checked_as_when_it_is_opened(cast: Cast) -> None:
    account = cast.account("judge", "the-judge")
    ask = {"account_id": account["account_id"], "reason": "调整"}
    change = "registry.change_account_role"
    with pytest.raises(ConflictError, match="account_role_same"):
        cast.bureau(change, **ask, role="judge")
    with pytest.raises(InvalidError, match="account_streets_invalid"):
        cast.bureau(change, **ask, role="street_staff")
    with pytest.raises(InvalidError, match="account_organisation_invalid"):
        cast.bureau(change, **ask, role="cso")
    with pytest.raises(StaleError):
        cast.bureau(change, **ask, role="specialist", expected_version=9)
    organisation = cast.organisation()
    moved = cast.bureau(change, **ask, role="cso", organisation_id=organisation["organisation_id"])
    assert moved["street_codes"] == [ZHUHAI], "its organisation's"
    cast.admin("registry.close_account", account_id=account["account_id"], ground="left")
    with pytest.raises(ConflictError, match="account_state_conflict"):
        cast.bureau(change, **ask, role="judge")


def test_whoever_serves_a_case_hands_it_over_first(cast: Cast) -> None:
    case = cast.case_under_notice(cast.organisation())
    serving = {role: cast.account(role, f"the-{role}") for role in ("specialist", "steward")}
    ask = {"case_id": case["case_id"]}
    for role, one in serving.items():
        cast.specialist("registry.assign_team_member", **ask, role=role, account_id=one["account_id"])
    change = {"account_id": serving["steward"]["account_id"], "role": "judge", "reason": "调整"}
    with pytest.raises(ConflictError, match="account_role_serving"):
        cast.bureau("registry.change_account_role", **change)
    leaver = {"account_id": serving["steward"]["account_id"]}
    Caller(cast.host, actor("steward", **leaver))("registry.request_erasure")
    for ending, ground in (("close_account", "left"), ("erase_account", "consent_withdrawn")):
        with pytest.raises(ConflictError, match="account_role_serving"):
            cast.admin(f"registry.{ending}", **leaver, ground=ground)
    other = cast.account("steward", "another")
    who = {"role": "steward", "account_id": other["account_id"], "reason": "岗位调整"}
    cast.specialist("registry.hand_over_team_role", **ask, **who)
    assert cast.bureau("registry.change_account_role", **change)["role"] == "judge"


def test_whoever_is_assigned_while_the_role_changes_is_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    case = cast.case_under_notice(cast.organisation())
    account_id = cast.account("steward", "the-steward")["account_id"]
    counted, check = threading.Event(), domain.check_idle

    def slow(serving: int) -> None:
        counted.set()
        threading.Event().wait(0.3)  # between counting and writing
        check(serving)

    monkeypatch.setattr(domain, "check_idle", slow)

    def assign() -> str:
        counted.wait(10)
        try:
            cast.specialist(
                "registry.assign_team_member", case_id=case["case_id"], role="steward", account_id=account_id
            )
        except FootprintError as error:
            return error.code
        return "assigned"

    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(assign)
        cast.bureau("registry.change_account_role", account_id=account_id, role="judge", reason="调整")
    assert told.result() == "team_account_invalid"


# --- the second pair of eyes -----------------------------------------------------------------------------------------
def opened(cast: Cast, role: str, who: Caller | None = None) -> dict[str, Any]:
    made: dict[str, Any] = (who or cast.admin)(
        "registry.open_account",
        role=role,
        login=f"the-{role}",
        password=PASSWORD,
        name="王五",
        must_change_password=False,
    )
    return made


@pytest.mark.parametrize("role", ["security", "auditor"])
@pytest.mark.parametrize("second", ["bureau", "security"])
def test_who_guards_or_audits_signs_in_once_another_person_has_confirmed(cast: Cast, role: str, second: str) -> None:
    account = opened(cast, role)
    path = {"account_id": account["account_id"]}
    assert (account["status"], account["opened_by"]) == ("pending", cast.admin.who and cast.admin.who.account_id)
    assert told(cast, "account_opened") == []
    assert [event["role"] for event in told(cast, "account_proposed")] == [role]
    for new in ({}, {"new_password": NEW}):
        with pytest.raises(UnauthenticatedError, match="sign_in_failed"):
            cast.public("registry.sign_in", login=f"the-{role}", password=PASSWORD, **new)
    with pytest.raises(ForbiddenError, match="actor_forbidden"):
        cast.admin("registry.confirm_account", **path)
    confirmed = Caller(cast.host, actor(second))("registry.confirm_account", **path)
    assert confirmed["status"] == "active"
    assert [event["account_id"] for event in told(cast, "account_opened")] == [account["account_id"]]
    assert [event["opened_by"] for event in told(cast, "account_confirmed")] == [account["opened_by"]]
    with pytest.raises(UnauthenticatedError, match="password_change_required"):  # the opener knows the first one
        cast.public("registry.sign_in", login=f"the-{role}", password=PASSWORD)
    signed_in = cast.public("registry.sign_in", login=f"the-{role}", password=PASSWORD, new_password=NEW)
    assert signed_in["account"]["role"] == role
    with pytest.raises(ConflictError, match="account_state_conflict"):
        cast.bureau("registry.confirm_account", **path)
    assert [row["step"] for row in changes(cast.bureau, account["account_id"])] == ["confirmed", "opened"]


def test_a_rejected_account_never_signs_in_and_no_other_way_leads_past_the_second_person(cast: Cast) -> None:
    account = opened(cast, "auditor")
    path = {"account_id": account["account_id"]}
    security = Caller(cast.host, actor("security"))
    with pytest.raises(ConflictError, match="account_state_conflict"):
        cast.admin("registry.close_account", **path, ground="left")
    with pytest.raises(ConflictError, match="account_state_conflict"):
        security("registry.reopen_account", **path, new_password=NEW)
    with pytest.raises(ConflictError, match="account_state_conflict"):
        security("registry.reset_password", **path, new_password=NEW)
    with pytest.raises(ForbiddenError, match="account_own"):
        Caller(cast.host, actor("bureau", **path))("registry.confirm_account", **path)
    assert cast.bureau("registry.reject_account", **path, reason="查无此人")["status"] == "rejected"
    for operation, body in (("confirm_account", {}), ("reject_account", {"reason": "再次"})):
        with pytest.raises(ConflictError, match="account_state_conflict"):
            cast.bureau(f"registry.{operation}", **path, **body)
    with pytest.raises(ConflictError, match="account_state_conflict"):
        security("registry.reopen_account", **path, new_password=NEW)
    with pytest.raises(UnauthenticatedError, match="sign_in_failed"):
        cast.public("registry.sign_in", login="the-auditor", password=PASSWORD)
    assert told(cast, "account_opened") == []
    assert changes(cast.bureau, account["account_id"])[0]["reason"] == "查无此人"
    cast.admin("registry.erase_account", **path, ground="service_ended")
    assert changes(cast.bureau, account["account_id"])[0]["reason"] is None


def test_whoever_opened_it_does_not_confirm_it_in_another_role_either(cast: Cast) -> None:
    account = opened(cast, "auditor")
    who = cast.admin.who and cast.admin.who.account_id
    same = Caller(cast.host, actor("bureau", account_id=who))
    with pytest.raises(ForbiddenError, match="account_opener_confirms"):
        same("registry.confirm_account", account_id=account["account_id"])


@pytest.mark.parametrize("role", sorted(set(roles.EVERY_ROLE) - {"security", "auditor"}))
def test_every_other_account_is_active_at_once(role: str) -> None:
    assert domain.first_status(role) == "active"
