"""A change of role, the second pair of eyes over accounts that guard or audit, and what became of an account."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, community_code, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.registry.accounts import AccountPath, AccountView
from contracts.registry.shapes import Reason, expected_version

MOVERS = (roles.ADMINISTRATOR, roles.BUREAU)
CONFIRMERS = (roles.BUREAU, roles.SECURITY)
STEPS = ("opened", "confirmed", "rejected", "role_changed")


class ChangeAccountRole(AccountPath, Reason):
    """Another duty of the same person; all that the new role needs is said anew. Sessions end."""

    role = one_of(*roles.EVERY_ROLE, required=True)
    organisation_id = Id("org")
    street_codes = fields.List(street_code(), validate=validate.Length(max=40), load_default=list)
    community_code = community_code()


class ConfirmAccount(AccountPath):
    """Another person agrees that this one guards, or audits."""

    expected_version = expected_version()


class RejectAccount(AccountPath, Reason):
    """Another person does not agree: the account never signs in."""


class AccountChangeQuery(PageQuery, AccountPath):
    """Newest first."""


class AccountChangeView(Schema):
    """One step: who took it, when, why; the role and whose rows it reaches, before and after."""

    account_id = fields.String()
    step = fields.String(metadata={"enum": list(STEPS)})
    was = fields.Raw(allow_none=True, metadata={"type": "object"})
    became = fields.Raw(metadata={"type": "object"})
    reason = fields.String(allow_none=True)
    changed_by = fields.String(allow_none=True)
    changed_by_role = fields.String()
    changed_at = Instant()


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, AccountView, roles=who, reread="get_account", zh=zh, en=en)


OPERATIONS: tuple[Operation, ...] = (
    _step("change_account_role", ChangeAccountRole, MOVERS, "调整账号角色", "Change an account's role"),
    _step("confirm_account", ConfirmAccount, CONFIRMERS, "复核通过账号", "Confirm an account"),
    _step("reject_account", RejectAccount, CONFIRMERS, "复核不通过账号", "Reject an account"),
    rpc(
        "list_account_changes",
        AccountChangeQuery,
        AccountChangeView,
        roles=(roles.ADMINISTRATOR, roles.BUREAU, roles.SECURITY, roles.AUDITOR),
        many=True,
        zh="账号变更记录",
        en="What became of an account",
    ),
)
