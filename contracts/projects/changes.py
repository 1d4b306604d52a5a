"""Changes of a running project's plan beyond its budget: which kinds are decided, which are told, and every version."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, day, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.delivery import DOERS, SEERS, STREET, OfProjectQuery, OnProject, ProjectPath
from contracts.projects.evidence import expected_version
from contracts.projects.flags import SEVERITIES

KINDS = ("time", "activities", "place", "responsible", "partners", "targets")
DECIDERS = ("told", "street", "bureau")
STATUSES = ("requested", "told", "approved", "refused", "withdrawn")


class KindDecider(Schema):
    """Who decides a kind of change; ``told``: nobody, it is in force at once."""

    kind = one_of(*KINDS, required=True)
    decider = one_of(*DECIDERS, required=True)


class ChangeDeliveryPolicy(Schema):
    """Only what is to change."""

    deciders = fields.List(fields.Nested(KindDecider), validate=validate.Length(max=6))
    extension_days_max = fields.Integer(strict=True, validate=validate.Range(min=0, max=1095))
    hearing_days = fields.Integer(strict=True, validate=validate.Range(min=1, max=90))
    closing_settles_flags = fields.List(one_of(*SEVERITIES), validate=validate.Length(max=len(SEVERITIES)))


class DeliveryPolicyView(Schema):
    """The district's rules for changes, closing and early ends; complete. ``closing_settles_flags``: of which severity
    flags must be settled before a project is accepted."""

    district_code = fields.String()
    deciders = fields.List(fields.Nested(KindDecider))
    extension_days_max = fields.Integer()
    hearing_days = fields.Integer()
    closing_settles_flags = fields.List(fields.String(metadata={"enum": list(SEVERITIES)}))


class ChangePath(Schema):
    """One change."""

    project_change_id = Id("pjc", required=True)


class OnChange(ChangePath):
    """A step of one change."""

    expected_version = expected_version()


class PlanParts(Schema):
    """What a change may name; a kind of change names its own part only."""

    ends_on = day()
    activities = Text(at_least=2, at_most=10_000)
    place = Text(at_least=2, at_most=200)
    responsible_account_id = Id("acc")
    partners = fields.List(Text(at_least=2, at_most=100), validate=validate.Length(max=20))
    targets = Text(at_least=2, at_most=5000)
    beneficiary_count = fields.Integer(strict=True, validate=validate.Range(min=1, max=10_000_000))


class RequestProjectChange(OnProject):
    """On top of the plan version ``plan_number``, which the organisation read."""

    kind = one_of(*KINDS, required=True)
    after = fields.Nested(PlanParts, required=True)
    reason = Text(required=True, at_least=2, at_most=2000)
    plan_number = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=10_000))


class DecideProjectChange(OnChange):
    """Approved, the plan has a new version; either way the project goes on."""

    approved = fields.Boolean(required=True)
    note = Text(at_most=1000, load_default="")


class ProjectPlanView(Schema):
    """A version of the plan in force. The responsible person is an account: no name is kept here."""

    project_id = fields.String()
    number = fields.Integer()
    source = fields.String(metadata={"enum": ["awarded", *KINDS]})
    project_change_id = fields.String(allow_none=True)
    made_at = Instant()
    ends_on = fields.String(allow_none=True, metadata={"format": "date"})
    activities = fields.String(allow_none=True)
    place = fields.String(allow_none=True)
    responsible_account_id = fields.String(allow_none=True)
    partners = fields.List(fields.String())
    targets = fields.String(allow_none=True)
    beneficiary_count = fields.Integer(allow_none=True)


class ChangedPart(Schema):
    """A part that changes: as it was, as it would become."""

    part = fields.String()
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)


class ProjectChangeView(Schema):
    """A change with its difference."""

    project_change_id = fields.String(attribute="id")
    project_id = fields.String()
    organisation_id = fields.String()
    kind = fields.String(metadata={"enum": list(KINDS)})
    status = fields.String(metadata={"enum": list(STATUSES)})
    decider = fields.String(metadata={"enum": list(DECIDERS)})
    version = fields.Integer()
    plan_number = fields.Integer()
    changed = fields.List(fields.Nested(ChangedPart))
    reason = fields.String()
    note = fields.String(allow_none=True)
    created_at = Instant()
    decided_at = Instant(allow_none=True)
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class ChangeQuery(PageQuery):
    """Filters; scope is applied besides."""

    project_id = Id("prj")
    status = one_of(*STATUSES)
    kind = one_of(*KINDS)


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, ProjectChangeView, roles=who, zh=zh, en=en, reread="get_project_change")


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_delivery_policy", None, DeliveryPolicyView, roles=SEERS, zh="变更与终止规则", en="Rules of changes"),
    command(
        "change_delivery_policy",
        ChangeDeliveryPolicy,
        DeliveryPolicyView,
        roles=(roles.BUREAU,),
        zh="设定变更与终止规则",
        en="Set the rules of changes and early ends",
    ),
    rpc("get_project_plan", ProjectPath, ProjectPlanView, roles=SEERS, zh="现行项目计划", en="The plan in force"),
    rpc(
        "list_project_plans",
        OfProjectQuery,
        ProjectPlanView,
        roles=SEERS,
        many=True,
        zh="项目计划各版本",
        en="Every version of a plan",
    ),
    rpc("get_project_change", ChangePath, ProjectChangeView, roles=SEERS, zh="查看变更", en="One change"),
    rpc(
        "list_project_changes",
        ChangeQuery,
        ProjectChangeView,
        roles=SEERS,
        many=True,
        zh="变更列表",
        en="Changes in scope",
    ),
    _step("request_project_change", RequestProjectChange, DOERS, "申请或报备变更", "Ask for, or tell of, a change"),
    _step("decide_project_change", DecideProjectChange, STREET, "审批变更", "Decide a change"),
    _step("withdraw_project_change", OnChange, DOERS, "撤回变更申请", "Withdraw a request"),
)
