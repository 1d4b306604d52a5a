"""The trail's self-audit: started by hand or every night, followed as a job, its result kept."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Id, Instant, PageQuery
from chassis.operations import Operation, command, rpc
from contracts import roles

AUDITORS = (roles.OPERATOR, roles.AUDITOR)
SEERS = (*AUDITORS, roles.BUREAU)


class TrailAuditQuery(Schema):
    """One of them."""

    audit_id = Id("tau", required=True)


class TrailAuditView(Schema):
    """What was read and what did not agree; ``sound`` is null until it is finished. ``found`` counts all findings."""

    audit_id = Id("tau")
    job_id = fields.String(metadata={"description": "进度见 /v1/jobs/{job_id} / progress"})
    asked_by = fields.String(allow_none=True)
    began_at = Instant()
    ended_at = Instant(allow_none=True)
    size = fields.Integer(metadata={"description": "读过的条数 / entries read"})
    root = fields.String(allow_none=True)
    heads = fields.Integer(metadata={"description": "比对过的树头 / heads compared with"})
    sound = fields.Boolean(allow_none=True)
    found = fields.Integer()
    findings = fields.List(
        fields.Dict(), metadata={"description": "发现：种类、位置、字段 / kind, place and field of each"}
    )


OPERATIONS: tuple[Operation, ...] = (
    command(
        "start_trail_audit",
        None,
        TrailAuditView,
        roles=AUDITORS,
        reread=None,
        zh="发起留痕自查",
        en="Start a self-audit of the trail",
    ),
    rpc("list_trail_audits", PageQuery, TrailAuditView, roles=SEERS, many=True, zh="留痕自查", en="Self-audits"),
    rpc("get_trail_audit", TrailAuditQuery, TrailAuditView, roles=SEERS, zh="留痕自查结果", en="A self-audit's result"),
)
