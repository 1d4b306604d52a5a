"""What a machine may read of a street or an organisation: granted by the bureau, its key issued by security."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.registry.shapes import NounView, Reason

GRANTERS = (roles.BUREAU,)
SEERS = (roles.BUREAU, roles.SECURITY, roles.AUDITOR)
# As whom a machine may read. None is district-wide, none writes.
ACTING = (roles.STREET_STAFF, roles.HUB, roles.CSO, roles.PROVIDER)


class GrantIntegration(Schema):
    """For an account of role ``api_client``: the reads it may do, as which role, for which streets or organisation."""

    account_id = Id("acc", required=True)
    acts_as = one_of(*ACTING, required=True)
    street_codes = fields.List(
        fields.String(validate=validate.Regexp(r"^\d{9}\Z")), load_default=list, validate=validate.Length(max=10)
    )
    organisation_id = Id("org")
    operations = fields.List(
        fields.String(validate=validate.Regexp(r"^[a-z]{2,20}\.[a-z_]{2,60}\Z")),
        required=True,
        validate=validate.Length(min=1, max=60),
        metadata={"description": "只读操作，如 projects.list_projects / reads only"},
    )
    purpose = Text(required=True, at_least=4, at_most=300)


class IntegrationPath(Schema):
    """One grant."""

    integration_id = Id("itg", required=True)


class WithdrawIntegration(IntegrationPath, Reason):
    """From now on; keys that used it end."""


class IntegrationQuery(PageQuery):
    """Of one account, or all."""

    account_id = Id("acc")
    status = one_of("active", "withdrawn")


class IntegrationView(NounView):
    """A grant."""

    integration_id = fields.String()
    account_id = fields.String()
    acts_as = fields.String()
    street_codes = fields.List(fields.String())
    organisation_id = fields.String(allow_none=True)
    operations = fields.List(fields.String())
    purpose = fields.String()
    granted_by = fields.String(allow_none=True)
    withdrawn_at = Instant(allow_none=True)
    withdrawn_reason = fields.String(allow_none=True)


OPERATIONS: tuple[Operation, ...] = (
    command(
        "grant_integration",
        GrantIntegration,
        IntegrationView,
        roles=GRANTERS,
        reread="get_integration",
        zh="授权系统对接",
        en="Grant a machine some reads",
    ),
    command(
        "withdraw_integration",
        WithdrawIntegration,
        IntegrationView,
        roles=(roles.BUREAU, roles.SECURITY),
        reread="get_integration",
        zh="撤销系统对接授权",
        en="Withdraw a grant",
    ),
    rpc("get_integration", IntegrationPath, IntegrationView, roles=SEERS, zh="查看系统对接授权", en="One grant"),
    rpc("list_integrations", IntegrationQuery, IntegrationView, roles=SEERS, many=True, zh="系统对接授权", en="Grants"),
)
