"""Deadlines in working days (工作日时限): who owes what by when, over cases, findings and consultations."""

from __future__ import annotations

from marshmallow import fields

from chassis.fields import Id, PageQuery, day, one_of, street_code
from chassis.operations import Operation, rpc
from chassis.views import View
from contracts import roles

KINDS = ("case_review", "case_answer", "case_agreement", "case_term", "finding", "consultation", "visit")
STATUSES = ("open", "met", "dropped")
SEERS = (*roles.READERS, roles.CSO)


class DeadlineQuery(PageQuery):
    """Filters; the soonest first; scope is applied besides."""

    kind = one_of(*KINDS)
    status = one_of(*STATUSES, load_default="open")
    organisation_id = Id("org")
    street_code = street_code()
    until = day(metadata={"description": "到期日不晚于 / due no later than"})
    overdue = fields.Boolean()


class DeadlineView(View):
    """One deadline. ``confirmed`` false: the calendar of that year is not published, the date may still move."""

    deadline_id = fields.String()
    kind = fields.String(metadata={"enum": list(KINDS)})
    subject_id = fields.String()
    organisation_id = fields.String(allow_none=True)
    starts_on = fields.Date()
    working_days = fields.Integer(allow_none=True)
    due_on = fields.Date()
    confirmed = fields.Boolean()
    status = fields.String(metadata={"enum": list(STATUSES)})
    overdue = fields.Boolean()
    level = fields.Integer()
    escalated_to = fields.String(allow_none=True)
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


OPERATIONS: tuple[Operation, ...] = (
    rpc("list_deadlines", DeadlineQuery, DeadlineView, roles=SEERS, many=True, zh="时限清单", en="What is due"),
)
