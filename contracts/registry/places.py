"""Places: district, streets and communities with their official codes."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import one_of
from chassis.operations import Operation, rpc
from contracts import roles

LEVELS = ("district", "street", "community", "grid_cell")


def _code(*, required: bool = False) -> fields.String:
    about = {"description": "6 位区、9 位街道、12 位社区代码 / 6, 9 or 12 digits"}
    return fields.String(
        validate=validate.Regexp(r"^[0-9]{6}([0-9]{3}([0-9]{3})?)?\Z"), metadata=about, required=required
    )


class PlacePath(Schema):
    """One place."""

    code = _code(required=True)


class PlaceQuery(Schema):
    """Filters; the list is ordered by code."""

    level = one_of(*LEVELS)
    parent_code = _code()
    cursor = fields.String(validate=validate.Length(max=200), metadata={"description": "上一页的 next_cursor"})
    limit = fields.Integer(validate=validate.Range(min=1, max=200))


class PlaceView(Schema):
    """A place; a code that is no longer used names its successor."""

    code = fields.String()
    name = fields.String()
    level = fields.String(metadata={"enum": list(LEVELS)})
    parent_code = fields.String(allow_none=True)
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    valid_from = fields.Date()
    valid_until = fields.Date(allow_none=True)
    successor_code = fields.String(allow_none=True)


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "list_places",
        PlaceQuery,
        PlaceView,
        roles=roles.PUBLIC,
        many=True,
        zh="区、街道和社区",
        en="Districts, streets and communities",
    ),
    rpc("get_place", PlacePath, PlaceView, roles=roles.PUBLIC, zh="查看一个地方", en="One place"),
)
