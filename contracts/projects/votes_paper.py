"""Paper ballots (纸质选票): the register of who voted on paper, and batches keyed by two people."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.rounds import ORGANISERS, RoundPath

FORMATS = ("csv", "xlsx")
BATCH_STATUSES = ("opened", "half_keyed", "differing", "agreed", "counted", "void")
VOTER_STATUSES = ("marked", "struck")
OBSERVERS = (*ORGANISERS, roles.AUDITOR)


def place_code(**kwargs: object) -> fields.String:
    """A street's nine digits or a community's twelve."""
    return fields.String(required=True, validate=validate.Regexp(r"^[0-9]{9}([0-9]{3})?\Z"), **kwargs)  # type: ignore[arg-type]


class MarkPaperVoter(RoundPath):
    """A line of the polling place's list; ``account_id`` where the voter has one, who then cannot vote online."""

    number = fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9-]{1,40}\Z"))
    place_code = place_code()
    account_id = Id("acc", allow_none=True, load_default=None)


class StrikePaperVoter(Schema):
    """The entry was a mistake: nobody took a paper ballot for it."""

    paper_voter_id = Id("ppv", required=True)
    reason = Text(required=True, at_least=2, at_most=500)


class PaperVotersQuery(PageQuery, RoundPath):
    """A page of the paper register."""


class OpenPaperBatch(RoundPath):
    """A stack of paper ballots, its sheets numbered from 1."""

    label = Text(required=True, at_least=1, at_most=80)
    place_code = place_code()
    sheets = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=1000))


class PaperEntry(Schema):
    """One sheet as somebody reads it: ``proposal_ids`` or ``points`` by the vote's method, or ``spoilt``.

    ``absent`` is for settling only: the stack has no such sheet.
    """

    number = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=1000))
    proposal_ids = fields.List(Id("prp"), validate=validate.Length(min=1, max=50))
    points = fields.Dict(
        keys=Id("prp"),
        values=fields.Integer(strict=True, validate=validate.Range(min=1, max=10_000_000)),
        validate=validate.Length(min=1, max=50),
    )
    spoilt = fields.Boolean(load_default=False)
    absent = fields.Boolean(load_default=False)


class PaperSheet(Schema):
    """A filled-in form, base64; it is read and not kept."""

    format = one_of(*FORMATS, required=True)
    content = fields.String(required=True, validate=validate.Length(min=1, max=240_000))


class BatchPath(Schema):
    """One batch."""

    batch_id = Id("pbt", required=True)


class KeyPaperBatch(BatchPath):
    """The first key, or by somebody else the second: all sheets at once, typed (``entries``) or as a ``sheet``."""

    entries = fields.List(fields.Nested(PaperEntry), validate=validate.Length(min=1, max=1000), load_only=True)
    sheet = fields.Nested(PaperSheet, load_only=True)


class SettlePaperBatch(BatchPath):
    """A third person reads the sheets that differ, without seeing either key; what agrees with one of them counts."""

    entries = fields.List(
        fields.Nested(PaperEntry), required=True, validate=validate.Length(min=1, max=1000), load_only=True
    )
    reason = Text(required=True, at_least=2, at_most=500)


class VoidPaperBatch(BatchPath):
    """Nothing of it counts; the stack may be keyed again as another batch."""

    reason = Text(required=True, at_least=2, at_most=500)


class PaperBatchesQuery(PageQuery, RoundPath):
    """A page of batches."""

    status = one_of(*BATCH_STATUSES)


class PaperFormQuery(RoundPath):
    """The form to fill in."""

    format = one_of(*FORMATS, load_default="xlsx")


class PaperFormView(Schema):
    """A small file inside a reply; the gateway hands out the file itself."""

    file_name = fields.String(metadata={"description": "ASCII"})
    media_type = fields.String()
    content = fields.String(metadata={"description": "base64"})


class PaperVoterView(Schema):
    """An entry of the register: that somebody voted on paper."""

    paper_voter_id = fields.String(attribute="id")
    round_id = fields.String()
    number = fields.String()
    place_code = fields.String()
    account_id = fields.String(allow_none=True)
    status = fields.String(metadata={"enum": list(VOTER_STATUSES)})
    marked_by = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)


class DifferenceView(Schema):
    """A sheet that the two keys do not agree on; what they read is not shown, so that it is read afresh."""

    number = fields.Integer()
    problem = fields.String(metadata={"enum": ["differs", "missing_first", "missing_second", "missing_both"]})


class PaperBatchView(Schema):
    """A batch: counts and differences, nothing of what is on the sheets."""

    batch_id = fields.String(attribute="id")
    round_id = fields.String()
    label = fields.String()
    place_code = fields.String()
    street_code = fields.String(allow_none=True)
    sheets = fields.Integer()
    status = fields.String(metadata={"enum": list(BATCH_STATUSES)})
    version = fields.Integer()
    first_keyer = fields.String(allow_none=True)
    second_keyer = fields.String(allow_none=True)
    agreed = fields.Integer()
    differences = fields.List(fields.Nested(DifferenceView))
    settlements = fields.List(fields.Dict(keys=fields.String()))
    void_reason = fields.String(allow_none=True)


def _step(name: str, takes: type[Schema], zh: str, en: str) -> Operation:
    return command(name, takes, PaperBatchView, roles=ORGANISERS, zh=zh, en=en, reread="get_paper_batch")


OPERATIONS: tuple[Operation, ...] = (
    command(
        "mark_paper_voter",
        MarkPaperVoter,
        PaperVoterView,
        roles=ORGANISERS,
        zh="登记纸质投票人",
        en="Mark a paper voter",
    ),
    command(
        "strike_paper_voter",
        StrikePaperVoter,
        PaperVoterView,
        roles=ORGANISERS,
        zh="撤销纸质投票登记",
        en="Strike an entry of the paper register",
    ),
    rpc(
        "list_paper_voters",
        PaperVotersQuery,
        PaperVoterView,
        roles=OBSERVERS,
        many=True,
        zh="纸质投票登记表",
        en="The paper register",
    ),
    _step("open_paper_batch", OpenPaperBatch, "新建纸质选票批次", "Open a batch of paper ballots"),
    _step("key_paper_batch", KeyPaperBatch, "录入纸质选票", "Key a batch: first or second key"),
    _step("settle_paper_batch", SettlePaperBatch, "裁定录入差异", "Settle the sheets that differ"),
    _step("void_paper_batch", VoidPaperBatch, "作废批次", "Void a batch"),
    rpc("get_paper_batch", BatchPath, PaperBatchView, roles=OBSERVERS, zh="查看批次", en="One batch"),
    rpc(
        "list_paper_batches",
        PaperBatchesQuery,
        PaperBatchView,
        roles=OBSERVERS,
        many=True,
        zh="纸质选票批次",
        en="Batches of paper ballots",
    ),
    rpc(
        "get_paper_form",
        PaperFormQuery,
        PaperFormView,
        roles=ORGANISERS,
        zh="下载录入表",
        en="The form of paper ballots",
    ),
)
