"""Routes, contracts and faces say the same."""

from __future__ import annotations

import inspect
from collections import Counter

import pytest
from marshmallow import missing

from chassis.operations import Operation
from chassis.runtime.entrypoints import entrypoints
from gateway import api, catalogue
from gateway.arguments import EXPECTED_VERSION, Inputs
from gateway.catalogue import OWN, SERVICES
from gateway.openapi_parts import NOUNS, path_names
from gateway.route import Route
from tests.house.kit import service

PUBLIC = {
    "GET /v1/case-notices",  # a public notice is public
    "GET /v1/calendars/{token}",  # the address itself is the secret
    "GET /v1/clock",
    "GET /v1/consent-texts",  # a notice is read before anybody agrees to it
    "GET /v1/evidence/{evidence_id}/image",  # shown to everybody only with consent; the service decides each time
    "GET /v1/evidence/{evidence_id}/image/reference",
    "GET /v1/fields",
    "GET /v1/flag-rules",  # projects are flagged by published rules
    "GET /v1/flag-rules/versions",
    "GET /v1/grants",  # awards as open data (360Giving)
    "GET /v1/grants-file",
    "GET /v1/jobs/{job_id}",  # the service shows a job to its requester only
    "GET /v1/oidc",  # signing in begins with it, like the next two
    "GET /v1/places",
    "GET /v1/places/{code}",
    "GET /v1/public-evidence",  # photos whose people agreed
    "GET /v1/public-gifts",  # what both sides of a gift agreed to tell
    "GET /v1/public-brands",  # a brand page is made to be seen by everybody
    "GET /v1/public-brands/{slug}",
    "GET /v1/public-brands/{slug}/photos/{photo_id}",
    "GET /v1/public-brands/{slug}/photos/{photo_id}/reference",
    "GET /v1/public-brands/{slug}/qr",
    "GET /v1/public-one-list",  # what people agreed to, of what a street published
    "GET /v1/roadshows/{roadshow_id}/calendar",  # when and where pitches are is for everybody
    "GET /v1/rounds",
    "GET /v1/rounds/{round_id}",
    "GET /v1/rounds/{round_id}/applicants",  # who applied is public once screening is over; no word of a plan
    "GET /v1/rounds/{round_id}/audit-bundle",  # public with the result, so that anybody can recompute it
    "GET /v1/rounds/{round_id}/decision",
    "GET /v1/rounds/{round_id}/vote",
    "GET /v1/rounds/{round_id}/vote/ballots",  # commitments: a receipt is best checked by nobody in particular
    "GET /v1/rounds/{round_id}/vote/ballots/{commitment}",
    "GET /v1/rounds/{round_id}/vote/turnout",
    "GET /v1/trail/consistency",
    "GET /v1/trail/head",
    "GET /v1/trail/heads",  # a log is trusted because anybody can copy its heads
    "GET /v1/trail/keys",
    "GET /v1/trail/notice",
    "GET /v1/trail/seen-heads",
    "POST /v1/oidc/sessions",
    "POST /v1/oidc/{provider}/authorisations",
    "POST /v1/sessions",
    "POST /v1/sessions/refreshment",
    "POST /v1/trail/seen-heads",  # another district's log: the head is signed with a key that an operator registered
}
NOT_FOR_PEOPLE = {"count_missing_events", "list_sent_events", "get_bus_state", "advance_clock", "get_clock", "get_job"}
FOR_GATEWAYS = {
    "begin_oidc_sign_in",
    "claim_oidc_request",
    "exchange_api_key",
    "finish_oidc_sign_in",
    "get_file_access",
    "list_revoked_sessions",
}


def known() -> dict[str, Operation]:
    return {**catalogue.load(), **api.own_operations()}


def test_every_operation_a_route_names_is_promised() -> None:
    assert [route.operation for route in catalogue.unknown(api.routes(), known())] == []


def test_no_address_is_given_twice() -> None:
    counts = Counter((route.method, route.path) for route in api.routes())
    assert [key for key, count in counts.items() if count > 1] == []


def test_every_route_asks_for_sign_in_unless_it_is_listed() -> None:
    table = known()
    public = {f"{row.method} {row.path}" for row in api.routes() if catalogue.is_public(table[row.operation])}
    assert public - PUBLIC == set()


def test_every_word_in_a_path_is_a_field_of_the_input() -> None:
    table = known()
    wrong = [
        (route.path, name)
        for route in api.routes()
        if route.service != OWN or table[route.operation].input().fields
        for name in path_names(route.path)
        if name not in Inputs(table[route.operation].input).fields
    ]
    assert wrong == []


def test_a_get_never_writes() -> None:
    table = known()
    wrong = [route.path for route in api.routes() if route.method == "GET" and table[route.operation].kind != "rpc"]
    assert wrong == []


def test_addresses_are_nouns_below_v1() -> None:
    assert [route.path for route in api.routes() if not route.path.startswith("/v1/") or "_" in _plain(route)] == []


def _plain(route: Route) -> str:
    return "/".join(word for word in route.path.split("/") if not word.startswith("{"))


@pytest.mark.parametrize("name", SERVICES)
def test_contract_and_face_have_the_same_methods(name: str) -> None:
    promised = {row.name: row.kind for row in service(name).operations}
    marked = {
        mark.method: mark.word for mark in entrypoints(service(name).cls).values() if mark.word in ("rpc", "command")
    }
    assert promised == marked
    assert {row.name for row in service(name).operations} == {
        key.partition(".")[2] for key in catalogue.load() if key.startswith(f"{name}.")
    }


@pytest.mark.parametrize("name", SERVICES)
def test_faces_take_what_the_contract_promises(name: str) -> None:
    wrong = []
    for row in service(name).operations:
        parameters = inspect.signature(getattr(service(name).cls, row.name)).parameters
        loaded = {field.attribute or key for key, field in row.input().load_fields.items()}
        named = {key for key, one in parameters.items() if one.kind is inspect.Parameter.KEYWORD_ONLY} - {"actor"}
        open_ended = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters.values())
        required = {key for key in named if parameters[key].default is inspect.Parameter.empty}
        sure = {
            field.attribute or key
            for key, field in row.input().load_fields.items()
            if field.required or field.load_default is not missing
        }
        if not (named <= loaded and (open_ended or loaded <= named) and required <= sure):
            wrong.append((row.name, sorted(named ^ loaded), sorted(required - sure)))
    assert wrong == []


@pytest.mark.parametrize("name", SERVICES)
def test_a_replayed_command_is_rendered_by_a_read_that_exists(name: str) -> None:
    table = {row.name: row for row in service(name).operations}
    lost = [row.name for row in table.values() if row.reread and row.reread not in table]
    assert lost == []
    for row in table.values():
        if row.reread and row.output is not None:
            needs = {key for key, field in table[row.reread].input().load_fields.items() if field.required}
            assert needs <= set(row.output().fields), row.name


def test_every_operation_has_an_address_or_is_not_for_people() -> None:
    addressed = {route.operation for route in api.routes()}
    lost = [
        name
        for name, row in known().items()
        if name not in addressed
        and name.partition(".")[2] not in NOT_FOR_PEOPLE | FOR_GATEWAYS
        and "system" not in row.roles
    ]
    assert lost == []


def test_objects_that_carry_a_version_can_be_written_conditionally() -> None:
    fields = {name for row in known().values() for name in row.input().fields}
    assert EXPECTED_VERSION in fields


def test_every_noun_of_the_addresses_has_its_chinese_name() -> None:
    """The documentation's list of contents is read in Chinese first."""
    nouns = {route.path.split("/")[2] for route in api.routes()}
    assert nouns - NOUNS.keys() == set()
