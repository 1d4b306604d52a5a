"""The stock card of an offer: every movement of its ledger, its batches, and both on paper."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Instant, PageQuery, one_of
from chassis.operations import Operation, rpc
from contracts.resources.common import READ
from contracts.resources.offers import OfferQuery

FORMATS = ("xlsx", "pdf")
MOVEMENTS = {
    "taken_in": ("入库", "Taken in"),
    "carried": ("结转", "Carried over"),
    "split": ("时段拆分", "Window split"),
    "reserved": ("预留", "Reserved"),
    "released": ("释放", "Released"),
    "handed_over": ("移交", "Handed over"),
    "returned": ("退回", "Returned"),
    "retired": ("核销余量", "Retired"),
    "written_off": ("报损", "Written off"),
}


class StockCardQuery(OfferQuery, PageQuery):
    """Newest first."""


class StockMovementView(Schema):
    """One movement, with the balance before and after it."""

    movement_id = fields.String()
    number = fields.Integer()
    kind = fields.String(metadata={"enum": list(MOVEMENTS)})
    at = Instant()
    allocation_id = fields.String(allow_none=True)
    line_id = fields.String(allow_none=True)
    note = fields.String()
    free_before = fields.Integer()
    reserved_before = fields.Integer()
    handed_over_before = fields.Integer()
    retired_before = fields.Integer()
    free_after = fields.Integer()
    reserved_after = fields.Integer()
    handed_over_after = fields.Integer()
    retired_after = fields.Integer()


class StockBatchView(Schema):
    """A batch: what of it is left, out, or has left the offer."""

    batch_id = fields.String()
    label = fields.String()
    expires_on = fields.Date(allow_none=True)
    quantity = fields.Integer()
    left = fields.Integer()
    handed_over = fields.Integer()
    retired = fields.Integer()


class StockCardFile(OfferQuery):
    """``xlsx`` or ``pdf``."""

    format = one_of(*FORMATS, load_default="xlsx")


class FileReply(Schema):
    """A small file inside a reply; the gateway hands out the file itself."""

    file_name = fields.String(metadata={"description": "ASCII"})
    media_type = fields.String()
    content = fields.String(metadata={"description": "base64"})


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "list_stock_movements",
        StockCardQuery,
        StockMovementView,
        roles=READ,
        zh="资源台账卡",
        en="The stock card of an offer",
        many=True,
    ),
    rpc(
        "list_stock_batches",
        StockCardQuery,
        StockBatchView,
        roles=READ,
        zh="资源批次",
        en="The batches of an offer",
        many=True,
    ),
    rpc("get_stock_card", StockCardFile, FileReply, roles=READ, zh="导出台账卡", en="The stock card as a file"),
)
