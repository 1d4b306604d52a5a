"""Sign-in under attack and in everyday use: guesses, locks, passwords, sessions, stolen tokens."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from chassis import clock
from chassis.errors import ConflictError, FootprintError, ForbiddenError, InvalidError, NotFoundError
from chassis.errors import UnauthenticatedError as Refused
from chassis.runtime.inprocess import InProcessHost
from services.registry.accounts import passwords
from services.registry.sessions.models import SignInAttempt, SignInSession, SpentRefreshToken
from tests.kit import ZHUHAI, Caller, actor
from tests.service.registry.cast import PASSWORD, Cast

NEW = "Nachtigall unter Linden"


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was revoked is read anew for every call; test_revocation.py looks at the seconds in between."""
    monkeypatch.setenv("TOKEN_REVOCATION_SECONDS", "0")


@pytest.fixture
def security(cast: Cast) -> Caller:
    return Caller(cast.host, actor("security"))


def sign_in(cast: Cast, login: str, password: str = PASSWORD, **more: Any) -> Any:
    return cast.public("registry.sign_in", login=login, password=password, **more)


def refresh(cast: Cast, token: str) -> Any:
    return cast.public("registry.refresh_session", refresh_token=token)


def with_token(cast: Cast, signed_in: Any, operation: str, **kwargs: Any) -> Any:
    service, _, method = operation.partition(".")
    return cast.host.call(service, method, kwargs, {"authorization": signed_in["access_token"]})


def code_of(call: Any) -> str:
    try:
        call()
    except FootprintError as error:
        return error.code
    return "ok"


def at_once(calls: list[Any]) -> Counter[str]:
    """All calls begin together, each in a thread; counts their codes."""
    gate = threading.Barrier(len(calls))

    def run(call: Any) -> str:
        gate.wait()
        return code_of(call)

    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(pool.map(run, calls))


# guesses ----------------------------------------------------------------------------------------------------------


def test_no_more_parallel_guesses_are_verified_than_the_policy_allows(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.account("judge", "parallel")
    Caller(cast.host, actor("security"))("registry.set_policy", key="sign_in_failures", value=2)
    verified: list[str] = []
    matches = passwords.matches

    def slow(password_hash: str | None, password: str) -> bool:
        verified.append(password)
        threading.Event().wait(0.05)  # the time in which others used to pass
        return matches(password_hash, password)

    monkeypatch.setattr(passwords, "matches", slow)
    told = at_once([lambda n=n: sign_in(cast, "parallel", f"guess number {n}") for n in range(6)])
    assert told == {"sign_in_failed": 2, "sign_in_locked": 4}
    assert len(verified) == 2
    with cast.host.executors["registry"].sessions() as session:
        assert session.scalars(select(SignInAttempt.failures)).all() == [2]


def test_the_owner_signs_in_from_several_places_at_once(cast: Cast) -> None:
    cast.account("judge", "busy-owner")
    assert at_once([lambda: sign_in(cast, "busy-owner")] * 6) == {"ok": 6}


def test_each_lock_is_twice_as_long_up_to_the_longest(cast: Cast, security: Caller) -> None:
    account = cast.account("judge", "doubling")
    security("registry.set_policy", key="sign_in_lock_most_seconds", value=100)
    waits = []
    for number in range(8):
        assert code_of(lambda: sign_in(cast, "doubling", "wrong")) == "sign_in_failed"
        if number >= 4:
            with pytest.raises(Refused, match="sign_in_locked") as locked:
                sign_in(cast, "doubling")
            waits.append(locked.value.details["retry_after_seconds"])
            pass_the_lock(cast)
    assert [round(wait, -1) for wait in waits] == [30, 60, 100, 100]
    told = [row for row in events(cast, "sign_in_locked") if row["account_id"] == account["account_id"]]
    assert [row["seconds"] for row in told] == [30, 60, 100, 100]
    assert sign_in(cast, "doubling")["session_id"]
    assert code_of(lambda: sign_in(cast, "doubling", "wrong")) == "sign_in_failed", "a success forgets the failures"


def pass_the_lock(cast: Cast) -> None:
    """Time passes."""
    with cast.host.executors["registry"].sessions.begin() as session:
        session.execute(update(SignInAttempt).values(locked_until=clock.system_now()))


def events(cast: Cast, name: str) -> list[dict[str, Any]]:
    with cast.host.executors["registry"].sessions() as session:
        found = session.execute(text("SELECT payload FROM outbox WHERE name = :n ORDER BY position"), {"n": name})
        return [row[0] for row in found]


def test_security_sees_and_ends_a_lock(cast: Cast, security: Caller) -> None:
    account = cast.account("judge", "locked-out")
    for _ in range(5):
        code_of(lambda: sign_in(cast, "locked-out", "wrong"))
        code_of(lambda: sign_in(cast, "nobody-here", "wrong"))
    (shown,) = security("registry.list_lockouts")["items"]
    assert (shown["account_id"], shown["failures"]) == (account["account_id"], 5)
    with pytest.raises(ForbiddenError):
        cast.admin("registry.unlock_account", account_id=account["account_id"])
    security("registry.unlock_account", account_id=account["account_id"])
    assert sign_in(cast, "locked-out")["session_id"]
    with pytest.raises(ConflictError, match="account_not_locked"):
        security("registry.unlock_account", account_id=account["account_id"])


# passwords --------------------------------------------------------------------------------------------------------


def test_a_first_password_is_changed_at_the_first_sign_in(cast: Cast) -> None:
    cast.admin("registry.open_account", role="judge", login="newcomer", password=PASSWORD, name="某")
    with pytest.raises(Refused, match="password_change_required"):
        sign_in(cast, "newcomer")
    with pytest.raises(Refused, match="sign_in_failed"):
        sign_in(cast, "newcomer", "wrong", new_password=NEW)
    with pytest.raises(InvalidError, match="password_same"):
        sign_in(cast, "newcomer", new_password=PASSWORD)
    assert not sign_in(cast, "newcomer", new_password=NEW)["account"]["must_change_password"]
    assert code_of(lambda: sign_in(cast, "newcomer")) == "sign_in_failed"
    assert sign_in(cast, "newcomer", NEW)["session_id"]


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("ninechars", "password_too_short"),
        ("Password2026!", "password_common"),
        ("woaini1314", "password_common"),
        ("somebody-x1", "password_like_login"),
        ("aaaaaaaaaaaa", "password_monotone"),
        ("hijklmnopqr", "password_monotone"),
    ],
)
def test_weak_passwords_are_refused_by_name(cast: Cast, security: Caller, password: str, problem: str) -> None:
    security("registry.set_policy", key="password_least_length", value=10)
    with pytest.raises(InvalidError, match=problem):
        cast.account("judge", "somebody", password=password)


def test_changing_ones_password_ends_the_other_sessions_only(cast: Cast) -> None:
    cast.account("judge", "changer")
    here, there = sign_in(cast, "changer"), sign_in(cast, "changer")
    with pytest.raises(ForbiddenError, match="password_wrong"):
        with_token(cast, here, "registry.change_password", password="wrong", new_password=NEW)
    done = with_token(cast, here, "registry.change_password", password=PASSWORD, new_password=NEW)
    assert done["sessions_ended"] == 1
    assert refresh(cast, here["refresh_token"])["session_id"] == here["session_id"]
    with pytest.raises(Refused):
        refresh(cast, there["refresh_token"])
    assert [row["how"] for row in events(cast, "password_changed")] == ["own"]
    with cast.host.executors["registry"].sessions() as session:
        stored = str(session.execute(text("SELECT to_jsonb(command_log) FROM command_log")).all())
    assert NEW not in stored


def test_guesses_at_the_present_password_lock_like_those_at_sign_in(cast: Cast) -> None:
    cast.account("judge", "guessed")
    here = sign_in(cast, "guessed")
    ask = {"password": "wrong", "new_password": NEW}
    for _ in range(5):
        assert code_of(lambda: with_token(cast, here, "registry.change_password", **ask)) == "password_wrong"
    assert code_of(lambda: with_token(cast, here, "registry.change_password", **ask)) == "sign_in_locked"
    assert code_of(lambda: sign_in(cast, "guessed")) == "sign_in_locked"


def test_an_administrator_resets_or_forces_a_change_and_never_his_own(cast: Cast) -> None:
    account = cast.account("judge", "forgetful")
    before = sign_in(cast, "forgetful")
    cast.admin("registry.reset_password", account_id=account["account_id"], new_password=NEW)
    assert code_of(lambda: refresh(cast, before["refresh_token"])) == "session_invalid"
    assert code_of(lambda: sign_in(cast, "forgetful", NEW)) == "password_change_required"
    now = sign_in(cast, "forgetful", NEW, new_password=PASSWORD)
    cast.admin("registry.require_password_change", account_id=account["account_id"])
    assert code_of(lambda: with_token(cast, now, "registry.get_me")) == "token_revoked"
    assert code_of(lambda: sign_in(cast, "forgetful")) == "password_change_required"
    own = cast.account("administrator", "admin-two")
    myself = Caller(cast.host, actor("administrator", account_id=own["account_id"]))
    with pytest.raises(ForbiddenError, match="password_not_own"):
        myself("registry.reset_password", account_id=own["account_id"], new_password=NEW)


# sessions ---------------------------------------------------------------------------------------------------------


def test_one_sees_and_ends_ones_own_sessions(cast: Cast) -> None:
    cast.account("judge", "traveller")
    first = sign_in(cast, "traveller", device="Chrome · Android", address_prefix="203.0.113.0/24")
    second = sign_in(cast, "traveller", device="Firefox · Linux")
    shown = with_token(cast, second, "registry.list_sessions")["items"]
    assert [(row["device"], row["current"]) for row in shown] == [
        ("Firefox · Linux", True),
        ("Chrome · Android", False),
    ]
    assert shown[1]["address_prefix"] == "203.0.113.0/24"
    with_token(cast, second, "registry.revoke_session", session_id=first["session_id"])
    with pytest.raises(ConflictError, match="session_ended"):
        with_token(cast, second, "registry.revoke_session", session_id=first["session_id"])
    assert code_of(lambda: with_token(cast, first, "registry.get_me")) == "token_revoked"
    third = sign_in(cast, "traveller")
    assert with_token(cast, second, "registry.revoke_sessions", keep_current=True) == {"ended": 1}
    assert code_of(lambda: refresh(cast, third["refresh_token"])) == "session_invalid"
    assert with_token(cast, second, "registry.get_me")["name"] == "李四光"


def test_nobody_sees_or_ends_the_session_of_another_but_security(cast: Cast, security: Caller) -> None:
    account = cast.account("judge", "watched")
    theirs = sign_in(cast, "watched", device="Chrome · Windows")
    for role in ("bureau", "administrator", "judge"):
        caller = Caller(cast.host, actor(role))
        with pytest.raises(NotFoundError):
            caller("registry.list_sessions", account_id=account["account_id"])
        with pytest.raises(NotFoundError):
            caller("registry.revoke_session", session_id=theirs["session_id"])
    (row,) = security("registry.list_sessions", account_id=account["account_id"])["items"]
    assert (row["session_id"], row["device"], row["address_prefix"]) == (theirs["session_id"], None, None)
    security("registry.revoke_session", session_id=theirs["session_id"])
    assert events(cast, "session_revoked")[-1]["reason"] == "revoked_by_security"


def test_where_somebody_was_is_ciphertext_and_in_no_event(cast: Cast) -> None:
    cast.account("judge", "private")
    sign_in(cast, "private", device="Safari · iOS", address_prefix="198.51.100.0/24")
    with cast.host.executors["registry"].sessions() as session:
        stored = str(session.execute(text("SELECT to_jsonb(sign_in_session) FROM sign_in_session")).all())
        told = str(session.execute(text("SELECT payload FROM outbox")).all())
    for secret in ("Safari", "198.51.100"):
        assert secret not in stored + told


# refresh tokens ---------------------------------------------------------------------------------------------------


def age_spent(cast: Cast, seconds: int) -> None:
    with cast.host.executors["registry"].sessions.begin() as session:
        spent_at = SpentRefreshToken.spent_at - timedelta(seconds=seconds)
        session.execute(update(SpentRefreshToken).values(spent_at=spent_at))


def open_sessions(cast: Cast) -> int:
    with cast.host.executors["registry"].sessions() as session:
        return len(session.scalars(select(SignInSession).where(SignInSession.revoked_at.is_(None))).all())


def test_a_token_used_long_ago_betrays_the_theft_however_often_it_was_followed(cast: Cast) -> None:
    cast.account("judge", "victim")
    stolen = sign_in(cast, "victim")["refresh_token"]
    latest = stolen
    for _ in range(3):  # the thief is quick: two refreshes used to make the first token unknown
        latest = refresh(cast, latest)["refresh_token"]
    assert code_of(lambda: refresh(cast, stolen)) == "session_invalid"
    assert code_of(lambda: refresh(cast, latest)) == "session_invalid"
    assert open_sessions(cast) == 0
    assert events(cast, "session_revoked")[-1]["reason"] == "token_reused"


def test_a_lost_reply_is_excused_once_and_leaves_one_good_token(cast: Cast) -> None:
    cast.account("judge", "lost-reply")
    first = sign_in(cast, "lost-reply")["refresh_token"]
    lost = refresh(cast, first)["refresh_token"]
    kept = refresh(cast, first)["refresh_token"]
    after = refresh(cast, kept)["refresh_token"]
    assert open_sessions(cast) == 1
    assert code_of(lambda: refresh(cast, lost)) == "session_invalid", "the lost one was never to be used"
    assert code_of(lambda: refresh(cast, after)) == "session_invalid", "somebody had it: the session is over"


def test_no_excuse_after_the_grace_or_once_the_successor_was_used_or_twice(cast: Cast) -> None:
    cast.account("judge", "no-excuse")
    late = sign_in(cast, "no-excuse")["refresh_token"]
    refresh(cast, late)
    age_spent(cast, 11)
    assert code_of(lambda: refresh(cast, late)) == "session_invalid"
    used = sign_in(cast, "no-excuse")["refresh_token"]
    refresh(cast, refresh(cast, used)["refresh_token"])
    assert code_of(lambda: refresh(cast, used)) == "session_invalid"
    twice = sign_in(cast, "no-excuse")["refresh_token"]
    refresh(cast, twice)
    refresh(cast, twice)
    assert code_of(lambda: refresh(cast, twice)) == "session_invalid"
    assert open_sessions(cast) == 0


def test_a_token_that_many_show_at_once_is_good_for_two_at_most_and_then_for_nobody(cast: Cast) -> None:
    cast.account("judge", "crowd")
    token = sign_in(cast, "crowd")["refresh_token"]
    told = at_once([lambda: refresh(cast, token)] * 6)
    assert told == {"ok": 2, "session_invalid": 4}
    assert open_sessions(cast) == 0
    assert len(events(cast, "session_revoked")) == 1


def test_an_account_bound_to_a_street_signs_in_there_and_keeps_its_scope(cast: Cast) -> None:
    cast.account("street_staff", "street-person", street_codes=[ZHUHAI])
    signed_in = sign_in(cast, "street-person")
    assert signed_in["account"]["street_codes"] == [ZHUHAI]
    with pytest.raises(ForbiddenError):
        with_token(cast, signed_in, "registry.list_lockouts")
