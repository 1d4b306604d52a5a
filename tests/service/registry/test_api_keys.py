"""API keys: shown once, kept as hashes, limited to scopes, rotated with an overlap, revoked at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update

from chassis import clock
from chassis.errors import ConflictError, ForbiddenError, InvalidError
from chassis.errors import UnauthenticatedError as Refused
from chassis.runtime.inprocess import InProcessHost
from services.registry.api_keys import domain
from services.registry.api_keys.models import ApiKey
from tests.kit import Caller, actor
from tests.service.registry.cast import PASSWORD, Cast

SCOPES = ["registry.get_me", "registry.list_places"]


@pytest.fixture
def cast(host: InProcessHost, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setenv("TOKEN_REVOCATION_SECONDS", "0")
    return Cast(host)


@pytest.fixture
def security(cast: Cast) -> Caller:
    return Caller(cast.host, actor("security"))


def day(days: int) -> str:
    return (clock.day_of(clock.system_now()) + timedelta(days=days)).isoformat()


def issue(cast: Cast, security: Caller, **facts: Any) -> dict[str, Any]:
    login = f"client-{cast.made.setdefault('clients', 0)}"
    cast.made["clients"] += 1
    account = cast.account("api_client", login)
    asked = {"account_id": account["account_id"], "name": "统计接口", "scopes": SCOPES, "expires_on": day(30)}
    made: dict[str, Any] = security("registry.issue_api_key", **{**asked, **facts})
    return made


def exchange(cast: Cast, key: str) -> Any:
    return cast.public("registry.exchange_api_key", api_key=key)


def call(cast: Cast, token: str, method: str, service: str = "registry") -> Any:
    return cast.host.call(service, method, {}, {"authorization": token})


def change(cast: Cast, **values: Any) -> None:
    with cast.host.executors["registry"].sessions.begin() as session:
        session.execute(update(ApiKey).values(**values))


def test_a_key_is_shown_once_and_kept_as_a_hash(cast: Cast, security: Caller) -> None:
    issued = issue(cast, security)
    key = issued["api_key"]
    assert key.startswith(f"fpk_{issued['prefix']}_")
    seen = security("registry.get_api_key", api_key_id=issued["api_key_id"])
    assert "api_key" not in seen
    assert seen["last_used_on"] is None
    secret = key.rpartition(f"{issued['prefix']}_")[2]
    with cast.host.executors["registry"].sessions() as session:
        for table in ("api_key", "outbox", "command_log"):
            assert secret not in str(session.execute(text(f"SELECT to_jsonb({table}) FROM {table}")).all())


def test_the_token_of_a_key_reaches_its_scopes_and_nothing_else(cast: Cast, security: Caller) -> None:
    issued = issue(cast, security)
    exchanged = exchange(cast, issued["api_key"])
    assert exchanged["expires_in"] <= 600
    token = exchanged["access_token"]
    assert call(cast, token, "get_me")["role"] == "api_client"
    assert call(cast, token, "list_places")["items"]
    for method in ("list_fields", "list_policies", "list_sessions"):  # its role may, its key may not
        with pytest.raises(ForbiddenError, match="scope_forbidden"):
            call(cast, token, method)
    assert security("registry.get_api_key", api_key_id=issued["api_key_id"])["last_used_on"] == day(0)


@pytest.mark.parametrize("scope", ["registry.open_account", "registry.no_such", "projects.create_round"])
def test_a_key_never_widens_what_its_role_may(cast: Cast, security: Caller, scope: str) -> None:
    with pytest.raises(InvalidError, match="api_key_scope_unknown"):
        issue(cast, security, scopes=[*SCOPES, scope])


def test_keys_are_for_machines_for_a_bounded_time(cast: Cast, security: Caller) -> None:
    person = cast.account("judge", "a-person")
    with pytest.raises(InvalidError, match="api_key_account_invalid"):
        issue(cast, security, account_id=person["account_id"])
    for days in (0, 366):
        with pytest.raises(InvalidError, match="api_key_expiry_invalid"):
            issue(cast, security, expires_on=day(days))
    with pytest.raises(ForbiddenError):
        issue(cast, cast.admin)
    cast.account("api_client", "machine")
    with pytest.raises(Refused, match="sign_in_failed"):  # a session would know no scopes
        cast.public("registry.sign_in", login="machine", password=PASSWORD)


def test_a_rotated_key_has_two_secrets_for_a_while(cast: Cast, security: Caller) -> None:
    first = issue(cast, security)
    second = security("registry.rotate_api_key", api_key_id=first["api_key_id"])
    assert second["prefix"] == first["prefix"]
    for key in (first["api_key"], second["api_key"]):
        assert exchange(cast, key)["api_key_id"] == first["api_key_id"]
    change(cast, previous_until=clock.system_now())
    with pytest.raises(Refused, match="api_key_invalid"):
        exchange(cast, first["api_key"])
    assert exchange(cast, second["api_key"])


def test_a_revoked_key_and_its_tokens_end_at_once(cast: Cast, security: Caller) -> None:
    issued = issue(cast, security)
    token = exchange(cast, issued["api_key"])["access_token"]
    security("registry.revoke_api_key", api_key_id=issued["api_key_id"])
    with pytest.raises(Refused, match="token_revoked"):
        call(cast, token, "get_me")
    with pytest.raises(Refused, match="api_key_invalid"):
        exchange(cast, issued["api_key"])
    for operation in ("revoke_api_key", "rotate_api_key"):
        with pytest.raises(ConflictError, match="api_key_revoked"):
            security(f"registry.{operation}", api_key_id=issued["api_key_id"])


def test_expired_unknown_and_orphaned_keys_are_nobodys(cast: Cast, security: Caller) -> None:
    issued = issue(cast, security)
    key = issued["api_key"]
    for wrong in (key[:-3] + ("AAA" if key[-3:] != "AAA" else "BBB"), "fpk_aaaaaaaa_" + "a" * 43):
        with pytest.raises(Refused, match="api_key_invalid"):
            exchange(cast, wrong)
    cast.admin("registry.close_account", account_id=issued["account_id"], ground="left")
    with pytest.raises(Refused, match="api_key_invalid"):
        exchange(cast, key)
    other = issue(cast, security)
    change(cast, expires_on=clock.day_of(clock.system_now()) - timedelta(days=1))
    with pytest.raises(Refused, match="api_key_invalid"):
        exchange(cast, other["api_key"])


@pytest.mark.parametrize("action", ["rotate", "revoke", "issue"])
@pytest.mark.parametrize("status", ["active", "revoked"])
def test_every_action_on_every_state_of_a_key(status: str, action: str) -> None:
    after = domain.TRANSITIONS.get((status, action))
    if after is None:
        with pytest.raises(ConflictError, match="api_key_revoked"):
            domain.next_status(status, action)
    else:
        assert domain.next_status(status, action) == after
