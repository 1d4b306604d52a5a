"""Personal fields are declared on both sides, and masked as declared."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from marshmallow import Schema

import contracts.registry
from chassis.reseal import sealed_columns
from contracts.registry import OPERATIONS
from contracts.registry.accounts import AccountView
from contracts.registry.personal import MASKS, declared
from contracts.registry.purposes import PURPOSES
from services.registry import personal
from services.registry.models import Base
from services.registry.service import SERVICE


def schemas() -> list[type[Schema]]:
    """Every schema the registry's contracts define."""
    names = [found.name for found in pkgutil.iter_modules(contracts.registry.__path__)]
    modules = [importlib.import_module(f"contracts.registry.{name}") for name in names]
    found = {id(one): one for module in modules for one in vars(module).values() if isinstance(one, type)}
    return [one for one in found.values() if issubclass(one, Schema)]


def sealed() -> set[str]:
    """``table.column`` of every encrypted personal column."""
    assert SERVICE.metadata
    rows = [one for one in sealed_columns([Base.metadata]) if isinstance(one.column.type, personal.Sealed)]
    assert all(one.purpose == f"{one.table.name}.{one.column.name}" for one in rows), "the purpose names the column"
    return {one.purpose for one in rows}


def test_every_encrypted_column_is_declared_personal_in_a_view_and_vice_versa() -> None:
    """Seal a column, and say in a view that it is personal: ``personal("table.column", "mask")``."""
    shown = {column for schema in schemas() for _, column, _ in declared(schema)}
    assert shown == sealed()
    assert len(shown) >= 10


def test_every_mask_is_known_and_hides_something() -> None:
    used = {mask for schema in schemas() for _, _, mask in declared(schema)}
    assert used <= set(MASKS) == set(personal.MASKS)
    for mask in used:
        for text in ("张三丰", "13812345678", "someone@example.com"):
            if (mask, text) != ("login", "张三丰"):
                assert personal.MASKS[mask](text) != text
        assert personal.MASKS[mask](None) is None


def test_purposes_need_declared_fields_only() -> None:
    assert {field for purpose in PURPOSES.values() for field in purpose.fields} <= sealed()


def test_a_declared_field_is_masked_and_the_rest_is_left() -> None:
    values = {"name": "张三丰", "phone": None, "email": "zhang@example.com", "login": "zhang3", "role": "judge"}
    assert personal.masked(AccountView, values) == {
        "name": "张**",
        "phone": None,
        "email": "z***@example.com",
        "login": "zhang3",
        "role": "judge",
    }


@pytest.mark.parametrize("name", ["responsible_person", "phone", "email", "name", "login"])
def test_no_view_of_the_registry_shows_such_a_field_undeclared(name: str) -> None:
    """A field named like a person's that is not declared is an organisation's, a place's or a thing's."""
    things = {
        ("OrganisationView", "name"),
        ("PlaceView", "name"),
        ("SeedGroupView", "name"),
        ("SeedGroupDetail", "name"),
        ("ApiKeyView", "name"),
        ("IssuedApiKeyView", "name"),
        ("JobView", "name"),
        *((view, "name") for view in ("AssuranceView", "CandidateView", "PairView", "OrganisationHit")),
        *((view, "name") for view in ("CentreDetail", "CentreView", "OccupancyView", "SpaceView", "RulebookView")),
        *((view, "name") for view in ("PublicBrandLine", "PublicBrandView")),
    }
    wrong = []
    for row in OPERATIONS:
        if row.output is None or name not in row.output().fields:
            continue
        known = {field for field, _, _ in declared(row.output)}
        if name not in known and (row.output.__name__, name) not in things:
            wrong.append(f"{row.output.__name__}.{name}")
    assert wrong == []
