"""The district's open market at its optimum, kept up to date change by change."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Instant
from chassis.operations import Operation, rpc
from contracts import roles


class LiveMarketView(Schema):
    """Of the divisible problem over all streets, as the plain optimum; a round adds lots and fairness.

    ``value`` = ``bound``: proved. ``changes``: how many came in since it was first built. ``difference``: what the
    last cold solve (``checked_at``) found the kept value wrong by. ``building``: percent done of a building anew or
    a cold solve, null where none is under way; until it ends the numbers are those of ``as_of``.
    """

    value = fields.Integer()
    bound = fields.Integer()
    offers = fields.Integer()
    needs = fields.Integer()
    matched = fields.Integer()
    wanted = fields.Integer()
    changes = fields.Integer()
    built_at = Instant()
    building = fields.Integer(allow_none=True)
    as_of = Instant()
    checked_at = Instant(allow_none=True)
    difference = fields.Integer(allow_none=True)


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "get_live_market",
        None,
        LiveMarketView,
        roles=roles.READERS,
        zh="实时最优方案",
        en="The live optimum",
    ),
)
