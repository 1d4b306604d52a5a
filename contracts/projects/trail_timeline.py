"""The story of one object, as people read it: who did what, when, with which evidence, and whether it verifies."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Instant, PageQuery
from chassis.operations import Operation, rpc
from contracts.projects.evidence import EvidenceView
from contracts.projects.trail import READERS, SUBJECT


class TimelineQuery(PageQuery):
    """The object's id, e.g. of a project, an order or a case."""

    subject = fields.String(required=True, validate=SUBJECT)


class TimelineFact(Schema):
    """A fact of a step, labelled in both languages."""

    name = fields.String()
    zh = fields.String()
    en = fields.String()
    value = fields.String()


class TimelineStep(Schema):
    """One step, oldest first. ``verified``: row, commitment and proof lead to the log's root at this moment."""

    index = fields.Integer(metadata={"description": "取回执用 / for its receipt"})
    event_id = fields.String()
    event = fields.String()
    source = fields.String()
    at = Instant()
    actor_account_id = fields.String(allow_none=True)
    who_zh = fields.String()
    who_en = fields.String()
    what_zh = fields.String()
    what_en = fields.String()
    line_zh = fields.String(metadata={"description": "一句话 / the whole step as a sentence"})
    line_en = fields.String()
    facts = fields.List(fields.Nested(TimelineFact))
    evidence = fields.List(fields.Nested(EvidenceView))
    street_codes = fields.List(fields.String())
    erased = fields.Boolean()
    verified = fields.Boolean()


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "get_trail_timeline",
        TimelineQuery,
        TimelineStep,
        roles=READERS,
        many=True,
        zh="对象的留痕时间线",
        en="The timeline of an object",
    ),
)
