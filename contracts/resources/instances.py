"""Matching instances: numbers of the caller's own, solved and proved as ``./run match`` does (docs/matching.md)."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.operations import Operation, command, rpc
from chassis.standard import JobQuery, JobView
from contracts import roles

FOLDER = "instances"  # of the district's files: neither evidence nor to be cited as such
MEDIA_TYPE = "application/json"
MOST_SECONDS = 60


class KeptFile(Schema):
    """A stored file."""

    sha256 = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))
    size = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=2**40))
    media_type = fields.String(required=True, validate=validate.OneOf([MEDIA_TYPE]))


class SolveInstance(Schema):
    """``file``: the request's body as it was stored. ``seconds`` bound the search with lots."""

    file = fields.Nested(KeptFile, required=True)
    seconds = fields.Integer(load_default=40, validate=validate.Range(min=1, max=MOST_SECONDS))


OPERATIONS: tuple[Operation, ...] = (
    command(
        "solve_instance",
        SolveInstance,
        JobView,
        roles=(*roles.STAFF, roles.API_CLIENT),
        zh="求解撮合实例",
        en="Solve a matching instance",
    ),
    rpc(
        "get_instance_answer",
        JobQuery,
        KeptFile,
        roles=(*roles.STAFF, roles.API_CLIENT),
        zh="撮合实例的答案",
        en="Answer to a matching instance",
    ),
)
