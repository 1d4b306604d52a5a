"""At the door: API keys, ended sessions, and what a session remembers of whoever signed in."""

from __future__ import annotations

import asyncio
import base64
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from chassis import clock, ids
from chassis.codes import ChassisCode
from chassis.errors import UnavailableError
from chassis.events import Envelope
from chassis.runtime.inprocess import InProcessHost
from gateway import api, catalogue, oidc, seen
from gateway.limits import KeyLimits, SignInLimits
from services.registry.bootstrap import seed
from tests import kit
from tests.gateway.kit import Client, make_deps
from tests.kit import Caller, actor
from tests.service.registry.cast import PASSWORD, Cast

PLENTY = "10000/minute"


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cast:
    (tmp_path / "data.key").write_bytes(base64.b64encode(os.urandom(32)))
    (tmp_path / "token.pem").write_bytes(kit.signing_key().as_pem(private=True))
    monkeypatch.setenv("DATA_KEY_FILE", str(tmp_path / "data.key"))
    monkeypatch.setenv("TOKEN_SIGNING_KEY_FILE", str(tmp_path / "token.pem"))
    monkeypatch.setenv("ARGON2_MEMORY_KIB", "64")
    monkeypatch.setenv("ARGON2_TIME", "1")
    host: InProcessHost = kit.make_host("registry")
    with host.executors["registry"].system_session("bootstrap", kit.DISTRICT) as session:
        seed(session, district_code=kit.DISTRICT)
    return Cast(host)


def door(cast: Cast, *, per_key: str = PLENTY, per_address: str = PLENTY, **more: Any) -> Client:
    guesses = SignInLimits(per_name=PLENTY, per_address=per_address, store="async+memory://")
    keys = KeyLimits(per_key=per_key, store="async+memory://", guesses=guesses)
    deps = make_deps(cast.host, routes=api.routes(), catalogue=catalogue.load())
    return Client(replace(deps, limits=guesses, key_limits=keys, **more))


def api_key(cast: Cast, *scopes: str) -> dict[str, Any]:
    account = cast.account("api_client", "machine")
    issued: dict[str, Any] = Caller(cast.host, actor("security"))(
        "registry.issue_api_key",
        account_id=account["account_id"],
        name="统计接口",
        scopes=list(scopes) or ["registry.get_me"],
        expires_on=str(clock.day_of(clock.system_now()).replace(day=28).year + 1) + "-01-01",
    )
    return issued


def exchanges(cast: Cast) -> int:
    """How often the registry was asked to exchange a key."""
    with cast.host.executors["registry"].sessions() as session:
        asked = text("SELECT count(*) FROM command_log WHERE operation = 'exchange_api_key'")
        return int(session.execute(asked).scalar_one())


def told(session_id: str) -> Envelope:
    return Envelope(
        id=ids.new_id("evt"),
        name="session_revoked",
        source="registry",
        subject=session_id,
        subject_version=1,
        district_code=kit.DISTRICT,
        occurred_at=clock.system_now(),
    )


def test_a_key_opens_its_scopes_and_is_exchanged_once(cast: Cast) -> None:
    client, issued = door(cast), api_key(cast)
    mine = client.with_token(issued["api_key"])
    for _ in range(3):
        assert mine.get("/v1/me").json["role"] == "api_client"
    assert exchanges(cast) == 1
    refused = mine.get("/v1/policies/registry")
    assert (refused.status_code, refused.json["code"]) == (403, "scope_forbidden")
    assert mine.get("/v1/files/" + "0" * 64).json["code"] == "scope_forbidden"
    assert client.with_token("fpk_aaaaaaaa_" + "a" * 43).get("/v1/me").json["code"] == "api_key_invalid"
    assert client.with_token("fpk_nonsense").get("/v1/me").status_code == 422


def test_a_revoked_key_is_forgotten_with_the_event(cast: Cast) -> None:
    client, issued = door(cast), api_key(cast)
    mine = client.with_token(issued["api_key"])
    assert mine.get("/v1/me").status_code == 200
    Caller(cast.host, actor("security"))("registry.revoke_api_key", api_key_id=issued["api_key_id"])
    client.deps.revoked.heard(told(issued["api_key_id"]))
    assert (mine.get("/v1/me").status_code, mine.get("/v1/me").json["code"]) == (401, "api_key_invalid")


def test_requests_of_a_key_and_keys_an_address_tries_are_limited(cast: Cast) -> None:
    issued = api_key(cast)
    few = door(cast, per_key="2/minute").with_token(issued["api_key"])
    assert [few.get("/v1/me").status_code for _ in range(3)] == [200, 200, 429]
    client = door(cast, per_address="3/minute")
    guesses = [client.with_token(f"fpk_{n:a>8}_" + "a" * 43).get("/v1/me") for n in "bcdef"]
    assert [guess.status_code for guess in guesses] == [401, 401, 401, 429, 429]


def test_an_ended_session_is_refused_by_the_gateways_own_answers_too(cast: Cast) -> None:
    client = door(cast)
    cast.account("bureau", "officer")
    body = {"login": "officer", "password": PASSWORD}
    signed_in = client.post("/v1/sessions", json=body).json
    mine = client.with_token(signed_in["access_token"])
    missing = "/v1/files/" + "0" * 64
    assert mine.get(missing).status_code == 404
    client.deps.revoked.heard(told(signed_in["session_id"]))
    refused = mine.get(missing)
    assert (refused.status_code, refused.json["code"]) == (401, "token_revoked")


def test_whoever_missed_events_asks_which_sessions_have_ended(cast: Cast) -> None:
    client = door(cast)
    cast.account("bureau", "officer")
    signed_in = client.post("/v1/sessions", json={"login": "officer", "password": PASSWORD}).json
    mine = client.with_token(signed_in["access_token"])
    assert mine.request("DELETE", "/v1/sessions/current").status_code == 200
    assert mine.get("/v1/files/" + "0" * 64).status_code == 404, "no event has come"

    async def bind() -> None:
        client.deps.revoked.bound()
        while client.deps.revoked._asking:
            await asyncio.sleep(0.01)

    asyncio.run(bind())
    assert mine.get("/v1/files/" + "0" * 64).status_code == 401


def test_a_session_remembers_device_and_network_as_the_gateway_saw_them(cast: Cast) -> None:
    client = door(cast)
    cast.account("bureau", "officer")
    forged = {"login": "officer", "password": PASSWORD, "device": "forged", "address_prefix": "forged"}
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
    signed_in = client.post("/v1/sessions", json=forged, headers={"User-Agent": agent}).json
    (row,) = client.with_token(signed_in["access_token"]).get("/v1/sessions").json["items"]
    assert (row["device"], row["address_prefix"], row["current"]) == ("Chrome · Android", "127.0.0.0/24", True)


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::9", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("unix:", ""),
    ],
)
def test_a_network_is_never_a_whole_address(address: str, prefix: str) -> None:
    assert seen.prefix_of(address) == prefix


@pytest.mark.parametrize("agent", [None, "", "<script>alert(1)</script>", "x" * 500])
def test_an_unknown_device_is_a_question_mark(agent: str | None) -> None:
    assert seen.device_of(agent) == "? · ?"


def test_a_live_stream_ends_with_its_session(cast: Cast) -> None:
    hub = door(cast).deps.hub

    async def read(session_id: str, ended: str) -> int:
        count, began = 0, asyncio.get_running_loop().time()
        async for _ in hub.read(kit.actor("bureau", session_id=session_id)):
            count += 1
            if count == 1:
                hub.end_session(ended)
        assert count >= 1
        return round((asyncio.get_running_loop().time() - began) * 1000)

    assert asyncio.run(read("ses_1", "ses_1")) < 200
    assert asyncio.run(read("ses_1", "ses_2")) >= 400, "another's stream goes on for its lifetime"


def test_a_call_is_made_again_only_while_its_own_reason_lasts() -> None:
    told = iter(["oidc_keys_missing", "oidc_keys_missing", "ok"])

    async def call() -> str:
        word = next(told)
        if word != "ok":
            error = UnavailableError(ChassisCode.SERVICE_UNAVAILABLE)
            error.code = word
            raise error
        return word

    assert asyncio.run(oidc.patiently(call, code="oidc_keys_missing", pause=0.001)) == "ok"
    told = iter(["service_unavailable", "ok"])
    with pytest.raises(UnavailableError):
        asyncio.run(oidc.patiently(call, code="oidc_keys_missing", pause=0.001))
