"""Money as policy data (资金规则), and the ledger's trial balance (试算平衡)."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Money, Text
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.awards import LedgerEntryView, LedgerQuery, RoundMoneyView
from contracts.projects.rounds import RoundPath


def _between(low: int, high: int) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(min=low, max=high))


class Publisher(Schema):
    """Who publishes awards as open data (360Giving): the prefix of all ids, and the funder's name and id."""

    prefix = fields.String(validate=validate.Regexp(r"^[A-Za-z0-9-]{3,40}\Z"))
    name = Text(at_least=2, at_most=100)
    identifier = fields.String(validate=validate.Regexp(r"^[A-Za-z0-9_-]{3,60}\Z"))
    licence = fields.Url(schemes={"https"})


class ChangeMoneyPolicy(Schema):
    """Only what is to change."""

    budget_notify_percent = _between(0, 100)
    debarment_years = _between(1, 20)
    recovery_days = _between(1, 730)
    batch_payments = _between(1, 1000)
    publisher = fields.Nested(Publisher)


class MoneyPolicyView(Schema):
    """The district's numbers: how large a shift of the budget is only told, how long a breach bars, and so on."""

    district_code = fields.String()
    budget_notify_percent = fields.Integer()
    debarment_years = fields.Integer()
    recovery_days = fields.Integer()
    batch_payments = fields.Integer()
    publisher = fields.Nested(Publisher)


class TrialLineView(Schema):
    """An account: what is kept, what its postings add up to, and whether the two agree."""

    account = fields.String()
    kept = Money(attribute="kept_fen")
    posted = Money(attribute="posted_fen")
    agrees = fields.Boolean()


class TrialBalanceView(Schema):
    """``balanced``: all accounts together are zero, each agrees, and no entry is lopsided."""

    round_id = fields.String()
    balanced = fields.Boolean()
    total = Money(attribute="total_fen")
    wrong = fields.List(fields.String())
    accounts = fields.List(fields.Nested(TrialLineView))


OVERSEERS = (roles.BUREAU, roles.SPECIALIST, roles.STREET_STAFF, roles.AUDITOR)
OPERATIONS: tuple[Operation, ...] = (
    rpc("get_round_money", RoundPath, RoundMoneyView, roles=roles.SIGNED_IN, zh="轮次资金", en="Money of a round"),
    rpc(
        "list_ledger_entries",
        LedgerQuery,
        LedgerEntryView,
        roles=(*roles.READERS, roles.PROVIDER),
        many=True,
        zh="资金台账",
        en="Ledger of a round",
    ),
    rpc(
        "get_trial_balance",
        RoundPath,
        TrialBalanceView,
        roles=OVERSEERS,
        zh="试算平衡",
        en="Trial balance of a round",
    ),
    rpc("get_money_policy", None, MoneyPolicyView, roles=roles.READERS, zh="资金规则", en="Policy of money"),
    command(
        "change_money_policy",
        ChangeMoneyPolicy,
        MoneyPolicyView,
        roles=(roles.BUREAU,),
        zh="修改资金规则",
        en="Change the policy of money",
        reread="get_money_policy",
    ),
)
