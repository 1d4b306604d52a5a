"""Templates: the wording of each message, Chinese first, English second."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts.notify import kinds
from contracts.roles import ADMINISTRATOR, AUDITOR, BUREAU, OPERATOR

AUTHORS = (ADMINISTRATOR, BUREAU)


def event_name(**kwargs: object) -> fields.String:
    """The event a template tells of."""
    return fields.String(validate=validate.Regexp(r"^[a-z][a-z0-9_]{0,79}\Z"), **kwargs)  # type: ignore[arg-type]


class TemplateQuery(Schema):
    """The template of an event."""

    event_name = event_name(required=True)


class ListTemplates(PageQuery):
    """Templates by event name."""

    kind = one_of(*kinds.KINDS)


class SetTemplate(Schema):
    """New wording for one event, in Jinja; refused where it does not render with a sample of the event."""

    event_name = event_name(required=True)
    title_zh = Text(required=True, at_least=1, at_most=200)
    body_zh = Text(required=True, at_least=1, at_most=4000)
    title_en = Text(required=True, at_least=1, at_most=200)
    body_en = Text(required=True, at_least=1, at_most=4000)
    expected_version = fields.Integer(validate=validate.Range(min=0, max=2**53))


class PreviewTemplate(Schema):
    """Wording to try; what is left out is taken from the present template."""

    event_name = event_name(required=True)
    title_zh = Text(at_most=200)
    body_zh = Text(at_most=4000)
    title_en = Text(at_most=200)
    body_en = Text(at_most=4000)


class TemplateView(Schema):
    """The wording in force. ``custom``: this district's own, else the one shipped (version 0)."""

    template_id = fields.String(allow_none=True)
    status = fields.String(metadata={"enum": ["shipped", "custom"]})
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    event_name = fields.String()
    kind = one_of(*kinds.KINDS)
    priority = one_of(*kinds.PRIORITIES)
    title_zh = fields.String()
    body_zh = fields.String()
    title_en = fields.String()
    body_en = fields.String()
    field_names = fields.List(fields.String(), metadata={"description": "可用变量 / variables it may use"})


class PreviewView(Schema):
    """A template rendered with a sample of its event."""

    event_name = fields.String()
    title_zh = fields.String()
    body_zh = fields.String()
    title_en = fields.String()
    body_en = fields.String()


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "get_template",
        TemplateQuery,
        TemplateView,
        roles=(*AUTHORS, OPERATOR, AUDITOR),
        zh="查看模板",
        en="Look at a template",
    ),
    rpc(
        "list_templates",
        ListTemplates,
        TemplateView,
        roles=(*AUTHORS, OPERATOR, AUDITOR),
        zh="消息模板",
        en="Templates",
        many=True,
    ),
    rpc("preview_template", PreviewTemplate, PreviewView, roles=AUTHORS, zh="预览模板", en="Preview a template"),
    command(
        "set_template",
        SetTemplate,
        TemplateView,
        roles=AUTHORS,
        zh="更改模板",
        en="Change the wording of a message",
        reread="get_template",
    ),
)
