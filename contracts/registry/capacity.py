"""Growth of capacity: every capacity assessment of an organisation, over all its cases."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Id, Instant
from chassis.operations import Operation, rpc
from chassis.views import View
from contracts import roles


class GrowthQuery(Schema):
    """One organisation."""

    organisation_id = Id("org", required=True)


class IndicatorGrowth(View):
    """One indicator over time: 0–100 each; ``growth`` = latest − baseline."""

    indicator = fields.String()
    baseline = fields.Integer()
    latest = fields.Integer()
    best = fields.Integer()
    growth = fields.Integer()
    measured = fields.Integer()


class CapacityPoint(View):
    """One capacity assessment; the mean in hundredths of a point."""

    case_id = fields.String()
    kind = fields.String()
    assessed_at = Instant()
    mean_hundredths = fields.Integer()
    scores = fields.Dict(keys=fields.String(), values=fields.Integer())


class GrowthView(View):
    """Growth since the first baseline, over all cases of the organisation; at most the latest 100 points are shown."""

    organisation_id = fields.String()
    measured = fields.Integer()
    growth_hundredths = fields.Integer(allow_none=True)
    indicators = fields.List(fields.Nested(IndicatorGrowth))
    points = fields.List(fields.Nested(CapacityPoint))


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "get_capacity_growth",
        GrowthQuery,
        GrowthView,
        roles=(*roles.READERS, roles.CSO),
        zh="能力成长",
        en="Growth of capacity",
    ),
)
