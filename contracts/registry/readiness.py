"""What an organisation still lacks to be registered: conditions are versioned data, facts are declared."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Money, Text, day, one_of
from chassis.operations import Operation, command, rpc
from chassis.views import View
from contracts import roles
from contracts.registry.details import READERS, WRITERS
from contracts.registry.shapes import expected_version

FORMS = ("association", "social_service", "foundation")
_MANY = validate.Range(min=0, max=1_000_000)


def _count(zh: str) -> fields.Integer:
    return fields.Integer(strict=True, allow_none=True, validate=_MANY, metadata={"description": zh})


def _yes(zh: str) -> fields.Boolean:
    return fields.Boolean(allow_none=True, metadata={"description": zh})


class Facts(Schema):
    """What registration asks for; null: not known."""

    individual_members = _count("个人会员数")
    unit_members = _count("单位会员数")
    capital = Money(attribute="capital_fen", allow_none=True)
    full_time_staff = _count("专职工作人员数")
    staff = _count("从业人员数")
    non_state_capital_percent = fields.Integer(strict=True, allow_none=True, validate=validate.Range(min=0, max=100))
    name_fits = _yes("名称规范")
    has_charter = _yes("有章程")
    has_organs = _yes("有组织机构")
    has_premises = _yes("有住所或场所")
    has_lawful_income = _yes("资产和经费来源合法")
    has_supervisor_approval = _yes("业务主管单位同意或可直接登记")
    bears_liability = _yes("能独立承担民事责任")
    capital_paid_in = _yes("资金已到账")
    charitable_purpose = _yes("公益目的")


class DeclareReadiness(Facts):
    """Only what is sent changes."""

    organisation_id = Id("org", required=True)
    reason = Text(required=True, at_least=2, at_most=500)
    expected_version = expected_version()


class DeclarationPath(Schema):
    """Of one organisation."""

    organisation_id = Id("org", required=True)


class DeclarationView(Facts):
    """The facts declared so far."""

    organisation_id = fields.String()
    version = fields.Integer()


class ReadinessQuery(DeclarationPath):
    """``legal_form``: what the organisation wants to become."""

    legal_form = one_of(*FORMS, required=True)


class LackView(View):
    """What would make a condition met; ``have`` null: never declared. Money in yuan."""

    facts = fields.List(fields.String())
    needed = fields.Raw()
    have = fields.Raw(allow_none=True)
    short = fields.Raw(allow_none=True)
    unit = fields.String()


class CheckView(View):
    """One condition and whether it is ``met``, ``not_met`` or ``unknown``; of a choice each way is listed."""

    key = fields.String()
    zh = fields.String()
    en = fields.String()
    source = fields.String()
    status = fields.String()
    missing = fields.List(fields.Nested(LackView))


class ReadinessView(View):
    """The checklist, by the conditions in force today."""

    organisation_id = fields.String()
    legal_form = fields.String()
    number = fields.Integer()
    valid_from = fields.Date()
    ready = fields.Boolean()
    met = fields.Integer()
    not_met = fields.Integer()
    unknown_ = fields.Integer(data_key="unknown", attribute="unknown")
    checks = fields.List(fields.Nested(CheckView))


class Needs(fields.Field[Any]):
    """A condition as data; the service says whether it can be judged."""

    def __init__(self, **kwargs: Any) -> None:
        about = "{fact, least} | {fact, is} | {sum, least} | {any: […]} | {all: […]}"
        super().__init__(metadata={"description": about, "type": "object"}, **kwargs)


class Rule(Schema):
    """A condition, its texts and the law it comes from."""

    key = fields.String(required=True, validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z"))
    zh = Text(required=True, at_least=2, at_most=200)
    en = Text(required=True, at_least=2, at_most=300)
    source = Text(required=True, at_least=2, at_most=200)
    needs = Needs(required=True)


class SetReadinessRules(Schema):
    """All conditions of a legal form, from a day on."""

    legal_form = one_of(*FORMS, required=True)
    valid_from = day(required=True)
    rules = fields.List(fields.Nested(Rule), required=True, validate=validate.Length(min=1, max=40))


class RulesQuery(Schema):
    """``on``: the day, today where it is left out."""

    legal_form = one_of(*FORMS, required=True)
    on = day()


class RuleSetView(Schema):
    """``number`` 0: the defaults, from national law."""

    legal_form = fields.String()
    number = fields.Integer()
    valid_from = fields.Date()
    rules = fields.List(fields.Nested(Rule))


OPERATIONS: tuple[Operation, ...] = (
    command(
        "declare_readiness",
        DeclareReadiness,
        DeclarationView,
        roles=(*WRITERS, roles.STEWARD),
        reread="get_readiness_declaration",
        zh="申报登记条件",
        en="Declare facts for registration",
    ),
    rpc(
        "get_readiness_declaration",
        DeclarationPath,
        DeclarationView,
        roles=READERS,
        zh="查看登记条件申报",
        en="Facts declared for registration",
    ),
    rpc(
        "get_registration_readiness",
        ReadinessQuery,
        ReadinessView,
        roles=READERS,
        zh="登记条件对照清单",
        en="What is missing to be registered",
    ),
    command(
        "set_readiness_rules",
        SetReadinessRules,
        RuleSetView,
        roles=(roles.BUREAU,),
        zh="设定登记条件",
        en="Set the conditions of registration",
    ),
    rpc(
        "get_readiness_rules",
        RulesQuery,
        RuleSetView,
        roles=roles.SIGNED_IN,
        zh="登记条件",
        en="Conditions of registration",
    ),
)
