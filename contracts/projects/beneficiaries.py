"""Beneficiaries (受益人): whom projects serve, each person once; groups as estimates; counts for reports."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, Text, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.activities import ORGANISERS
from contracts.projects.delivery import SEERS, OfProjectQuery, ProjectPath
from contracts.registry.personal import personal
from contracts.registry.shapes import phone

STATUSES = ("active", "erased", "merged")
CONSENTERS = ("self", "guardian")


class RegisterBeneficiary(ProjectPath):
    """Known by an account, by name and phone, or by the SHA-256 of a document's number, which is not kept."""

    account_id = Id("acc")
    name = Text(at_least=1, at_most=60, load_only=True)
    phone = phone(load_only=True)
    document_sha256 = fields.String(validate=validate.Regexp(r"^[0-9a-f]{64}\Z"), load_only=True)
    health = fields.Boolean(load_default=False, metadata={"description": "涉及健康信息 / health is concerned"})
    under_14 = fields.Boolean(load_default=False)
    consent_by = one_of(*CONSENTERS)


class BeneficiaryPath(ProjectPath):
    """One beneficiary of a project."""

    beneficiary_id = Id("bnf", required=True)


class MergeBeneficiaries(BeneficiaryPath):
    """``merged_id`` is the same person, and counts no more."""

    merged_id = Id("bnf", required=True)


class BeneficiaryQuery(OfProjectQuery):
    """Beneficiaries of one project."""

    status = one_of(*STATUSES)


class CountGroup(ProjectPath):
    """A number that was estimated, and how."""

    activity_id = Id("act")
    label = Text(required=True, at_least=2, at_most=100)
    estimated = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=1_000_000))
    basis = Text(required=True, at_least=2, at_most=500)


class CountQuery(Schema):
    """Of a round, of a street, of both, or of all the caller may see."""

    round_id = Id("rnd")
    street_code = street_code()


class BeneficiaryView(Schema):
    """A beneficiary, masked."""

    beneficiary_id = fields.String(attribute="id")
    project_id = fields.String()
    organisation_id = fields.String()
    account_id = fields.String(allow_none=True)
    name = personal("beneficiary.name", "name", allow_none=True)
    phone = personal("beneficiary.phone", "phone", allow_none=True)
    health = fields.Boolean()
    under_14 = fields.Boolean()
    consent_by = fields.String(allow_none=True, metadata={"enum": list(CONSENTERS)})
    consent_at = Instant(allow_none=True)
    status = fields.String(metadata={"enum": list(STATUSES)})
    version = fields.Integer()
    registered_at = Instant(attribute="created_at")
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class GroupView(Schema):
    """A group; its number is an estimate and never added to people who were counted."""

    group_id = fields.String(attribute="id")
    project_id = fields.String()
    activity_id = fields.String(allow_none=True)
    label = fields.String()
    estimated = fields.Integer()
    basis = fields.String()
    counted_at = Instant()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class CountView(Schema):
    """Distinct people. ``unidentified``: records by a bare name, which may be anybody; ``estimated``: of groups."""

    people = fields.Integer()
    registered = fields.Integer()
    attended = fields.Integer()
    unidentified = fields.Integer()
    estimated = fields.Integer()
    groups = fields.Integer()


class ActivityCountView(CountView):
    """Distinct people of one activity."""

    activity_id = fields.String()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class ProjectCountView(CountView):
    """Distinct people of a project."""

    project_id = fields.String()


class ScopeCountView(CountView):
    """Distinct people over projects: nobody counts twice, in however many activities and projects."""

    round_id = fields.String(allow_none=True)
    street_code = fields.String(allow_none=True)
    projects = fields.Integer()


def _write(name: str, takes: type[Schema], zh: str, en: str) -> Operation:
    return command(name, takes, BeneficiaryView, roles=ORGANISERS, zh=zh, en=en, reread="get_beneficiary")


OPERATIONS: tuple[Operation, ...] = (
    _write("register_beneficiary", RegisterBeneficiary, "登记受益人", "Register a beneficiary"),
    _write("merge_beneficiaries", MergeBeneficiaries, "合并受益人登记", "Two entries are one person"),
    _write("erase_beneficiary", BeneficiaryPath, "删除受益人信息", "Forget who it was; the count stays"),
    rpc("get_beneficiary", BeneficiaryPath, BeneficiaryView, roles=SEERS, zh="查看受益人", en="One, masked"),
    rpc(
        "list_beneficiaries",
        BeneficiaryQuery,
        BeneficiaryView,
        roles=SEERS,
        many=True,
        zh="受益人名单",
        en="Beneficiaries of a project, masked",
    ),
    command("count_group", CountGroup, GroupView, roles=ORGANISERS, zh="登记估计人数", en="Count a group by estimate"),
    rpc(
        "list_beneficiary_groups",
        OfProjectQuery,
        GroupView,
        roles=SEERS,
        many=True,
        zh="服务群体",
        en="Groups that were counted by estimate",
    ),
    rpc(
        "count_beneficiaries",
        ProjectPath,
        ProjectCountView,
        roles=SEERS,
        zh="项目受益人数",
        en="Distinct people of a project",
    ),
    rpc(
        "list_activity_counts",
        OfProjectQuery,
        ActivityCountView,
        roles=SEERS,
        many=True,
        zh="各活动受益人数",
        en="Distinct people of each activity",
    ),
    rpc(
        "count_served_people",
        CountQuery,
        ScopeCountView,
        roles=(*roles.STAFF, roles.AUDITOR),
        zh="受益人数统计",
        en="Distinct people of a round, a street or the district",
    ),
)
