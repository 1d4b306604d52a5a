"""Entrustments (委托): a hub is entrusted with a street by an award of a venture round (programme ← award)."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Id, PageQuery, Text, day, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.registry.centres import FOUNDERS, Period
from contracts.registry.shapes import NounView, Reason


class EntrustHub(Period):
    """A hub is entrusted with a street by an award of a venture round (programme ← award)."""

    street_code = street_code(required=True)
    hub_id = Id("org", required=True)
    award_id = Id("awd", required=True)
    goals = Text(at_most=4000, load_default="")


class EntrustmentPath(Schema):
    """One entrustment."""

    entrustment_id = Id("ent", required=True)


class EndEntrustment(EntrustmentPath, Reason):
    """It ends earlier; before it began: it never did."""

    until_on = day(required=True)


class EntrustmentQuery(PageQuery):
    """Filters; ``on``: in force on that day."""

    street_code = street_code()
    hub_id = Id("org")
    on = day()


class EntrustmentView(NounView):
    """An entrustment."""

    entrustment_id = fields.String()
    hub_id = fields.String()
    award_id = fields.String()
    round_id = fields.String(allow_none=True)
    goals = fields.String()
    from_on = fields.Date()
    until_on = fields.Date()
    reason = fields.String(allow_none=True)


OPERATIONS: tuple[Operation, ...] = (
    command(
        "entrust_hub",
        EntrustHub,
        EntrustmentView,
        roles=FOUNDERS,
        reread="get_entrustment",
        zh="委托枢纽组织",
        en="Entrust a hub with a street",
    ),
    command(
        "end_entrustment",
        EndEntrustment,
        EntrustmentView,
        roles=FOUNDERS,
        reread="get_entrustment",
        zh="终止委托",
        en="End an entrustment",
    ),
    rpc("get_entrustment", EntrustmentPath, EntrustmentView, roles=roles.READERS, zh="查看委托", en="One entrustment"),
    rpc(
        "list_entrustments",
        EntrustmentQuery,
        EntrustmentView,
        roles=roles.READERS,
        many=True,
        zh="委托列表",
        en="Entrustments",
    ),
)
