"""The district's numbers for offers and needs (资源对接参数): reservations, questions after needs, points of scores."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.resources.common import Expecting

POINTS = (
    "base",
    "topic",
    "field",
    "same_street",
    "district_wide",
    "same_community",
    "urgency",
    "perishing",
    "time",
    "distance",
    "verified",
)
MOST_POINTS = 10_000


def _between(low: int, high: int) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(min=low, max=high))


def _weights() -> dict[str, Any]:
    return {
        **{name: _between(0, MOST_POINTS) for name in POINTS},
        "perishing_days": _between(0, 365),
        "distance_reach_m": _between(100, 100_000),
    }


class Weights(Schema.from_dict(_weights())):  # type: ignore[misc]
    """Most points of each term of a score; ``perishing_days``: how near its last day an offer is preferred;
    ``distance_reach_m``: from how many metres on distance earns nothing."""


class ChangeResourcesPolicy(Expecting):
    """Only what is to change, weight by weight; it holds for what happens from now on."""

    reservation_hours = _between(1, 2160)
    need_confirm_days = _between(7, 730)
    need_grace_days = _between(1, 180)
    weights = fields.Nested(Weights)


class ResourcesPolicyView(Schema):
    """How long a reservation waits for its confirmation, when needs are asked after, and what a score is made of.

    ``version`` 0: the district changed nothing yet.
    """

    district_code = fields.String()
    reservation_hours = fields.Integer()
    need_confirm_days = fields.Integer()
    need_grace_days = fields.Integer()
    weights = fields.Nested(Weights)
    version = fields.Integer()


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "get_resources_policy",
        None,
        ResourcesPolicyView,
        roles=roles.SIGNED_IN,
        zh="资源对接参数",
        en="Policy of offers and needs",
    ),
    command(
        "change_resources_policy",
        ChangeResourcesPolicy,
        ResourcesPolicyView,
        roles=(roles.BUREAU,),
        zh="修改资源对接参数",
        en="Change the policy of offers and needs",
        reread="get_resources_policy",
    ),
)
