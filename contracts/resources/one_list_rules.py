"""Policy data of the one list, the census, the talent grid and dispatch: every number with its bounds."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.operations import Operation, command, rpc
from contracts import roles


class SetOneListRule(Schema):
    """A number the bureau changes; it binds what is decided from then on."""

    key = fields.String(required=True, validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z"))
    value = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=2**31 - 1))


class OneListRuleView(Schema):
    """A number, its bounds and what it means."""

    key = fields.String()
    value = fields.Integer()
    default = fields.Integer()
    least = fields.Integer()
    most = fields.Integer()
    unit = fields.String()
    zh = fields.String()
    en = fields.String()


class OneListRulesView(Schema):
    """All of them."""

    items = fields.List(fields.Nested(OneListRuleView))


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "list_one_list_rules",
        None,
        OneListRulesView,
        roles=(*roles.READERS, roles.GRID_WORKER),
        zh="清单与网格参数",
        en="Numbers of the one list and the talent grid",
    ),
    command(
        "set_one_list_rule",
        SetOneListRule,
        OneListRuleView,
        roles=(roles.BUREAU,),
        zh="调整清单与网格参数",
        en="Set a number of the one list or the talent grid",
    ),
)
