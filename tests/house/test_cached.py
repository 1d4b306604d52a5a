"""What a gateway may keep, its contract says rightly."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

import pytest
from marshmallow import Schema, fields
from sqlalchemy import inspect as mapping

from chassis.events import TYPES
from chassis.fields import Id
from chassis.secretbox import Sealed
from gateway import api, catalogue
from gateway.arguments import EXPECTED_VERSION, Inputs
from tests.house.kit import service
from tests.service.shown import SHOWN, cacheable

PERSONAL = ("phone", "mobile", "email", "person", "contact", "id_number", "real_name", "login", "address", "account")


def test_every_cacheable_operation_says_what_spoils_it_and_is_watched_by_the_service_tests() -> None:
    assert set(cacheable()) == set(SHOWN)
    for name, cached in cacheable().items():
        row = catalogue.load()[name]
        assert row.kind == "rpc", name
        assert bool(cached.about) != bool(cached.until), f"{name}: one noun, or many"
        assert {TYPES[event].owner for event in cached.events} <= {name.partition(".")[0]}, name


@pytest.mark.parametrize("name", SHOWN)
def test_a_reply_about_one_noun_is_found_by_its_one_spelling(name: str) -> None:
    about = cacheable()[name].about
    if about:
        field = catalogue.load()[name].input().fields[about]
        assert isinstance(field, Id), "an event's subject is an id: another spelling of it would never be found stale"
        assert field.required


@pytest.mark.parametrize("name", SHOWN)
def test_a_cacheable_route_is_a_plain_get(name: str) -> None:
    routes = [route for route in api.routes() if route.operation == name]
    assert routes, f"{name} has no route: nothing would ever be kept"
    for route in routes:
        assert (route.method, route.status) == ("GET", 200)
    assert EXPECTED_VERSION not in Inputs(catalogue.load()[name].input).fields


def shown_fields(schema: type[Schema]) -> Iterator[tuple[str, fields.Field[object]]]:
    """``("pool_lines.offer_id", field)`` of every field, inside nested schemas too."""
    for name, field in schema().fields.items():
        yield name, field
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from ((f"{name}.{below}", found) for below, found in shown_fields(type(inner.schema)))


@pytest.mark.parametrize("name", SHOWN)
def test_a_cacheable_reply_has_no_personal_field(name: str) -> None:
    output = catalogue.load()[name].output
    assert output is not None
    names = {(field.attribute or path).rpartition(".")[2] for path, field in shown_fields(output)}
    names |= {path.rpartition(".")[2] for path, _ in shown_fields(output)}
    assert [each for each in sorted(names) for word in PERSONAL if word in each] == []
    sealed = {
        column.key
        for model in SHOWN[name]
        for column in mapping(model).columns
        if isinstance(column.type, Sealed)  # what is encrypted at rest is what we hold to be personal
    }
    assert names & sealed == set()


def test_the_registry_holds_persons_to_be_personal() -> None:
    """The test above would be hollow if the models it looks at had nothing sealed."""
    sealed = {c.key for model in SHOWN["registry.get_organisation"] for c in mapping(model).columns}
    assert {"responsible_person", "phone"} <= sealed


@pytest.mark.parametrize("name", SHOWN)
def test_a_cacheable_read_does_not_ask_the_time(name: str) -> None:
    owner, _, method = name.partition(".")
    source = inspect.getsource(getattr(service(owner).cls, method))
    words = {node.id for node in ast.walk(ast.parse(inspect.cleandoc(source))) if isinstance(node, ast.Name)}
    assert not words & {"clock", "ids", "secrets", "random"}
