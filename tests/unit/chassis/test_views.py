"""A compiled view answers what marshmallow's own dump would."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields, post_dump

from chassis.fields import Instant, Money
from chassis.views import View


def shape(base: type[Schema]) -> type[Schema]:
    """The same fields on either base."""

    class Part(base):  # type: ignore[misc, valid-type]
        code = fields.String()
        amount = Money(attribute="amount_fen")

    class Whole(base):  # type: ignore[misc, valid-type]
        name = fields.String()
        count = fields.Integer()
        share = fields.Float()
        open = fields.Boolean()
        fields_ = fields.List(fields.String(), data_key="fields", attribute="field_codes")
        day = fields.Date()
        at = Instant()
        anything = fields.Raw()
        part = fields.Nested(Part)
        parts = fields.List(fields.Nested(Part))
        many = fields.Nested(Part, many=True)
        only = fields.Nested(Part(only=("code",)))

    return Whole


OURS, THEIRS = shape(View)(), shape(Schema)()
PART = st.fixed_dictionaries({}, optional={"code": st.text(), "amount_fen": st.none() | st.integers(-(10**9), 10**9)})
FIRST, LAST = datetime(1990, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001  hypothesis adds the zone
WHOLE = st.fixed_dictionaries(
    {},
    optional={
        "name": st.none() | st.text() | st.integers(),
        "count": st.none() | st.integers() | st.just("7"),
        "share": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "open": st.none() | st.booleans(),
        "field_codes": st.none() | st.lists(st.none() | st.text()),
        "day": st.none() | st.dates(date(1900, 1, 1)),
        "at": st.none() | st.datetimes(FIRST, LAST, timezones=st.just(UTC)),
        "anything": st.none() | st.dictionaries(st.text(), st.integers()),
        "part": st.none() | PART,
        "parts": st.none() | st.lists(PART),
        "many": st.none() | st.lists(PART),
        "only": st.none() | PART,
    },
)


@given(WHOLE)
def test_a_view_of_a_mapping_is_marshmallows(row: dict[str, Any]) -> None:
    assert OURS.dump(row) == THEIRS.dump(row)


@given(WHOLE)
def test_a_view_of_an_object_is_marshmallows(row: dict[str, Any]) -> None:
    assert OURS.dump(SimpleNamespace(**row)) == THEIRS.dump(SimpleNamespace(**row))


@given(st.lists(WHOLE, max_size=3))
def test_a_view_of_many_is_marshmallows(rows: list[dict[str, Any]]) -> None:
    assert OURS.dump(rows, many=True) == THEIRS.dump(rows, many=True)
    assert shape(View)(many=True).dump(rows) == OURS.dump(rows, many=True)


def test_a_view_with_hooks_is_left_to_marshmallow() -> None:
    class Hooked(View):
        name = fields.String()

        @post_dump
        def shout(self, shown: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
            return {"name": shown["name"].upper()}

    assert Hooked().dump({"name": "a"}) == {"name": "A"}


def test_a_view_has_no_defaults_of_its_own() -> None:
    class Defaulted(View):
        name = fields.String(dump_default="x")

    with pytest.raises(TypeError, match="without a default"):
        Defaulted().dump({})
