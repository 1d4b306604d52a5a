"""Single sign-on against a real provider over HTTP: code flow, PKCE, state, nonce, and what claims give."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey
from oidc_provider_mock import User
from sqlalchemy import select, text, update

from chassis import clock
from gateway import api, catalogue
from gateway.limits import SignInLimits
from services.registry.accounts.models import Account
from services.registry.bootstrap import seed
from services.registry.oidc.models import OidcRequest, ProviderKeys
from tests import kit
from tests.gateway.kit import Client, make_deps
from tests.gateway.provider import InsistsOnPkce, provider
from tests.service.registry.cast import Cast

# The peer's own library tells the peer what to change; it is nothing of ours.
pytestmark = [
    pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::authlib.deprecate.AuthlibDeprecationWarning"),
]
BACK = "https://cloud.example/console/callback"
USERS = [
    User(sub="u-1", claims={"email": "officer@example.com", "email_verified": True, "groups": ["civil-affairs"]}),
    User(sub="u-2", claims={"email": "unverified@example.com", "groups": ["civil-affairs"]}),
    User(sub="u-3", claims={"name": "新来的", "groups": ["street-9", "civil-affairs"]}),
    User(sub="u-4", claims={"email": "officer@example.com", "email_verified": True, "groups": ["guests"]}),
    User(sub="u-5", claims={"groups": ["admins"]}),
]
RULES = [
    {"claim": "groups", "value": "street-9", "role": "street_staff", "create": True, "street_codes": [kit.ZHUHAI]},
    {"claim": "groups", "value": "civil-affairs", "role": "bureau"},
    {"claim": "groups", "value": "admins", "role": "administrator", "create": True},
]


class World:
    """The provider, the gateway and the registry."""

    def __init__(self, cast: Cast, client: Client, guard: InsistsOnPkce) -> None:
        self.cast, self.client, self.guard = cast, client, guard

    def begin(self, name: str = "sso") -> dict[str, Any]:
        begun = self.client.post(f"/v1/oidc/{name}/authorisations", json={"redirect_uri": BACK})
        assert begun.status_code == 201, begun.text
        self.cast.host.settle()  # the job process fetches the keys
        view: dict[str, Any] = begun.json
        return view

    def consent(self, begun: dict[str, Any], sub: str) -> dict[str, str]:
        """The browser at the provider; what it is sent back with."""
        back = httpx.post(begun["authorization_url"], data={"sub": sub}, trust_env=False)
        assert back.headers["Location"].startswith(BACK), back.text
        query = parse_qs(urlsplit(back.headers["Location"]).query)
        return {"code": query["code"][0], "state": query["state"][0]}

    def complete(self, begun: dict[str, Any], returned: dict[str, str], **other: str) -> Any:
        body = {**returned, "binding": begun["binding"], **other}
        return self.client.post("/v1/oidc/sessions", json=body)

    def sign_in(self, sub: str, name: str = "sso") -> Any:
        begun = self.begin(name)
        return self.complete(begun, self.consent(begun, sub))

    def all(self, statement: Any) -> list[Any]:
        with self.cast.host.executors["registry"].sessions() as session:
            return list(session.scalars(statement))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    (tmp_path / "data.key").write_bytes(base64.b64encode(os.urandom(32)))
    (tmp_path / "token.pem").write_bytes(kit.signing_key().as_pem(private=True))
    (tmp_path / "client.secret").write_text("a secret of the gateway's")
    for name, value in (
        ("DATA_KEY_FILE", tmp_path / "data.key"),
        ("TOKEN_SIGNING_KEY_FILE", tmp_path / "token.pem"),
        ("OIDC_PROVIDERS_FILE", tmp_path / "providers.json"),
        ("ARGON2_MEMORY_KIB", 64),
        ("ARGON2_TIME", 1),
    ):
        monkeypatch.setenv(name, str(value))
    host = kit.make_host("registry")
    with host.executors["registry"].system_session("bootstrap", kit.DISTRICT) as session:
        seed(session, district_code=kit.DISTRICT)
    limits = SignInLimits(per_name="1000/minute", per_address="1000/minute", store="async+memory://")
    with provider(USERS) as (issuer, guard):
        row = {"name": "sso", "zh": "统一认证", "issuer": issuer, "client_id": "footprint", "redirect_uris": [BACK]}
        row |= {"client_secret_file": str(tmp_path / "client.secret"), "match": {"claim": "email"}, "rules": RULES}
        other = {**row, "name": "other", "client_id": "another-client"}
        (tmp_path / "providers.json").write_text(json.dumps([row, other]))
        deps = make_deps(host, routes=api.routes(), catalogue=catalogue.load())
        yield World(Cast(host), Client(replace(deps, limits=limits)), guard)


def officer(world: World) -> dict[str, Any]:
    return world.cast.account("bureau", "officer@example.com")


def test_a_verified_claim_and_a_rule_sign_in_the_account_they_name(world: World) -> None:
    account = officer(world)
    assert world.client.get("/v1/oidc").json["items"][0]["zh"] == "统一认证"
    signed_in = world.sign_in("u-1")
    assert signed_in.status_code == 201, signed_in.text
    assert signed_in.json["account"]["account_id"] == account["account_id"]
    me = world.client.with_token(signed_in.json["access_token"])
    assert me.get("/v1/me").json["role"] == "bureau"
    assert me.get("/v1/sessions").json["items"][0]["method"] == "oidc"
    again = world.sign_in("u-1")  # by the link that was made
    assert again.json["account"]["account_id"] == account["account_id"]
    assert world.all(text("SELECT count(*) FROM account_identity")) == [1]


@pytest.mark.parametrize("sub", ["u-2", "u-4", "u-5", "stranger"])
def test_nobody_gets_an_account_or_a_role_in_silence(world: World, sub: str) -> None:
    """Unverified e-mail; a group that gives no role; a rule that would make an administrator; nothing at all."""
    officer(world)
    before = len(world.all(select(Account.id)))
    refused = world.sign_in(sub)
    assert (refused.status_code, refused.json["code"]) == (401, "oidc_no_account")
    assert len(world.all(select(Account.id))) == before
    assert world.all(text("SELECT count(*) FROM account_identity")) == [0]


def test_a_rule_that_says_so_opens_an_account_once(world: World) -> None:
    first = world.sign_in("u-3").json["account"]
    assert (first["role"], first["street_codes"], first["name"]) == ("street_staff", [kit.ZHUHAI], "新来的")
    assert world.sign_in("u-3").json["account"]["account_id"] == first["account_id"]
    with world.cast.host.executors["registry"].sessions() as session:
        stored = str(session.execute(text("SELECT to_jsonb(account_identity) FROM account_identity")).all())
    assert "u-3" not in stored


def test_a_closed_account_stays_closed_to_its_provider(world: World) -> None:
    account = officer(world)
    world.sign_in("u-1")
    world.cast.admin("registry.close_account", account_id=account["account_id"], ground="left")
    assert world.sign_in("u-1").json["code"] == "oidc_no_account"


def test_each_request_is_good_once_for_the_browser_that_began_it(world: World) -> None:
    officer(world)
    begun = world.begin()
    returned = world.consent(begun, "u-1")
    stranger = world.begin()
    assert world.complete(stranger, returned).json["code"] == "oidc_request_invalid", "another browser's binding"
    assert world.complete(begun, returned, state="x" * 43).json["code"] == "oidc_request_invalid"
    assert world.complete(begun, returned).status_code == 201
    assert world.complete(begun, returned).json["code"] == "oidc_request_invalid", "a second time"


def test_a_code_of_another_request_fails_by_its_verifier(world: World) -> None:
    """Injection of a stolen code: the peer wants the verifier of the request that got it."""
    officer(world)
    mine, stolen = world.begin(), world.begin()
    code = world.consent(stolen, "u-1")["code"]
    refused = world.complete(mine, {"state": mine["state"], "code": code})
    assert (refused.status_code, refused.json["code"]) == (401, "provider_refused")
    assert world.guard.refused == 1


def test_a_request_expires(world: World) -> None:
    begun = world.begin()
    returned = world.consent(begun, "u-1")
    with world.cast.host.executors["registry"].sessions.begin() as session:
        session.execute(update(OidcRequest).values(expires_at=clock.system_now()))
    assert world.complete(begun, returned).json["code"] == "oidc_request_invalid"


def finish(world: World, begun: dict[str, Any], token: str) -> Any:
    """As a gateway that means ill might: straight to the registry with a token of its choice."""
    try:
        who = {"state": begun["state"], "binding": begun["binding"]}
        return world.cast.public("registry.finish_oidc_sign_in", **who, id_token=token)
    except Exception as error:
        return getattr(error, "code", repr(error))


def id_token(world: World, begun: dict[str, Any], sub: str) -> str:
    """A token the provider really gave for this request."""
    returned = world.consent(begun, sub)
    claimed = world.cast.public("registry.claim_oidc_request", state=begun["state"], binding=begun["binding"])
    issuer = urlsplit(begun["authorization_url"])
    form = {"grant_type": "authorization_code", "code": returned["code"], "redirect_uri": BACK}
    form |= {"code_verifier": claimed["code_verifier"]}
    client = parse_qs(issuer.query)["client_id"][0]
    url = f"{issuer.scheme}://{issuer.netloc}/oauth2/token"
    told = httpx.post(url, data=form, auth=(client, "any"), trust_env=False).json()
    return str(told["id_token"])


def test_the_registry_believes_a_token_of_this_request_only(world: World) -> None:
    officer(world)
    begun, earlier = world.begin(), world.begin()
    good, old = id_token(world, begun, "u-1"), id_token(world, earlier, "u-1")
    assert finish(world, begun, old) == "oidc_token_invalid", "the nonce of another request"
    head, body, signature = good.split(".")
    assert finish(world, begun, f"{head}.{body}.{signature[:-6]}AAAAAA") == "oidc_token_invalid"
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    assert finish(world, begun, f"{none}.{body}.") == "oidc_token_invalid"
    elsewhere = world.begin("other")
    theirs = id_token(world, elsewhere, "u-1")
    assert finish(world, begun, theirs) == "oidc_token_invalid", "given to another client"
    assert finish(world, begun, good)["session_id"]


def test_a_token_signed_with_a_key_that_was_not_fetched_is_nobodys(world: World) -> None:
    officer(world)
    begun = world.begin()
    token = id_token(world, begun, "u-1")
    strange = RSAKey.generate_key(2048).as_dict(private=False)
    with world.cast.host.executors["registry"].sessions.begin() as session:
        session.execute(update(ProviderKeys).values(jwks={"keys": [strange]}))
    assert finish(world, begun, token) == "oidc_token_invalid"


def test_a_token_is_not_taken_before_its_request_was_claimed_or_without_keys(world: World) -> None:
    begun = world.begin()
    assert finish(world, begun, "a.b.c" * 10) == "oidc_request_invalid"
    token = id_token(world, begun, "u-1")
    with world.cast.host.executors["registry"].sessions.begin() as session:
        session.execute(text("DELETE FROM provider_keys"))
    assert finish(world, begun, token) == "oidc_keys_missing"


def test_addresses_and_providers_that_are_not_registered_are_refused(world: World) -> None:
    for name, address, code in (
        ("sso", BACK + "/", "oidc_redirect_unknown"),
        ("sso", "https://evil.example/", "oidc_redirect_unknown"),
        ("nobody", BACK, "provider_unknown"),
    ):
        refused = world.client.post(f"/v1/oidc/{name}/authorisations", json={"redirect_uri": address})
        assert refused.json["code"] == code


def test_a_provider_that_is_away_is_said_to_be(world: World, tmp_path: Path) -> None:
    rows = json.loads((tmp_path / "providers.json").read_text())
    rows[0]["issuer"] = "http://127.0.0.1:9"
    (tmp_path / "providers.json").write_text(json.dumps(rows))
    refused = world.client.post("/v1/oidc/sso/authorisations", json={"redirect_uri": BACK})
    assert (refused.status_code, refused.json["code"]) == (503, "provider_unavailable")
