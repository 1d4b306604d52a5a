"""The trail (留痕): what it can be asked. Receipt format version 1 is described in docs/trail-receipt-v1.md."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, PageQuery
from chassis.operations import ANYONE, Operation, rpc
from contracts import roles

MAX_INDEX = 2**53
READERS = (*roles.READERS, roles.CSO, roles.PROVIDER, roles.JUDGE, roles.TALENT, roles.RESIDENT, roles.GRID_WORKER)
SUBJECT = validate.Regexp(r"^[a-z_0-9]{1,80}\Z")


class TrailEntryQuery(PageQuery):
    """Entries of one aggregate, or all that the caller may see; newest first."""

    subject = fields.String(validate=SUBJECT, metadata={"description": "对象编号 / id of the aggregate"})
    event = fields.String(validate=SUBJECT, metadata={"description": "事件名 / event name"})


class TrailEntryView(Schema):
    """One step: who, what, when, where, with which commitment."""

    index = fields.Integer()
    event_id = fields.String()
    event = fields.String()
    source = fields.String()
    subject = fields.String()
    subject_version = fields.Integer()
    occurred_at = fields.String()
    actor_account_id = fields.String(allow_none=True)
    actor_role = fields.String(allow_none=True)
    street_codes = fields.List(fields.String())
    payload = fields.Raw(allow_none=True, metadata={"description": "已擦除则为 null / null once erased"})
    commitment = fields.String()
    leaf_hash = fields.String()
    tombstone = fields.Boolean()


class TrailHeadView(Schema):
    """A signed tree head (RFC 9162 §2 hashing)."""

    log = fields.String()
    size = fields.Integer()
    root = fields.String()
    time = fields.String()
    key_id = fields.String()
    algorithm = fields.String()
    signature = fields.String()
    public_key = fields.String()


class ReceiptQuery(Schema):
    """One of the two."""

    index = fields.Integer(validate=validate.Range(min=0, max=MAX_INDEX))
    event_id = Id("evt")


class ReceiptHead(Schema):
    """The head inside a receipt."""

    size = fields.Integer()
    root = fields.String()
    time = fields.String()
    key_id = fields.String()
    algorithm = fields.String()
    signature = fields.String()


class ReceiptLeaf(Schema):
    """The hashed leaf."""

    v = fields.Integer()
    log = fields.String()
    index = fields.Integer()
    id = fields.String()
    event = fields.String()
    source = fields.String()
    subject = fields.String()
    version = fields.Integer()
    time = fields.String()
    commitment = fields.String()


class ReceiptView(Schema):
    """Receipt format version 1; verify it offline with ``./run verify receipt.json``."""

    version = fields.Integer()
    log = fields.String()
    index = fields.Integer()
    entry = fields.Nested(ReceiptLeaf)
    leaf_hash = fields.String()
    salt = fields.String(allow_none=True)
    payload = fields.Raw(allow_none=True)
    proof = fields.List(fields.String())
    head = fields.Nested(ReceiptHead)
    public_key = fields.String()


class ConsistencyQuery(Schema):
    """Two sizes of the log, ``1 ≤ first ≤ second``; without ``second``: the current size."""

    first = fields.Integer(required=True, validate=validate.Range(min=1, max=MAX_INDEX))
    second = fields.Integer(validate=validate.Range(min=1, max=MAX_INDEX))


class ConsistencyView(Schema):
    """Proof that the log of ``first`` entries is a prefix of the log of ``second``."""

    log = fields.String()
    first = fields.Integer()
    second = fields.Integer()
    first_root = fields.String()
    second_root = fields.String()
    proof = fields.List(fields.String())


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "list_trail_entries",
        TrailEntryQuery,
        TrailEntryView,
        roles=READERS,
        many=True,
        zh="查看留痕",
        en="Entries of the trail",
    ),
    rpc("get_trail_head", None, TrailHeadView, roles=(ANYONE,), zh="留痕的签名树头", en="The signed tree head"),
    rpc("get_receipt", ReceiptQuery, ReceiptView, roles=READERS, zh="取留痕回执", en="A receipt of one entry"),
    rpc(
        "get_consistency",
        ConsistencyQuery,
        ConsistencyView,
        roles=(ANYONE,),
        zh="留痕一致性证明",
        en="A consistency proof between two sizes",
    ),
)
