"""Seed groups (种子团队): backbone people gather residents, meet a threshold and are filed."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, community_code, day, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.registry.personal import personal
from contracts.registry.shapes import NounView, Reason, evidence_list, expected_version, field_codes, phone

STATUSES = ("gathering", "ready", "filed", "dissolved")
MEMBER_KINDS = ("backbone", "capable", "resident")
DUTIES = ("convener", "deputy", "treasurer", "secretary", "liaison")
GARDENERS = (roles.STREET_STAFF, roles.HUB, roles.GRID_WORKER)
FILERS = (roles.STREET_STAFF, roles.BUREAU)
SEERS = (*roles.READERS, roles.GRID_WORKER)


class StartSeedGroup(Schema):
    """A group begins. A hub that starts it takes it into its care."""

    name = Text(required=True, at_least=2, at_most=100)
    street_code = street_code(required=True)
    community_code = community_code()
    fields_ = field_codes(data_key="fields", attribute="field_codes", load_default=list)
    hub_id = Id("org")
    purpose = Text(at_most=1000, load_default="")


class SeedGroupPath(Schema):
    """One seed group."""

    seed_group_id = Id("sdg", required=True)


class AddSeedMember(SeedGroupPath):
    """A backbone person (骨干), a capable resident (能人) or another resident, perhaps with a duty in the group."""

    kind = one_of(*MEMBER_KINDS, required=True)
    name = Text(required=True, at_least=1, at_most=60)
    phone = phone()
    account_id = Id("acc")
    strengths = Text(at_most=300, load_default="")
    duty = one_of(*DUTIES)


class ChangeSeedMember(SeedGroupPath):
    """A member grows into another part; ``duty`` null gives the duty up."""

    seed_member_id = Id("sdm", required=True)
    kind = one_of(*MEMBER_KINDS)
    duty = one_of(*DUTIES, allow_none=True)
    strengths = Text(at_most=300)


class RemoveSeedMember(SeedGroupPath):
    """A member leaves; their personal data goes with them."""

    seed_member_id = Id("sdm", required=True)


class HoldSeedMeeting(SeedGroupPath):
    """The group met; with ``member_ids`` it is known who of the members came."""

    held_on = day(required=True)
    member_ids = fields.List(Id("sdm"), validate=validate.Length(min=1, max=500))
    attendance = fields.Integer(required=True, validate=validate.Range(min=1, max=10_000))
    topic = Text(required=True, at_least=2, at_most=200)
    evidence = evidence_list()


class FileSeedGroup(SeedGroupPath):
    """备案: the group becomes an organisation."""

    filing_number = Text(required=True, at_least=2, at_most=60)
    responsible_person = Text(required=True, at_least=1, at_most=60)
    name = Text(at_least=2, at_most=100)
    expected_version = expected_version()


class DissolveSeedGroup(SeedGroupPath, Reason):
    """The group gives up."""


class SeedHistoryQuery(PageQuery):
    """The steps of a group, by the group or by the organisation it became."""

    seed_group_id = Id("sdg")
    organisation_id = Id("org")


class SeedGroupQuery(PageQuery):
    """Filters; scope is applied besides."""

    status = one_of(*STATUSES)
    street_code = street_code()
    hub_id = Id("org")


class SeedMemberView(Schema):
    """A member; name and phone masked."""

    seed_member_id = fields.String()
    kind = fields.String(metadata={"enum": list(MEMBER_KINDS)})
    name = personal("seed_member.name", "name")
    phone = personal("seed_member.phone", "phone", allow_none=True)
    account_id = fields.String(allow_none=True)
    strengths = fields.String()
    duty = fields.String(allow_none=True, metadata={"enum": [*DUTIES, None]})
    joined_at = Instant()


class SeedMeetingView(Schema):
    """A meeting; one without a quorum does not count towards the threshold. ``needed``: members for a quorum."""

    meeting_id = fields.String()
    held_on = day()
    attendance = fields.Integer()
    topic = fields.String()
    members = fields.Integer(allow_none=True)
    needed = fields.Integer(allow_none=True)
    quorate = fields.Boolean()


class SeedStepView(Schema):
    """A step of a group's way: what, who, in which role, when; ids and facts only."""

    step_id = fields.String()
    seed_group_id = fields.String()
    step = fields.String()
    facts = fields.Dict(keys=fields.String(), values=fields.Raw())
    account_id = fields.String(allow_none=True)
    role = fields.String()
    taken_at = Instant()


class SeedGroupView(NounView):
    """A seed group; ``missing`` says how far it is from the threshold."""

    seed_group_id = fields.String()
    name = fields.String()
    community_code = fields.String(allow_none=True)
    fields_ = fields.List(fields.String(), data_key="fields", attribute="fields")
    hub_id = fields.String(allow_none=True)
    purpose = fields.String()
    organisation_id = fields.String(allow_none=True)
    backbone = fields.Integer()
    capable = fields.Integer()
    members = fields.Integer()
    meetings = fields.Integer()
    missing = fields.Dict(keys=fields.String(), values=fields.Integer())


class SeedGroupDetail(SeedGroupView):
    """A seed group with its members and meetings."""

    member_list = fields.List(fields.Nested(SeedMemberView))
    meeting_list = fields.List(fields.Nested(SeedMeetingView))


_REREAD = "get_seed_group"
OPERATIONS: tuple[Operation, ...] = (
    command(
        "start_seed_group",
        StartSeedGroup,
        SeedGroupDetail,
        roles=GARDENERS,
        reread=_REREAD,
        zh="发起种子团队",
        en="Start a seed group",
    ),
    command(
        "add_seed_member",
        AddSeedMember,
        SeedGroupDetail,
        roles=GARDENERS,
        reread=_REREAD,
        zh="加入成员",
        en="Add a member",
    ),
    command(
        "change_seed_member",
        ChangeSeedMember,
        SeedGroupDetail,
        roles=GARDENERS,
        reread=_REREAD,
        zh="调整成员角色",
        en="Change a member's part",
    ),
    command(
        "remove_seed_member",
        RemoveSeedMember,
        SeedGroupDetail,
        roles=GARDENERS,
        reread=_REREAD,
        zh="成员退出",
        en="Remove a member",
    ),
    command(
        "hold_seed_meeting",
        HoldSeedMeeting,
        SeedGroupDetail,
        roles=GARDENERS,
        reread=_REREAD,
        zh="记录会议",
        en="Record a meeting",
    ),
    command(
        "file_seed_group",
        FileSeedGroup,
        SeedGroupDetail,
        roles=FILERS,
        reread=_REREAD,
        zh="备案",
        en="File the group",
    ),
    command(
        "dissolve_seed_group",
        DissolveSeedGroup,
        SeedGroupDetail,
        roles=(*GARDENERS, roles.BUREAU),
        reread=_REREAD,
        zh="解散种子团队",
        en="Dissolve the group",
    ),
    rpc(
        "list_seed_group_steps",
        SeedHistoryQuery,
        SeedStepView,
        roles=SEERS,
        many=True,
        zh="种子团队成长记录",
        en="Steps of a seed group",
    ),
    rpc(_REREAD, SeedGroupPath, SeedGroupDetail, roles=SEERS, zh="查看种子团队", en="One seed group"),
    rpc("list_seed_groups", SeedGroupQuery, SeedGroupView, roles=SEERS, many=True, zh="种子团队列表", en="Seed groups"),
)
