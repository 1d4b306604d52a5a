"""A machine reads what it was granted, as a street or an organisation would, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chassis import clock
from chassis.errors import ConflictError, FootprintError, ForbiddenError, InvalidError, NotFoundError
from chassis.errors import UnauthenticatedError as Refused
from chassis.runtime.inprocess import InProcessHost
from contracts import roles
from contracts.registry.integrations import ACTING
from gateway import catalogue
from services.registry.integrations import domain, queries
from tests import examples
from tests.kit import CHANGJIANG, ZHUHAI, Caller, actor
from tests.service.registry.cast import Cast, credit_code

ENTERPRISE = {"name": "企业", "kind": "enterprise", "legal_tier": "registered", "uscc": credit_code("91")}
READS = ["registry.list_organisations", "registry.get_organisation"]


@pytest.fixture
def cast(host: InProcessHost, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setenv("TOKEN_REVOCATION_SECONDS", "0")
    return Cast(host)


@pytest.fixture
def security(cast: Cast) -> Caller:
    return Caller(cast.host, actor("security"))


def client(cast: Cast) -> str:
    number = cast.made["clients"] = cast.made.get("clients", 0) + 1
    return str(cast.account("api_client", f"client-{number}")["account_id"])


def grant(cast: Cast, account_id: str, **facts: Any) -> dict[str, Any]:
    asked = {"acts_as": "street_staff", "street_codes": [ZHUHAI], "operations": READS, "purpose": "街道看板"}
    made: dict[str, Any] = cast.bureau("registry.grant_integration", account_id=account_id, **{**asked, **facts})
    return made


def keyed(security: Caller, account_id: str, scopes: list[str]) -> dict[str, Any]:
    expires = (clock.day_of(clock.system_now()) + timedelta(days=30)).isoformat()
    facts = {"name": "看板", "scopes": scopes, "expires_on": expires}
    made: dict[str, Any] = security("registry.issue_api_key", account_id=account_id, **facts)
    return made


def token(cast: Cast, key: dict[str, Any]) -> str:
    return str(cast.public("registry.exchange_api_key", api_key=key["api_key"])["access_token"])


def call(cast: Cast, shown: str, method: str, **asked: Any) -> Any:
    return cast.host.call("registry", method, asked, {"authorization": shown})


def names(page: dict[str, Any]) -> list[str]:
    return sorted(row["name"] for row in page["items"])


def test_without_a_grant_a_key_names_what_is_everybodys(cast: Cast, security: Caller) -> None:
    with pytest.raises(InvalidError, match="api_key_scope_unknown"):
        keyed(security, client(cast), READS)


def test_a_machine_of_a_street_reads_the_street(cast: Cast, security: Caller) -> None:
    here = cast.organisation("甲社")
    there = cast.organisation("乙社", CHANGJIANG)
    account = client(cast)
    grant(cast, account)
    shown = token(cast, keyed(security, account, [*READS, "registry.list_places"]))
    assert names(call(cast, shown, "list_organisations")) == ["甲社"]
    seen = call(cast, shown, "get_organisation", organisation_id=here["organisation_id"])
    assert "张三丰" not in str(seen)  # a machine discloses nothing
    assert call(cast, shown, "list_places")["items"]
    with pytest.raises(NotFoundError):
        call(cast, shown, "get_organisation", organisation_id=there["organisation_id"])


def test_a_machine_of_an_organisation_reads_the_organisation(cast: Cast, security: Caller) -> None:
    mine = cast.organisation("甲社")["organisation_id"]
    other = cast.organisation("乙社")["organisation_id"]
    account = client(cast)
    grant(cast, account, acts_as="cso", organisation_id=mine, operations=["registry.get_organisation"])
    shown = token(cast, keyed(security, account, ["registry.get_organisation"]))
    assert call(cast, shown, "get_organisation", organisation_id=mine)["name"] == "甲社"
    with pytest.raises(NotFoundError):
        call(cast, shown, "get_organisation", organisation_id=other)
    with pytest.raises(ForbiddenError, match="scope_forbidden"):
        call(cast, shown, "list_organisations")


@pytest.mark.parametrize("role", ACTING)
def test_no_machine_writes_or_reads_beyond_its_grant(cast: Cast, security: Caller, role: str) -> None:
    """Every operation of the registry, with a key that names every read of the role."""
    organisation = {
        "hub": lambda: cast.hub() and cast.made["hub"]["organisation_id"],
        "cso": lambda: cast.organisation("甲社")["organisation_id"],
        "provider": lambda: cast.bureau(
            "registry.register_organisation",
            name="企业",
            kind="enterprise",
            legal_tier="registered",
            uscc=credit_code("91"),
        )["organisation_id"],
    }.get(role, lambda: None)()
    account = client(cast)
    reads = sorted(queries.readable(role))[:60]
    streets = [] if role == "provider" else [ZHUHAI]
    own = {"organisation_id": organisation} if organisation else {}
    grant(cast, account, acts_as=role, street_codes=streets, operations=reads, **own)
    shown = token(cast, keyed(security, account, reads))
    refused = 0
    for name, operation in catalogue.load().items():
        service, _, method = name.partition(".")
        if service != "registry":
            continue
        try:
            cast.host.call("registry", method, examples.arguments(operation), {"authorization": shown})
            code = "done"
        except FootprintError as error:
            code = error.code
        assert (code == "scope_forbidden") is (name not in reads), name
        refused += code == "scope_forbidden"
        assert operation.kind == "rpc" or code == "scope_forbidden", name
    assert refused > 100


def test_a_grant_names_only_reads_that_fit_its_role_streets_and_organisation(cast: Cast) -> None:
    account = client(cast)
    mine = cast.organisation("甲社")["organisation_id"]
    for facts, code in (
        ({"operations": ["registry.register_organisation"]}, "integration_operation_invalid"),
        ({"operations": ["registry.list_accounts"], "acts_as": "cso"}, "account_organisation_invalid"),
        ({"operations": ["registry.get_addresses"]}, "integration_operation_invalid"),
        ({"operations": ["registry.no_such"]}, "integration_operation_invalid"),
        ({"street_codes": []}, "account_streets_invalid"),
        ({"street_codes": ["370211999"]}, "place_not_found"),
        ({"acts_as": "hub", "organisation_id": mine}, "account_organisation_invalid"),
        ({"acts_as": "bureau"}, "request_invalid"),
        ({"account_id": cast.account("judge", "a-person")["account_id"]}, "api_key_account_invalid"),
    ):
        with pytest.raises(InvalidError, match=code):
            grant(cast, **{"account_id": account, **facts})
    grant(cast, account)
    with pytest.raises(ConflictError, match="integration_exists"):
        grant(cast, account)


def test_who_grants_issues_no_key_and_who_issues_grants_nothing(cast: Cast, security: Caller) -> None:
    account = client(cast)
    with pytest.raises(ForbiddenError):
        keyed(cast.bureau, account, ["registry.list_places"])
    asked = {"account_id": account, "acts_as": "street_staff", "street_codes": [ZHUHAI], "operations": READS}
    for who in (security, cast.admin, cast.street, cast.specialist):
        with pytest.raises(ForbiddenError):
            who("registry.grant_integration", purpose="看板用途", **asked)


def test_a_withdrawn_grant_ends_the_keys_that_used_it(cast: Cast, security: Caller) -> None:
    account = client(cast)
    made = grant(cast, account)
    using, other = keyed(security, account, READS), keyed(security, account, ["registry.list_places"])
    shown = token(cast, using)
    assert call(cast, shown, "list_organisations")["items"] == []
    gone = security("registry.withdraw_integration", integration_id=made["integration_id"], reason="合同到期")
    assert (gone["status"], gone["withdrawn_reason"]) == ("withdrawn", "合同到期")
    with pytest.raises(Refused):
        call(cast, shown, "list_organisations")
    with pytest.raises(Refused, match="api_key_invalid"):
        token(cast, using)
    assert call(cast, token(cast, other), "list_places")["items"]
    with pytest.raises(ConflictError, match="integration_state_conflict"):
        cast.bureau("registry.withdraw_integration", integration_id=made["integration_id"], reason="再次")
    page = cast.bureau("registry.list_integrations", account_id=account, status="withdrawn")
    assert [row["integration_id"] for row in page["items"]] == [made["integration_id"]]


@pytest.mark.parametrize("status", ["active", "withdrawn"])
def test_every_step_of_a_grant_is_in_the_table(status: str) -> None:
    if (status, "withdraw") in domain.TRANSITIONS:
        assert domain.next_status(status, "withdraw") == "withdrawn"
    else:
        with pytest.raises(ConflictError, match="integration_state_conflict"):
            domain.next_status(status, "withdraw")


def test_no_role_that_a_machine_may_take_is_district_wide_staff() -> None:
    assert set(ACTING).isdisjoint({*roles.DISTRICT_STAFF, roles.AUDITOR, roles.ADMINISTRATOR, roles.SECURITY})
