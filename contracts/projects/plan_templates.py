"""Plan templates (方案模板): policy data in versions of their own; a round chooses one and freezes what it says."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.rules_plan import KEY, PlanRules

STATUSES = ("current", "replaced", "retired")


class CreatePlanTemplate(Schema):
    """A template, or the next version of the one with the same ``key``. A version never changes."""

    key = fields.String(required=True, validate=validate.Regexp(KEY))
    scale = one_of("venture", "micro", required=True)
    name_zh = Text(required=True, at_least=2, at_most=80)
    name_en = Text(required=True, at_least=2, at_most=80)
    rules = fields.Nested(PlanRules, required=True)


class PlanTemplatePath(Schema):
    """One template."""

    plan_template_id = Id("ptl", required=True)


class PlanTemplateQuery(PageQuery):
    """Filters."""

    key = fields.String(validate=validate.Regexp(KEY))
    scale = one_of("venture", "micro")
    status = one_of(*STATUSES)


class PlanTemplateView(Schema):
    """A version of a template."""

    plan_template_id = fields.String(attribute="id")
    key = fields.String()
    number = fields.Integer()
    scale = fields.String(metadata={"enum": ["venture", "micro"]})
    name_zh = fields.String()
    name_en = fields.String()
    status = fields.String(metadata={"enum": list(STATUSES)})
    version = fields.Integer()
    rules = fields.Nested(PlanRules)
    rules_hash = fields.String()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    created_at = Instant()


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "get_plan_template",
        PlanTemplatePath,
        PlanTemplateView,
        roles=roles.SIGNED_IN,
        zh="查看方案模板",
        en="One plan template",
    ),
    rpc(
        "list_plan_templates",
        PlanTemplateQuery,
        PlanTemplateView,
        roles=roles.SIGNED_IN,
        many=True,
        zh="方案模板列表",
        en="Plan templates",
    ),
    command(
        "create_plan_template",
        CreatePlanTemplate,
        PlanTemplateView,
        roles=roles.DISTRICT_STAFF,
        zh="新建方案模板或其新版本",
        en="Create a plan template, or its next version",
        reread="get_plan_template",
    ),
    command(
        "retire_plan_template",
        PlanTemplatePath,
        PlanTemplateView,
        roles=roles.DISTRICT_STAFF,
        zh="停用方案模板",
        en="Retire a plan template",
        reread="get_plan_template",
    ),
)
