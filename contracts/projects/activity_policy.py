"""The district's numbers for activities (活动参数): how long a code is good, who is late, how minutes are rounded."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from chassis.operations import Operation, command, rpc
from contracts import roles


def _between(low: int, high: int) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(min=low, max=high))


class ChangeActivityPolicy(Schema):
    """Only what is to change."""

    code_seconds = _between(10, 300)
    code_neighbours = _between(0, 5)
    code_failures = _between(3, 20)
    code_lock_minutes = _between(1, 1440)
    check_in_before_minutes = _between(0, 1440)
    check_out_grace_minutes = _between(0, 1440)
    late_minutes = _between(0, 240)
    round_minutes = _between(1, 60)
    list_hours = _between(1, 168)
    close_days = _between(1, 90)
    longest_hours = _between(1, 168)


def _numbers() -> dict[str, Any]:
    return {name: fields.Integer() for name in ChangeActivityPolicy().fields}


class ActivityPolicyView(Schema.from_dict(_numbers())):  # type: ignore[misc]
    """The district's numbers: how long a code is good, when check-in opens, who is late, how minutes are rounded."""

    district_code = fields.String()


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_activity_policy", None, ActivityPolicyView, roles=roles.SIGNED_IN, zh="活动参数", en="Activity policy"),
    command(
        "change_activity_policy",
        ChangeActivityPolicy,
        ActivityPolicyView,
        roles=(roles.BUREAU,),
        zh="修改活动参数",
        en="Change the activity policy",
        reread="get_activity_policy",
    ),
)
