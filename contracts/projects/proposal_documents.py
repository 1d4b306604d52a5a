"""A plan compared with itself, and on paper: differences between versions, PDF and XLSX."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Money, one_of
from chassis.operations import Operation, rpc
from contracts import roles
from contracts.projects.proposals import INSIDERS, ProposalPath

FORMATS = ("pdf", "xlsx")


class DiffQuery(ProposalPath):
    """Two versions by number; omitted: the newest against the one before."""

    from_number = fields.Integer(validate=validate.Range(min=1, max=2**31 - 1))
    to_number = fields.Integer(validate=validate.Range(min=1, max=2**31 - 1))


class TextPart(Schema):
    """A piece of a section: kept, removed or added."""

    change = fields.String(metadata={"enum": ["same", "removed", "added"]})
    text = fields.String()


class SectionDiff(Schema):
    """A section that changed."""

    section = fields.String()
    before = fields.String(allow_none=True)
    after = fields.String(allow_none=True)
    parts = fields.List(fields.Nested(TextPart))


class LineDiff(Schema):
    """A budget line that changed; null: it is not in that version."""

    line = fields.String()
    before = Money(attribute="before_fen", allow_none=True)
    after = Money(attribute="after_fen", allow_none=True)
    changed = fields.List(fields.String())


class DiffView(Schema):
    """What changed between two versions, by section and by budget line."""

    proposal_id = fields.String()
    from_number = fields.Integer()
    to_number = fields.Integer()
    amount_before = Money(attribute="amount_before_fen")
    amount_after = Money(attribute="amount_after_fen")
    sections = fields.List(fields.Nested(SectionDiff))
    budget = fields.List(fields.Nested(LineDiff))


class DocumentQuery(ProposalPath):
    """As PDF or as XLSX."""

    format = one_of(*FORMATS, load_default="pdf")


class DocumentFile(Schema):
    """A small file inside a reply; the gateway hands out the file itself."""

    file_name = fields.String(metadata={"description": "ASCII"})
    media_type = fields.String()
    content = fields.String(metadata={"description": "base64"})


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "diff_proposal_versions",
        DiffQuery,
        DiffView,
        roles=INSIDERS,
        zh="方案版本对比",
        en="What changed between two versions",
    ),
    rpc(
        "get_proposal_document",
        DocumentQuery,
        DocumentFile,
        roles=roles.SIGNED_IN,
        zh="下载方案（PDF、XLSX）",
        en="A proposal as PDF or XLSX",
    ),
)
