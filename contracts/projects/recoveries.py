"""Recoveries (资金追缴): what a terminated project must give back, by instalments."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Id, Instant, Money, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.awards import PAYERS
from contracts.projects.delivery import Instalment
from contracts.projects.rounds import expected_version

SEERS = (*roles.READERS, roles.CSO)
STATUSES = ("open", "partly_recovered", "settled", "write_off_proposed", "written_off")


class RecoveryPath(Schema):
    """One recovery."""

    recovery_id = Id("rcv", required=True)


class OnRecovery(RecoveryPath):
    """A step of one recovery."""

    expected_version = expected_version()


class RecordRecovery(OnRecovery):
    """Money came in."""

    amount = Money(attribute="amount_fen", required=True)
    bank_reference = Text(required=True, at_least=2, at_most=80)


class WriteOff(OnRecovery):
    """Why the rest is given up."""

    reason = Text(required=True, at_least=2, at_most=1000)


class RecoveryQuery(PageQuery):
    """Filters; scope is applied besides."""

    round_id = Id("rnd")
    organisation_id = Id("org")
    status = one_of(*STATUSES)


class RecoveryView(Schema):
    """A claim with its plan and what came in."""

    recovery_id = fields.String(attribute="id")
    award_id = fields.String()
    round_id = fields.String()
    organisation_id = fields.String()
    status = fields.String(metadata={"enum": list(STATUSES)})
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    amount = Money(attribute="amount_fen")
    recovered = Money(attribute="recovered_fen")
    plan = fields.String()
    instalments = fields.List(fields.Nested(Instalment))
    reason = fields.String(allow_none=True)
    claimed_at = Instant(attribute="created_at")
    settled_at = Instant(allow_none=True)


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, RecoveryView, roles=who, zh=zh, en=en, reread="get_recovery")


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_recovery", RecoveryPath, RecoveryView, roles=SEERS, zh="查看追缴", en="One recovery"),
    rpc(
        "list_recoveries", RecoveryQuery, RecoveryView, roles=SEERS, many=True, zh="追缴列表", en="Recoveries in scope"
    ),
    _step("record_recovery", RecordRecovery, PAYERS, "登记追回资金", "Record recovered money"),
    _step("propose_write_off", WriteOff, PAYERS, "提出核销", "Propose to give the rest up"),
    _step("approve_write_off", OnRecovery, (roles.BUREAU,), "批准核销", "Give the rest up: by a second person"),
    _step("refuse_write_off", OnRecovery, (roles.BUREAU,), "不予核销", "Go on claiming"),
)
