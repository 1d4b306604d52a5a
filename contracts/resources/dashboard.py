"""Numbers of resources for the supervision dashboard (DOMAIN G5)."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import street_code
from chassis.operations import Operation, rpc
from contracts import roles


class ResourcesDashboardQuery(Schema):
    """One street, or all the caller may see."""

    street_code = street_code(load_default=None)


class KindCount(Schema):
    """How many rows of a kind are in a status."""

    kind = fields.String()
    status = fields.String()
    count = fields.Integer()


class StatusCount(Schema):
    """How many allocations are in a status."""

    status = fields.String()
    count = fields.Integer()


class OfferedQuantity(Schema):
    """Sums over offers of a kind and unit (drafts left out); quantity = free + reserved + handed_over."""

    kind = fields.String()
    unit = fields.String()
    quantity = fields.Integer()
    free = fields.Integer()
    reserved = fields.Integer()
    handed_over = fields.Integer()


class NeededQuantity(Schema):
    """Sums over needs of a kind and unit (drafts left out)."""

    kind = fields.String()
    unit = fields.String()
    quantity = fields.Integer()
    allotted = fields.Integer()
    received = fields.Integer()


class ResourcesDashboardView(Schema):
    """Counts and sums over the rows in the caller's scope."""

    street_code = fields.String(allow_none=True)
    offers = fields.List(fields.Nested(KindCount))
    needs = fields.List(fields.Nested(KindCount))
    allocations = fields.List(fields.Nested(StatusCount))
    offered = fields.List(fields.Nested(OfferedQuantity))
    needed = fields.List(fields.Nested(NeededQuantity))


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "get_resources_dashboard",
        ResourcesDashboardQuery,
        ResourcesDashboardView,
        roles=(*roles.READERS, roles.ADMINISTRATOR, roles.OPERATOR),
        zh="资源看板",
        en="Dashboard of resources",
    ),
)
