"""Payments (拨付批次): tranches put together for the bank, its file, and its answer. docs/money.md has the layouts."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, Money, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.awards import PAYERS
from contracts.projects.rounds import expected_version
from contracts.registry.personal import personal

BATCH_STATUSES = ("drafted", "approved", "exported", "reconciled", "cancelled")
PAYMENT_STATUSES = ("pending", "paid", "failed", "dropped")
FORMATS = ("csv", "xlsx")
MODES = ("dry_run", "apply")
OUTCOMES = ("paid", "failed", "known", "refused")
SEERS = (*PAYERS, roles.AUDITOR)


class DraftPaymentBatch(Schema):
    """Released tranches, each of an organisation with a verified account."""

    tranche_ids = fields.List(Id("trn"), required=True, validate=validate.Length(min=1, max=1000))
    note = Text(at_most=200, load_default="")


class BatchPath(Schema):
    """One batch."""

    batch_id = Id("pbt", required=True)


class OnBatch(BatchPath):
    """A step of one batch."""

    expected_version = expected_version()


class CancelBatch(OnBatch):
    """Why it does not go to the bank."""

    reason = Text(required=True, at_least=2, at_most=500)


class ExportBatch(OnBatch):
    """Account numbers in full leave the system here: who, when and why is kept."""

    format = one_of(*FORMATS, load_default="csv")
    reason = Text(required=True, at_least=2, at_most=500)


class ImportPaymentAnswer(BatchPath):
    """The bank's answer, CSV (UTF-8 or GB18030) in base64. ``dry_run`` writes nothing."""

    content = fields.String(required=True, validate=validate.Length(min=1, max=240_000))
    mode = one_of(*MODES, load_default="dry_run")


class BatchQuery(PageQuery):
    """Filters; scope is applied besides."""

    status = one_of(*BATCH_STATUSES)


class PaymentQuery(PageQuery):
    """Payments of one batch."""

    batch_id = Id("pbt", required=True)
    status = one_of(*PAYMENT_STATUSES)


class OfBatchQuery(PageQuery):
    """Things of one batch."""

    batch_id = Id("pbt", required=True)


class BatchView(Schema):
    """A batch: drafted → approved by a second person → exported → reconciled."""

    batch_id = fields.String(attribute="id")
    status = fields.String(metadata={"enum": list(BATCH_STATUSES)})
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    payments = fields.Integer()
    total = Money(attribute="total_fen")
    note = fields.String()
    reason = fields.String(allow_none=True)
    format = fields.String(attribute="form", allow_none=True)
    file_sha256 = fields.String(allow_none=True)
    drafted_by = fields.String(allow_none=True)
    drafted_at = Instant(attribute="created_at")
    approved_by = fields.String(allow_none=True)
    approved_at = Instant(allow_none=True)
    exported_at = Instant(allow_none=True)
    reconciled_at = Instant(allow_none=True)


class PaymentView(Schema):
    """A payment of a batch; the account is masked."""

    payment_id = fields.String()
    batch_id = fields.String()
    number = fields.Integer()
    tranche_id = fields.String()
    award_id = fields.String()
    organisation_id = fields.String()
    payee_id = fields.String()
    account_number = personal("payee.account_number", "account")
    amount = Money(attribute="amount_fen")
    status = fields.String(metadata={"enum": list(PAYMENT_STATUSES)})
    bank_reference = fields.String(allow_none=True)
    failure = fields.String(allow_none=True)
    settled_at = Instant(allow_none=True)
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class ExportReply(Schema):
    """The file for the bank; the gateway hands it out as such."""

    file_name = fields.String(metadata={"description": "ASCII"})
    media_type = fields.String()
    content = fields.String(metadata={"description": "base64"})
    sha256 = fields.String()


class ExportAccessView(Schema):
    """Who had the file for the bank, when and why."""

    access_id = fields.String(attribute="id")
    batch_id = fields.String()
    account_id = fields.String()
    role = fields.String()
    reason = fields.String()
    file_sha256 = fields.String()
    at = Instant()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class AnswerRowView(Schema):
    """What became of a row; never the row's own words."""

    row = fields.Integer()
    payment_id = fields.String(allow_none=True)
    outcome = fields.String(metadata={"enum": list(OUTCOMES)})
    code = fields.String(allow_none=True)
    zh = fields.String(allow_none=True)
    en = fields.String(allow_none=True)


class AnswerView(Schema):
    """The report of a file: counts, and row by row. ``repeated``: it was taken in before, and changed nothing now."""

    answer_id = fields.String(allow_none=True)
    batch_id = fields.String()
    mode = fields.String(metadata={"enum": list(MODES)})
    file_sha256 = fields.String()
    repeated = fields.Boolean()
    rows = fields.Integer()
    paid = fields.Integer()
    failed = fields.Integer()
    known = fields.Integer()
    refused = fields.Integer()
    report = fields.List(fields.Nested(AnswerRowView))
    batch_status = fields.String(metadata={"enum": list(BATCH_STATUSES)})


def _step(name: str, takes: type[Schema], zh: str, en: str) -> Operation:
    return command(name, takes, BatchView, roles=PAYERS, zh=zh, en=en, reread="get_payment_batch")


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_payment_batch", BatchPath, BatchView, roles=SEERS, zh="查看支付批次", en="A payment batch"),
    rpc(
        "list_payment_batches",
        BatchQuery,
        BatchView,
        roles=SEERS,
        many=True,
        zh="支付批次",
        en="Payment batches in scope",
    ),
    rpc("list_payments", PaymentQuery, PaymentView, roles=SEERS, many=True, zh="批次明细", en="Payments of a batch"),
    _step("draft_payment_batch", DraftPaymentBatch, "编制支付批次", "Put released tranches together"),
    _step("approve_payment_batch", OnBatch, "批准支付批次", "Approve it: by a second person"),
    _step("cancel_payment_batch", CancelBatch, "取消支付批次", "Cancel it before it goes to the bank"),
    command(
        "export_payment_batch",
        ExportBatch,
        ExportReply,
        roles=PAYERS,
        zh="导出支付文件",
        en="The file for the bank, with account numbers in full",
        secret=True,
    ),
    rpc(
        "list_payment_exports",
        OfBatchQuery,
        ExportAccessView,
        roles=(roles.BUREAU, roles.AUDITOR),
        many=True,
        zh="支付文件导出记录",
        en="Who had the file for the bank",
    ),
    command(
        "import_payment_answer",
        ImportPaymentAnswer,
        AnswerView,
        roles=PAYERS,
        zh="导入银行回单",
        en="Take in the bank's answer",
    ),
    rpc(
        "list_payment_answers",
        OfBatchQuery,
        AnswerView,
        roles=SEERS,
        many=True,
        zh="银行回单",
        en="Answers of the bank",
    ),
)
