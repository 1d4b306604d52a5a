"""Separation of duties: who opens and closes whose account, and what nobody does for himself."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from chassis.errors import ConflictError, FootprintError, ForbiddenError, StaleError, UnauthenticatedError
from chassis.runtime.inprocess import InProcessHost
from services.registry.accounts import domain
from tests.kit import Caller, actor
from tests.service.registry.cast import PASSWORD, Cast

NEW = "Nachtigall unter Linden"


@pytest.fixture
def cast(host: InProcessHost, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setenv("TOKEN_REVOCATION_SECONDS", "0")
    return Cast(host)


def administrators(cast: Cast, *names: str) -> list[Caller]:
    """Accounts that exist, and whoever acts with them."""
    opened = [cast.account("administrator", name) for name in names]
    return [Caller(cast.host, actor("administrator", account_id=row["account_id"])) for row in opened]


def close(caller: Caller, account_id: str, **more: int) -> str:
    try:
        caller("registry.close_account", account_id=account_id, ground="left", **more)
    except FootprintError as error:
        return error.code
    return "closed"


def id_of(caller: Caller) -> str:
    assert caller.who is not None
    return str(caller.who.account_id)


@pytest.mark.parametrize("action", ["close", "reopen", "erase", "confirm", "reject", "delete"])
@pytest.mark.parametrize("status", domain.STATUSES)
def test_every_action_on_every_state_of_an_account(status: str, action: str) -> None:
    after = domain.TRANSITIONS.get((status, action))
    if after is None:
        with pytest.raises(ConflictError, match="account_state_conflict"):
            domain.next_status(status, action)
    else:
        assert domain.next_status(status, action) == after


def test_nobody_opens_an_account_of_another_role_for_himself(cast: Cast) -> None:
    mine = {"phone": "13812345678", "email": "officer@example.com"}
    account = cast.account("bureau", "officer", **mine)
    me = Caller(cast.host, actor("bureau", account_id=account["account_id"]))
    for own in ({"phone": mine["phone"]}, {"email": "OFFICER@example.com"}):
        with pytest.raises(ForbiddenError, match="account_self_grant"):
            me("registry.open_account", role="specialist", login="officer-2", password=PASSWORD, name="某", **own)
    for role in ("administrator", "security", "auditor"):
        with pytest.raises(ForbiddenError, match="account_role_forbidden"):
            me("registry.open_account", role=role, login=f"my-{role}", password=PASSWORD, name="某")


def test_nobody_closes_erases_or_resets_himself(cast: Cast) -> None:
    one, _ = administrators(cast, "admin-1", "admin-2")
    assert close(one, id_of(one)) == "account_own"
    with pytest.raises(ForbiddenError, match="account_own"):
        one("registry.erase_account", account_id=id_of(one), ground="other_law")


def test_the_last_administrator_stays(cast: Cast) -> None:
    one, two = administrators(cast, "admin-1", "admin-2")
    assert close(one, id_of(two)) == "closed"
    assert close(cast.admin, id_of(one)) == "account_last_administrator"
    one("registry.request_erasure")
    with pytest.raises(ConflictError, match="account_last_administrator"):
        cast.admin("registry.erase_account", account_id=id_of(one), ground="other_law")


def test_two_administrators_who_close_each_other_at_once_leave_one(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = administrators(cast, "admin-1", "admin-2")
    gate, check = threading.Barrier(2), domain.check_administrators_left

    def slow(role: str, others: int) -> None:
        threading.Event().wait(0.2)  # between counting and closing
        check(role, others)

    monkeypatch.setattr(domain, "check_administrators_left", slow)

    def run(pair: tuple[Caller, Caller]) -> str:
        gate.wait()
        return close(pair[0], id_of(pair[1]))

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(run, [(one, two), (two, one)]))
    assert told == ["account_last_administrator", "closed"]


def test_a_closed_account_signs_in_no_more_until_it_is_opened_again(cast: Cast) -> None:
    account = cast.account("judge", "leaver")
    signed_in = cast.public("registry.sign_in", login="leaver", password=PASSWORD)
    with pytest.raises(StaleError):
        cast.admin("registry.close_account", account_id=account["account_id"], ground="left", expected_version=77)
    assert close(cast.admin, account["account_id"]) == "closed"
    assert close(cast.admin, account["account_id"]) == "account_state_conflict"
    with pytest.raises(UnauthenticatedError, match="token_revoked"):
        cast.host.call("registry", "get_me", {}, {"authorization": signed_in["access_token"]})
    with pytest.raises(UnauthenticatedError, match="sign_in_failed"):
        cast.public("registry.sign_in", login="leaver", password=PASSWORD)
    cast.admin("registry.reopen_account", account_id=account["account_id"], new_password=NEW)
    with pytest.raises(UnauthenticatedError, match="password_change_required"):
        cast.public("registry.sign_in", login="leaver", password=NEW)
    again = cast.public("registry.sign_in", login="leaver", password=NEW, new_password=PASSWORD)
    assert again["account"]["status"] == "active"


def test_numbers_of_sign_in_are_securitys_and_all_others_the_bureaus(cast: Cast) -> None:
    security = Caller(cast.host, actor("security"))
    security("registry.set_policy", key="sign_in_failures", value=3)
    with pytest.raises(ForbiddenError, match="policy_not_yours"):
        security("registry.set_policy", key="case_votes", value=4)
    with pytest.raises(ForbiddenError, match="policy_not_yours"):
        cast.bureau("registry.set_policy", key="sign_in_failures", value=50)


@pytest.mark.parametrize("role", ["security", "auditor", "judge", "administrator"])
def test_whoever_sets_a_password_never_becomes_who_guards_or_audits(cast: Cast, role: str) -> None:
    account = cast.account(role, f"the-{role}")
    security = Caller(cast.host, actor("security"))
    guarded = role in {"security", "auditor"}
    may, may_not = (security, cast.admin) if guarded else (cast.admin, security)
    with pytest.raises(ForbiddenError, match="password_not_yours"):
        may_not("registry.reset_password", account_id=account["account_id"], new_password=NEW)
    may("registry.reset_password", account_id=account["account_id"], new_password=NEW)
