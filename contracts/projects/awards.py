"""Awards and money (资助与资金): agreements, tranches, ledger, returns, and the projects dashboard."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Id, Instant, Money, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.rounds import expected_version

PAYERS = (roles.BUREAU, roles.SPECIALIST, roles.STREET_STAFF)
SEERS = (*roles.READERS, roles.CSO, roles.PROVIDER)
AWARD_STATUSES = ("offered", "agreed", "closed", "terminated", "declined")
TRANCHE_STATUSES = ("planned", "released", "batched", "paid", "cancelled")
ENTRY_KINDS = (
    "pledged",
    "committed",
    "released",
    "ordered",
    "cancelled",
    "disbursed",
    "claimed",
    "forgiven",
    "returned",
    "recovered",
    "restored",
    "refunded",
)


class AwardPath(Schema):
    """One award."""

    award_id = Id("awd", required=True)


class OnAward(AwardPath):
    """A step of one award."""

    expected_version = expected_version()


class TranchePath(Schema):
    """One tranche."""

    tranche_id = Id("trn", required=True)


class PayTranche(TranchePath):
    """The bank's reference of the transfer."""

    bank_reference = Text(required=True, at_least=2, at_most=80)


class ReturnUnspent(OnAward):
    """Money came back."""

    amount = Money(attribute="amount_fen", required=True)
    bank_reference = Text(required=True, at_least=2, at_most=80)


class DeclineAward(OnAward):
    """Why it is not taken."""

    reason = Text(required=True, at_least=2, at_most=1000)


class AwardQuery(PageQuery):
    """Filters; scope is applied besides."""

    round_id = Id("rnd")
    organisation_id = Id("org")
    proposal_id = Id("prp")
    status = one_of(*AWARD_STATUSES)


class LedgerQuery(PageQuery):
    """The ledger of a round."""

    round_id = Id("rnd", required=True)


class TrancheView(Schema):
    """A share of the award: planned → released [⇄ batched for the bank] → paid, or cancelled."""

    tranche_id = fields.String(attribute="id")
    award_id = fields.String()
    number = fields.Integer()
    percent = fields.Integer()
    amount = Money(attribute="amount_fen")
    status = fields.String(metadata={"enum": list(TRANCHE_STATUSES)})
    version = fields.Integer()
    released_at = Instant(allow_none=True)
    paid_at = Instant(allow_none=True)
    bank_reference = fields.String(allow_none=True)
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class AwardView(Schema):
    """An award with its agreement and tranches."""

    award_id = fields.String(attribute="id")
    round_id = fields.String()
    proposal_id = fields.String()
    organisation_id = fields.String()
    project_id = fields.String(allow_none=True)
    status = fields.String(metadata={"enum": list(AWARD_STATUSES)})
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    amount = Money(attribute="amount_fen")
    disbursed = Money(attribute="disbursed_fen")
    returned = Money(attribute="returned_fen")
    agreement_hash = fields.String()
    signed_at = Instant(allow_none=True)
    declined_reason = fields.String(allow_none=True)
    tranches = fields.List(fields.Nested(TrancheView))


class RoundMoneyView(Schema):
    """pool = disbursed − returned + remaining, to the fen."""

    round_id = fields.String()
    pool = Money(attribute="pool_fen")
    committed = Money(attribute="committed_fen")
    disbursed = Money(attribute="disbursed_fen")
    returned = Money(attribute="returned_fen")
    remaining = Money(attribute="remaining_fen")
    uncommitted = Money(attribute="uncommitted_fen")


class PostingView(Schema):
    """What an entry does to an account: above zero it gains."""

    account = fields.String()
    amount = Money(attribute="amount_fen")


class LedgerEntryView(Schema):
    """An entry: ``amount`` moves from ``credit`` to ``debit``; its postings add up to zero."""

    entry_id = fields.String(attribute="id")
    round_id = fields.String()
    award_id = fields.String(allow_none=True)
    kind = fields.String(metadata={"enum": list(ENTRY_KINDS)})
    debit = fields.String()
    credit = fields.String()
    amount = Money(attribute="amount_fen")
    reference = fields.String()
    postings = fields.List(fields.Nested(PostingView))
    posted_at = Instant()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class MoneyTotals(Schema):
    """Totals in scope."""

    pool = Money(attribute="pool_fen")
    committed = Money(attribute="committed_fen")
    disbursed = Money(attribute="disbursed_fen")
    returned = Money(attribute="returned_fen")
    remaining = Money(attribute="remaining_fen")


class ProjectsDashboardView(Schema):
    """Counts by status, and the money, of what the caller may see."""

    rounds = fields.Dict(keys=fields.String(), values=fields.Integer())
    proposals = fields.Dict(keys=fields.String(), values=fields.Integer())
    projects = fields.Dict(keys=fields.String(), values=fields.Integer())
    orders = fields.Dict(keys=fields.String(), values=fields.Integer())
    money = fields.Nested(MoneyTotals)


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_award", AwardPath, AwardView, roles=SEERS, zh="查看资助", en="One award"),
    rpc("list_awards", AwardQuery, AwardView, roles=SEERS, many=True, zh="资助列表", en="Awards in scope"),
    command(
        "decline_award",
        DeclineAward,
        AwardView,
        roles=(*PAYERS, roles.CSO, roles.HUB),
        zh="放弃或撤回资助（签约前）",
        en="Decline an award before its agreement is signed: the next reserve moves up",
        reread="get_award",
    ),
    command(
        "pay_tranche",
        PayTranche,
        TrancheView,
        roles=PAYERS,
        zh="拨付",
        en="Pay a released tranche",
        reread="get_tranche",
    ),
    rpc("get_tranche", TranchePath, TrancheView, roles=SEERS, zh="查看拨付", en="One tranche"),
    command(
        "return_unspent",
        ReturnUnspent,
        AwardView,
        roles=PAYERS,
        zh="登记退回结余",
        en="Record unspent money that came back",
        reread="get_award",
    ),
    rpc(
        "get_projects_dashboard",
        None,
        ProjectsDashboardView,
        roles=roles.READERS,
        zh="项目监管看板",
        en="Dashboard of rounds, projects, money and orders",
    ),
)
