"""The talent grid (网格化管理, DOMAIN S5): people by grid cell and skill, their consent, skills and credentials."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, community_code, day, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.registry.personal import personal
from contracts.resources.common import Expecting, RowView
from contracts.resources.one_list_facts import CONSENT_WAYS, cell_code, personal_text, phone

KINDS = ("talent", "volunteer")
STATUSES = ("active", "paused", "left")
SEERS = (*roles.READERS, roles.GRID_WORKER, roles.TALENT)
KEEPERS = (*roles.STAFF, roles.TALENT)
PERSONAL_FIELDS = ("name", "phone")
_CLOCK = validate.Regexp(r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z|^24:00\Z")


def skill_code(**kwargs: Any) -> fields.String:
    """A word of the taxonomy."""
    return fields.String(validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z"), **kwargs)


class HeldSkill(Schema):
    """A skill and how well: 1 helps, 2 works alone, 3 teaches."""

    skill = skill_code(required=True)
    level = fields.Integer(load_default=2, strict=True, validate=validate.Range(min=1, max=3))


class FreeTime(Schema):
    """A weekday (1 Monday to 7 Sunday) and the hours somebody is free, Asia/Shanghai."""

    day = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=7))
    starts = fields.String(required=True, validate=_CLOCK)
    ends = fields.String(required=True, validate=_CLOCK)


class _Facts(Schema):
    skills = fields.List(fields.Nested(HeldSkill), validate=validate.Length(max=20))
    languages = fields.List(
        fields.String(validate=validate.Regexp(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")), validate=validate.Length(max=10)
    )
    availability = fields.List(fields.Nested(FreeTime), validate=validate.Length(max=28))
    community_code = community_code(allow_none=True)
    cell_code = cell_code(allow_none=True)
    phone = phone()


class RegisterTalent(_Facts):
    """By staff, or by the person: then ``account_id`` is their own. Both consents are separate, and may be no."""

    kind = one_of(*KINDS, required=True)
    name = Text(required=True, at_least=1, at_most=60, load_only=True)
    street_code = street_code(required=True)
    account_id = Id("acc", load_default=None)
    publish = fields.Boolean(load_default=False)
    dispatch = fields.Boolean(load_default=False)
    consent_how = one_of(*CONSENT_WAYS, required=True)


class TalentPath(Schema):
    """One person."""

    talent_id = Id("tln", required=True)


class OnTalent(TalentPath, Expecting):
    """A step of one person."""


class ChangeTalent(OnTalent, _Facts):
    """Only what is sent changes."""

    name = personal_text(at_most=60)


class SetTalentConsent(OnTalent):
    """From now on. Without ``dispatch`` nobody is asked any more; what was accepted stays a promise."""

    publish = fields.Boolean(required=True)
    dispatch = fields.Boolean(required=True)
    how = one_of(*CONSENT_WAYS, required=True)


class StepTalent(OnTalent):
    """Pause, come back, leave."""

    reason = Text(load_default="", at_most=300)


class DiscloseTalent(TalentPath):
    """Personal fields unmasked, for a reason that is logged."""

    wanted = fields.List(one_of(*PERSONAL_FIELDS), required=True, validate=validate.Length(min=1, max=2))
    reason = Text(required=True, at_least=2, at_most=500, load_only=True)


class TalentQuery(PageQuery):
    """Filters; a talent sees themselves."""

    kind = one_of(*KINDS)
    status = one_of(*STATUSES)
    skill = skill_code()
    street_code = street_code()
    community_code = community_code()
    cell_code = cell_code()
    dispatchable = fields.Boolean(metadata={"description": "同意被派遣且在册 / active, and agreed to be dispatched"})


class AddCredential(TalentPath):
    """A certificate somebody else issued; ``valid_until`` empty: without end."""

    kind = skill_code(required=True)
    issuer = Text(required=True, at_least=2, at_most=120)
    valid_from = day(required=True)
    valid_until = day(load_default=None, allow_none=True)


class CredentialPath(Schema):
    """One credential."""

    credential_id = Id("crd", required=True)


class OnCredential(CredentialPath, Expecting):
    """A step of one credential."""


class CredentialQuery(TalentPath, PageQuery):
    """Credentials of one person."""


class SetSkill(Schema):
    """A word of the district's taxonomy."""

    skill = skill_code(required=True)
    name_zh = Text(required=True, at_least=1, at_most=40)
    name_en = Text(required=True, at_least=1, at_most=80)
    is_active = fields.Boolean(load_default=True)


class SkillView(SetSkill):
    """A skill."""


class SkillsView(Schema):
    """The whole taxonomy."""

    items = fields.List(fields.Nested(SkillView))


class TalentView(RowView):
    """A person; name and phone masked but for themselves."""

    talent_id = fields.String(attribute="id")
    kind = fields.String(metadata={"enum": list(KINDS)})
    name = personal("talent.name", "name", allow_none=True)
    phone = personal("talent.phone", "phone", allow_none=True)
    account_id = fields.String(allow_none=True)
    community_code = fields.String(allow_none=True)
    cell_code = fields.String(allow_none=True)
    skills = fields.List(fields.Nested(HeldSkill))
    languages = fields.List(fields.String())
    availability = fields.List(fields.Nested(FreeTime))
    publish_consented_at = Instant(allow_none=True)
    dispatch_consented_at = Instant(allow_none=True)
    consent_how = fields.String()
    reason = fields.String()


class CredentialView(Schema):
    """A credential; ``verified`` once staff saw it."""

    credential_id = fields.String(attribute="id")
    talent_id = fields.String()
    kind = fields.String()
    issuer = fields.String()
    valid_from = fields.Date()
    valid_until = fields.Date(allow_none=True)
    status = fields.String(metadata={"enum": ["claimed", "verified", "withdrawn"]})
    version = fields.Integer()


class DisclosedTalentField(Schema):
    """A personal field, unmasked."""

    field = fields.String()
    value = fields.String(allow_none=True)


class DisclosedTalentView(Schema):
    """What was read, and the number of its entry in the access log."""

    disclosure_id = fields.String()
    talent_id = fields.String()
    items = fields.List(fields.Nested(DisclosedTalentField))


def _step(name: str, takes: type[Schema], zh: str, en: str, who: tuple[str, ...] = KEEPERS) -> Operation:
    return command(name, takes, TalentView, roles=who, zh=zh, en=en, reread="get_talent")


def _on_credential(name: str, takes: type[Schema], zh: str, en: str, who: tuple[str, ...]) -> Operation:
    return command(name, takes, CredentialView, roles=who, zh=zh, en=en, reread="get_credential")


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_talent", TalentPath, TalentView, roles=SEERS, zh="查看人才", en="One talent"),
    rpc("list_talents", TalentQuery, TalentView, roles=SEERS, many=True, zh="人才网格", en="Talents in scope"),
    rpc("get_credential", CredentialPath, CredentialView, roles=SEERS, zh="查看资质", en="One credential"),
    rpc("list_credentials", CredentialQuery, CredentialView, roles=SEERS, many=True, zh="资质", en="Credentials"),
    rpc("list_skills", None, SkillsView, roles=roles.SIGNED_IN, zh="技能分类", en="Skills of the taxonomy"),
    _step("register_talent", RegisterTalent, "登记人才", "Put a person on the talent grid"),
    _step("change_talent", ChangeTalent, "修改人才信息", "Change a talent's facts"),
    _step("set_talent_consent", SetTalentConsent, "登记公开与派遣同意", "Record what the person agrees to"),
    _step("pause_talent", StepTalent, "暂停", "Pause: not to be asked for a while"),
    _step("resume_talent", StepTalent, "恢复", "Come back"),
    _step("leave_talent_grid", StepTalent, "退出人才网格", "Leave the talent grid"),
    _step("erase_talent", StepTalent, "删除人才的个人信息", "Erase what the grid tells of a person", roles.STAFF),
    command(
        "disclose_talent",
        DiscloseTalent,
        DisclosedTalentView,
        roles=roles.STAFF,
        zh="查阅人才联系方式",
        en="Read a talent's personal fields unmasked",
        secret=True,
    ),
    _on_credential("add_credential", AddCredential, "登记资质", "Add a credential", KEEPERS),
    _on_credential("verify_credential", OnCredential, "核验资质", "Check a credential", roles.STAFF),
    _on_credential("withdraw_credential", OnCredential, "撤销资质", "Take a credential away", KEEPERS),
    command("set_skill", SetSkill, SkillView, roles=(roles.BUREAU,), zh="设定技能分类", en="Set a skill"),
)
