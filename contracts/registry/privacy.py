"""Privacy (PIPL): unmasked access with a reason, its log, consent, export and erasure of one's own data."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.registry.accounts import AccountPath, AccountView
from contracts.registry.personal import KEY, MASK, personal
from contracts.registry.purposes import CONSENTS, PURPOSES, STATERS
from contracts.registry.shapes import expected_version

FIELDS = tuple(dict.fromkeys(field for purpose in PURPOSES.values() for field in purpose.fields))
SUBJECTS = r"^(acc|org|sdm)_[0-7][0-9a-hjkmnp-tv-z]{25}\Z"


class DisclosePersonal(Schema):
    """Who (an account, organisation or seed-group member), what, what for, and why now."""

    subject_id = fields.String(required=True, validate=validate.Regexp(SUBJECTS))
    wanted = fields.List(one_of(*FIELDS), required=True, validate=validate.Length(min=1, max=10), data_key="fields")
    purpose = one_of(*PURPOSES, required=True)
    reason = Text(required=True, at_least=4, at_most=300, load_only=True)


class DisclosedField(Schema):
    """One field, unmasked."""

    field = fields.String()
    value = fields.String(allow_none=True)


class DisclosureView(Schema):
    """What was shown; the access log has it too, without the values."""

    disclosure_id = fields.String()
    subject_id = fields.String()
    purpose = fields.String()
    items = fields.List(fields.Nested(DisclosedField))


class DisclosureQuery(PageQuery):
    """Auditors and security see all; everybody else what concerns themselves."""

    subject_id = fields.String(validate=validate.Regexp(SUBJECTS))
    account_id = Id("acc")


class DisclosureEntryView(Schema):
    """An entry of the access log. Append-only: the database itself refuses to change or remove one."""

    disclosure_id = fields.String()
    account_id = fields.String()
    role = fields.String()
    subject_id = fields.String()
    fields_ = fields.List(fields.String(), data_key="fields", attribute="fields")
    purpose = fields.String()
    reason = personal("personal_access_reason.reason", "own", allow_none=True)
    reason_intact = fields.Boolean(
        allow_none=True, metadata={"description": "与当时登记的一致；已删除为 null / as it was recorded; null: erased"}
    )
    at = Instant()


class ConsentTextView(Schema):
    """A notice people agree to. ``sensitive``: PIPL art. 28, separate consent."""

    purpose = fields.String(metadata={"enum": list(CONSENTS)})
    text_version = fields.Integer()
    sensitive = fields.Boolean()
    zh = fields.String()
    en = fields.String()


class ConsentTextsView(Schema):
    """The newest version of each."""

    items = fields.List(fields.Nested(ConsentTextView))


class GiveConsent(Schema):
    """To one purpose, as its newest notice explains it."""

    purpose = one_of(*CONSENTS, required=True)
    text_version = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=10_000))


class ConsentPath(Schema):
    """One consent."""

    consent_id = Id("cns", required=True)


class WithdrawConsent(ConsentPath):
    """As easy as giving it (PIPL art. 15): no reason is asked."""

    expected_version = expected_version()


class ConsentQuery(PageQuery):
    """One's own."""

    purpose = one_of(*CONSENTS)


class ConsentView(Schema):
    """A consent, and until when it held."""

    consent_id = fields.String()
    account_id = fields.String()
    purpose = fields.String()
    text_version = fields.Integer()
    given_at = Instant()
    withdrawn_at = Instant(allow_none=True)
    status = fields.String(metadata={"enum": ["given", "withdrawn"]})
    version = fields.Integer()


class ExportPath(Schema):
    """One copy of one's data."""

    export_id = Id("pex", required=True)


class ExportRequestedView(Schema):
    """The copy is being made; follow the job, then fetch it."""

    export_id = fields.String()
    job_id = fields.String()
    status = fields.String()


class DataExportView(Schema):
    """Everything the registry holds about oneself, as JSON (PIPL art. 45)."""

    export_id = fields.String()
    made_at = Instant()
    expires_at = Instant()
    document = fields.Raw(metadata={KEY: "personal_export.content", MASK: "own"})


class EraseAccount(AccountPath):
    """On its owner's request, or once it is closed. ``ground``: PIPL art. 47, (1)–(5)."""

    ground = one_of("purpose_ended", "service_ended", "consent_withdrawn", "unlawful", "other_law", required=True)


class CloseAccount(AccountPath):
    """Why it signs in no more."""

    ground = one_of("left", "duplicate", "misuse", "own_request", required=True)
    expected_version = expected_version()


class ReopenAccount(AccountPath):
    """With a first password, to be changed at sign-in."""

    expected_version = expected_version()
    new_password = fields.String(required=True, load_only=True, validate=validate.Length(min=1, max=200))


class ErasureView(Schema):
    """What stays of an erased account."""

    account_id = fields.String()
    status = fields.String()


class ResealView(Schema):
    """The job that moves encrypted columns to the newest key and the cipher of the setting."""

    job_id = fields.String()
    status = fields.String()


OPERATIONS: tuple[Operation, ...] = (
    command(
        "disclose_personal",
        DisclosePersonal,
        DisclosureView,
        roles=STATERS,
        secret=True,
        zh="查看未脱敏个人信息",
        en="See personal fields unmasked",
    ),
    rpc(
        "list_disclosures",
        DisclosureQuery,
        DisclosureEntryView,
        roles=roles.SIGNED_IN,
        many=True,
        zh="个人信息访问日志",
        en="Access log of personal data",
    ),
    rpc("list_consent_texts", None, ConsentTextsView, roles=roles.PUBLIC, zh="告知文本", en="Notices"),
    command(
        "give_consent",
        GiveConsent,
        ConsentView,
        roles=roles.SIGNED_IN,
        reread="get_consent",
        zh="同意",
        en="Give consent",
    ),
    command(
        "withdraw_consent",
        WithdrawConsent,
        ConsentView,
        roles=roles.SIGNED_IN,
        reread="get_consent",
        zh="撤回同意",
        en="Withdraw consent",
    ),
    rpc("get_consent", ConsentPath, ConsentView, roles=roles.SIGNED_IN, zh="查看同意", en="One consent"),
    rpc("list_consents", ConsentQuery, ConsentView, roles=roles.SIGNED_IN, many=True, zh="我的同意", en="My consents"),
    command(
        "request_data_export",
        None,
        ExportRequestedView,
        roles=roles.SIGNED_IN,
        zh="申请个人信息副本",
        en="Ask for a copy of one's data",
    ),
    rpc("get_data_export", ExportPath, DataExportView, roles=roles.SIGNED_IN, zh="取个人信息副本", en="The copy"),
    command(
        "request_erasure",
        None,
        ErasureView,
        roles=roles.SIGNED_IN,
        zh="申请删除个人信息",
        en="Ask for erasure",
    ),
    command(
        "erase_account",
        EraseAccount,
        ErasureView,
        roles=(roles.ADMINISTRATOR,),
        zh="删除账号的个人信息",
        en="Erase an account's personal data",
    ),
    command(
        "close_account",
        CloseAccount,
        AccountView,
        roles=(roles.ADMINISTRATOR,),
        reread="get_account",
        zh="注销账号",
        en="Close an account",
    ),
    command(
        "reopen_account",
        ReopenAccount,
        AccountView,
        roles=(roles.ADMINISTRATOR, roles.SECURITY),
        reread="get_account",
        zh="恢复账号",
        en="Open a closed account again",
    ),
    command(
        "reseal_personal_data",
        None,
        ResealView,
        roles=(roles.SECURITY,),
        zh="以新密钥重新加密",
        en="Encrypt anew with the newest key",
    ),
)
