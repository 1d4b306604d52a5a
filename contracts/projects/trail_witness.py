"""Heads, keys and witnesses of the trail: how others can tell that there is one history only."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Instant, PageQuery, Text
from chassis.operations import ANYONE, Operation, command, rpc
from contracts import roles
from contracts.projects.trail import MAX_INDEX

HEX32 = validate.Regexp(r"^[0-9a-f]{64}\Z")
LOG = validate.Regexp(r"^[a-z]{1,40}/[0-9]{6}\Z")
SIGNATURE = validate.Regexp(r"^([0-9a-f]{2}){32,256}\Z")
TIME = validate.Regexp(r"^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z\Z")
LARGEST_PROOF = 128


class CosignatureView(Schema):
    """Another log's signature of a head: docs/trail-witnesses.md says of which bytes."""

    witness = fields.String()
    seen_at = fields.String()
    key_id = fields.String()
    algorithm = fields.String()
    signature = fields.String()
    public_key = fields.String()


class KeptHeadView(Schema):
    """A kept head with who else has signed it; ``printed`` is short enough for a newspaper or a letter."""

    log = fields.String()
    size = fields.Integer()
    root = fields.String()
    time = fields.String()
    key_id = fields.String()
    algorithm = fields.String()
    signature = fields.String()
    public_key = fields.String()
    cosignatures = fields.List(fields.Nested(CosignatureView))
    printed = fields.String()


class TrailNoticeQuery(Schema):
    """One of the kept heads; without ``size`` the newest."""

    size = fields.Integer(validate=validate.Range(min=1, max=MAX_INDEX))


class TrailKeyView(Schema):
    """A key of the log; one that is no longer used stays here."""

    key_id = fields.String()
    algorithm = fields.String()
    public_key = fields.String()
    valid_from = Instant()
    valid_until = Instant(allow_none=True)


class AddTrailPeer(Schema):
    """A log to bear witness to; its public key from a source you trust."""

    log = fields.String(required=True, validate=LOG)
    algorithm = Text(load_default="ed25519", at_most=20)
    public_key = fields.String(required=True, validate=HEX32)


class TrailPeerView(Schema):
    """Which key of which log is accepted."""

    log = fields.String()
    key_id = fields.String()
    algorithm = fields.String()
    public_key = fields.String()
    added_at = Instant()


class CosignTrailHead(Schema):
    """A head of another log, and the proof that it extends the last one witnessed here (none for the first)."""

    log = fields.String(required=True, validate=LOG)
    size = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=MAX_INDEX))
    root = fields.String(required=True, validate=HEX32)
    time = fields.String(required=True, validate=TIME)
    key_id = fields.String(required=True, validate=HEX32)
    algorithm = Text(required=True, at_least=1, at_most=20)
    signature = fields.String(required=True, validate=SIGNATURE)
    proof = fields.List(fields.String(validate=HEX32), load_default=list, validate=validate.Length(max=LARGEST_PROOF))


class SeenHeadQuery(PageQuery):
    """Heads of one log, or of all."""

    log = fields.String(validate=LOG)


class SeenHeadView(Schema):
    """A head of another log as it was shown to this one; ``forked`` ones contradict another and are not cosigned."""

    log = fields.String()
    size = fields.Integer()
    root = fields.String()
    time = fields.String()
    key_id = fields.String()
    algorithm = fields.String()
    signature = fields.String()
    public_key = fields.String()
    forked = fields.Boolean()
    cosignature = fields.Nested(CosignatureView, allow_none=True)


class WitnessView(Schema):
    """Whom this log tells of its heads, and how far it came."""

    witness = fields.String()
    size = fields.Integer()
    behind = fields.Integer()
    told_at = Instant(allow_none=True)
    failure = fields.String(allow_none=True)


WATCHERS = (roles.OPERATOR, roles.AUDITOR, roles.BUREAU)
OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "list_trail_heads",
        PageQuery,
        KeptHeadView,
        roles=(ANYONE,),
        many=True,
        zh="签名树头公报",
        en="The signed heads, oldest first",
    ),
    rpc(
        "get_trail_notice",
        TrailNoticeQuery,
        KeptHeadView,
        roles=(ANYONE,),
        zh="供刊印的签名树头",
        en="A signed head to print",
    ),
    rpc("list_trail_keys", PageQuery, TrailKeyView, roles=(ANYONE,), many=True, zh="留痕的公钥", en="The log's keys"),
    rpc(
        "list_seen_heads",
        SeenHeadQuery,
        SeenHeadView,
        roles=(ANYONE,),
        many=True,
        zh="见证过的他方树头",
        en="Heads of other logs seen here, oldest first",
    ),
    rpc(
        "list_trail_peers",
        PageQuery,
        TrailPeerView,
        roles=WATCHERS,
        many=True,
        zh="为哪些日志作见证",
        en="The logs witnessed here",
    ),
    rpc(
        "list_trail_witnesses",
        PageQuery,
        WitnessView,
        roles=WATCHERS,
        many=True,
        zh="本日志的见证方",
        en="Whom the log tells of its heads",
    ),
    command(
        "add_trail_peer",
        AddTrailPeer,
        TrailPeerView,
        roles=(roles.OPERATOR,),
        zh="登记要见证的日志",
        en="Name a log to bear witness to",
    ),
    command(
        "cosign_trail_head",
        CosignTrailHead,
        SeenHeadView,
        roles=(ANYONE,),
        zh="见证他方树头",
        en="Bear witness to another log's head",
    ),
)
