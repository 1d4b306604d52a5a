"""The authorisation table, walked: every operation and every route, with every role and with none.

"Let in" means that the table let the call through: it was done, or refused by a rule that has a name of its own. What
the table refuses is ``actor_forbidden`` (403), or ``actor_unauthenticated`` (401) for who has not signed in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chassis.errors import FootprintError
from chassis.operations import ANYONE, Operation
from chassis.runtime.inprocess import InProcessHost
from contracts import roles
from gateway import api, catalogue
from gateway.limits import SignInLimits
from gateway.route import Route
from tests import examples, kit
from tests.gateway.kit import Client, make_deps

NOBODY = "public"
EVERYBODY = (*roles.EVERY_ROLE, NOBODY)
BY_TABLE = {"actor_forbidden", "actor_unauthenticated"}
# Credentials that an operation itself examines; the examples are nobody's.
BY_CREDENTIALS = {"sign_in_failed", "sign_in_locked", "session_invalid", "api_key_invalid", "oidc_request_invalid"}
STREETS = {roles.STREET_STAFF, roles.HUB, roles.CSO, roles.GRID_WORKER, roles.RESIDENT, roles.TALENT}


def token(role: str) -> str | None:
    if role == NOBODY:
        return None
    return kit.token(kit.actor(role, streets=[kit.ZHUHAI] if role in STREETS else []))


def allowed(operation: Operation, role: str) -> bool:
    return ANYONE in operation.roles or role in operation.roles


def code_of(host: InProcessHost, name: str, operation: Operation, role: str) -> str:
    service, _, method = name.partition(".")
    shown = token(role)
    try:
        host.call(service, method, examples.arguments(operation), {"authorization": shown} if shown else {})
    except FootprintError as error:
        return error.code
    return "done"


def verdict(role: str, may: bool, code: str) -> str | None:
    """What is wrong with it, if anything is."""
    if may:
        return f"{code}, though the table lets {role} in" if code in BY_TABLE else None
    wanted = "actor_unauthenticated" if role == NOBODY else "actor_forbidden"
    return None if code == wanted else f"{code}, though the table refuses {role}"


@pytest.mark.parametrize("role", EVERYBODY)
def test_every_operation_lets_in_whom_the_table_names_and_nobody_else(district: InProcessHost, role: str) -> None:
    wrong, seen = {}, {True: 0, False: 0}
    for name, operation in sorted(catalogue.load().items()):
        may = allowed(operation, role)
        seen[may] += 1
        said = verdict(role, may, code_of(district, name, operation, role))
        if said:
            wrong[name] = said
    assert wrong == {}
    assert seen[True] > 0
    assert seen[False] > 0


@pytest.fixture(scope="module")
def client(district: InProcessHost) -> Client:
    deps = make_deps(district, routes=api.routes(), catalogue=catalogue.load())
    plenty = SignInLimits(per_name="10000/minute", per_address="10000/minute", store="async+memory://")
    return Client(replace(deps, limits=plenty, body_max=65_536))


def request(client: Client, route: Route, operation: Operation, role: str) -> Any:
    values = examples.arguments(operation)
    names = re.findall(r"{(\w+)}", route.path)
    path = route.path.format(**{name: values.pop(name, "x" * 8) for name in names})
    shown = token(role)
    asked = client.with_token(shown) if shown else client
    if route.method in ("GET", "DELETE"):
        return asked.request(route.method, path, params={k: v for k, v in values.items() if v is not None})
    return asked.request(route.method, path, body=json.dumps(values), headers={"Content-Type": "application/json"})


def judged(client: Client, role: str) -> Iterator[tuple[str, str]]:
    known = {**catalogue.load(), **api.own_operations()}
    for route in api.routes():
        operation = known[route.operation]
        response = request(client, route, operation, role)
        code = "done" if response.status_code < 400 else str((response.json or {}).get("code"))
        said = verdict(role, allowed(operation, role), code)
        if response.status_code >= 500 and response.status_code != 503:
            said = f"{response.status_code} {code}"
        if response.status_code == 401 and code not in BY_TABLE | BY_CREDENTIALS:
            said = f"401 {code}"
        if said:
            yield f"{route.method} {route.path}", said


@pytest.mark.parametrize("role", EVERYBODY)
def test_every_route_lets_in_whom_the_table_names_and_nobody_else(client: Client, role: str) -> None:
    assert dict(judged(client, role)) == {}
