"""Payee accounts (收款账户): where an organisation is paid. Numbers are sealed at rest and masked in every answer."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.awards import PAYERS
from contracts.projects.rounds import expected_version
from contracts.registry.personal import personal

STATUSES = ("registered", "verified", "retired")
SEERS = (*roles.STAFF, roles.AUDITOR, roles.CSO, roles.HUB)


class RegisterPayee(Schema):
    """As the bank knows the account; digits with or without blanks."""

    organisation_id = Id("org", required=True)
    holder = Text(required=True, at_least=2, at_most=100, load_only=True)
    account_number = fields.String(
        required=True,
        load_only=True,
        validate=validate.Regexp(r"^[0-9 -]{8,40}\Z"),
        metadata={"description": "银行账号 / bank account number"},
    )
    bank = Text(required=True, at_least=2, at_most=100)
    bank_code = fields.String(validate=validate.Regexp(r"^[0-9]{12}\Z"), metadata={"description": "联行号 / CNAPS"})


class PayeePath(Schema):
    """One account."""

    payee_id = Id("pye", required=True)


class OnPayee(PayeePath):
    """A step of one account."""

    expected_version = expected_version()


class PayeeQuery(PageQuery):
    """Filters; scope is applied besides."""

    organisation_id = Id("org")
    status = one_of(*STATUSES)


class PayeeView(Schema):
    """An account, masked: it is seen in full in the bank's file alone."""

    payee_id = fields.String()
    organisation_id = fields.String()
    status = fields.String(metadata={"enum": list(STATUSES)})
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    holder = personal("payee.holder", "name")
    account_number = personal("payee.account_number", "account")
    bank = fields.String()
    bank_code = fields.String(allow_none=True)
    registered_at = Instant()
    verified_at = Instant(allow_none=True)


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, PayeeView, roles=who, zh=zh, en=en, reread="get_payee")


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_payee", PayeePath, PayeeView, roles=SEERS, zh="查看收款账户", en="A payee account, masked"),
    rpc("list_payees", PayeeQuery, PayeeView, roles=SEERS, many=True, zh="收款账户", en="Payee accounts, masked"),
    command(
        "register_payee",
        RegisterPayee,
        PayeeView,
        roles=(*PAYERS, roles.CSO, roles.HUB),
        zh="登记收款账户",
        en="Register a payee account",
        reread="get_payee",
    ),
    _step("verify_payee", OnPayee, PAYERS, "核实收款账户", "Verify it: by another person"),
    _step("retire_payee", OnPayee, (*PAYERS, roles.CSO, roles.HUB), "停用收款账户", "Do not pay to it any more"),
)
