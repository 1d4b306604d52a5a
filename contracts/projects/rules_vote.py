"""The rules of a residents' vote, frozen with the round: who may vote, how, and what is shown of small numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import Schema, fields, validate

from chassis.fields import community_code, near, one_of, street_code

METHODS = ("approval", "points", "ranking")
SCORINGS = ("borda", "positional")
VERIFICATIONS = ("claimed", "verified")


class Day(fields.Date):
    """A date that stays ISO text inside, as JSON columns hold it."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:  # type: ignore[override]
        day: date = super()._deserialize(value, attr, data, **kwargs)
        near(day)
        return day.isoformat()


def _count(at_most: int) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(min=1, max=at_most))


class VoteRules(Schema):
    """Omitted values come from the district's policy.

    ``approval``: up to ``choices_limit`` proposals. ``points``: up to ``points_total`` of them, at most
    ``points_each`` for one proposal, on up to ``choices_limit`` proposals. ``ranking``: up to ``choices_limit``
    proposals, best first; ``borda`` gives the first of n proposals n points and each next one less, ``positional``
    gives ``positions[k]`` to the k-th. ``choices_limit`` null: the round's ``approvals_limit``.
    Who: residents of ``community_codes`` or ``street_codes`` (both empty: of the round's place), ``verified`` by staff
    or as they ``claimed``, with an account since ``registered_by`` at the latest. ``smallest_shown``: a count of voters
    of one place or channel below it is not shown.
    """

    method = one_of(*METHODS)
    choices_limit = fields.Integer(strict=True, allow_none=True, validate=validate.Range(min=1, max=50))
    points_total = _count(10_000_000)
    points_each = _count(10_000_000)
    scoring = one_of(*SCORINGS)
    positions = fields.List(_count(10_000_000), validate=validate.Length(max=50))
    street_codes = fields.List(street_code(), validate=validate.Length(max=100))
    community_codes = fields.List(community_code(), validate=validate.Length(max=1000))
    verification = one_of(*VERIFICATIONS)
    registered_by = Day(allow_none=True)
    paper = fields.Boolean()
    smallest_shown = _count(1000)
