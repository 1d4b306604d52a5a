"""Units of quantities: standard ones, and those a district defines."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, PageQuery, Text
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.resources.common import READ, words

LARGEST = 10**9


class DefineUnit(Schema):
    """``numerator / denominator`` of the base unit make one: 1 dozen = 12/1 piece (base ``件``)."""

    code = fields.String(required=True, validate=validate.Regexp(r"^[a-z][a-z0-9_]{0,19}\Z"))
    base = Text(required=True, at_least=1, at_most=20)
    numerator = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=LARGEST))
    denominator = fields.Integer(load_default=1, strict=True, validate=validate.Range(min=1, max=LARGEST))
    zh = Text(required=True, at_least=1, at_most=20)
    en = Text(load_default="", at_most=40)
    aliases = words(about="别名 / other words for it")


class UnitQuery(Schema):
    """One of the district's own."""

    unit_id = Id("unt", required=True)


class UnitView(Schema):
    """``size`` base units make one, a whole number or a fraction such as ``1/3``. Standard units have no id."""

    unit_id = fields.String(allow_none=True)
    code = fields.String()
    base = fields.String()
    size = fields.String()
    zh = fields.String()
    en = fields.String()
    aliases = fields.List(fields.String())


OPERATIONS: tuple[Operation, ...] = (
    command(
        "define_unit",
        DefineUnit,
        UnitView,
        roles=(roles.BUREAU, roles.SPECIALIST),
        zh="定义计量单位",
        en="Define a unit",
        reread="get_unit",
    ),
    rpc("get_unit", UnitQuery, UnitView, roles=READ, zh="查看计量单位", en="Get a unit"),
    rpc("list_units", PageQuery, UnitView, roles=READ, zh="计量单位", en="List units", many=True),
)
