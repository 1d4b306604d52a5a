"""Policy data of the district: every number the registry's rules read, with its default."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from chassis.operations import Cached, Operation, command, rpc
from contracts import roles
from contracts.registry.events import PolicyChanged

_WORD = validate.Regexp(r"^[a-z][a-z_]{1,39}\Z")


class PolicyValue(fields.Field[Any]):
    """A whole number, or a list of words."""

    def __init__(self, **kwargs: Any) -> None:
        about = "整数，或词的列表 / a whole number, or a list of words"
        super().__init__(metadata={"description": about}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int | list[str]:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31:
            return value
        if isinstance(value, list) and len(value) <= 20 and all(isinstance(word, str) for word in value):
            return [str(_WORD(word)) for word in value]
        raise ValidationError("Neither a whole number nor a list of words.")


class SetPolicy(Schema):
    """A number the bureau changes (security: those of sign-in); it binds what is decided from then on."""

    key = fields.String(required=True, validate=_WORD)
    value = PolicyValue(required=True)


class PolicyView(Schema):
    """A number, its bounds and what it means."""

    key = fields.String()
    value = PolicyValue()
    default = PolicyValue()
    least = fields.Integer()
    most = fields.Integer()
    unit = fields.String()
    choices = fields.List(fields.String(), metadata={"description": "词只能取其中；空为不限 / the words there are"})
    zh = fields.String()
    en = fields.String()


class PoliciesView(Schema):
    """All of them."""

    items = fields.List(fields.Nested(PolicyView))


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "list_policies",
        None,
        PoliciesView,
        roles=roles.SIGNED_IN,
        zh="政策参数",
        en="Policy numbers",
        cached=Cached(until=(PolicyChanged,)),
    ),
    command(
        "set_policy",
        SetPolicy,
        PolicyView,
        roles=(roles.BUREAU, roles.SECURITY),
        zh="调整政策参数",
        en="Set a policy number",
    ),
)
