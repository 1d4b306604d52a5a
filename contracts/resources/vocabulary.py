"""The vocabulary (S2): concepts and the words for them, editable by the district; and what a text says in them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Instant, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.resources.common import READ, Expecting

EDITORS = (roles.BUREAU, roles.SPECIALIST)
SORTS = ("thing", "audience")
KEY = r"^[a-z][a-z0-9_]{1,39}\Z"


class VocabularyQuery(Schema):
    """The district's vocabulary."""


class EditVocabulary(Expecting):
    """A word of a concept, and why. ``a~b``: both pieces with a few characters between; ``?a``: says little alone."""

    concept = fields.String(required=True, validate=validate.Regexp(KEY))
    word = Text(required=True, at_least=1, at_most=40)
    reason = Text(required=True, at_least=2, at_most=500)


class VocabularyView(Schema):
    """``number``: edits so far. ``job_id``: of the job that reads all texts anew after an edit."""

    vocabulary_id = fields.String(allow_none=True)
    version = fields.Integer()
    number = fields.Integer()
    concepts = fields.Integer()
    words = fields.Integer()
    job_id = fields.String(allow_none=True)


class ListConcepts(PageQuery):
    """``q``: in the key, the names or a word."""

    sort = one_of(*SORTS)
    q = Text(at_least=1, at_most=40)


class ConceptView(Schema):
    """A concept with its words."""

    key = fields.String()
    zh = fields.String()
    en = fields.String()
    sort = fields.String(metadata={"enum": list(SORTS)})
    broader = fields.List(fields.String())
    fields_of_work = fields.List(fields.String())
    words = fields.List(fields.String())


class ListEdits(PageQuery):
    """Who changed what and why, the newest first."""

    concept = fields.String(validate=validate.Regexp(KEY))


class EditView(Schema):
    """One edit."""

    vocabulary_edit_id = fields.String(attribute="id")
    number = fields.Integer()
    concept = fields.String()
    word = fields.String()
    action = fields.String(metadata={"enum": ["add", "retire"]})
    reason = fields.String()
    account_id = fields.String()
    created_at = Instant()


class TagText(Schema):
    """A text as somebody would type it."""

    text = Text(required=True, at_least=1, at_most=2000)


class EvidenceView(Schema):
    """A word in the text (places in characters) and the concept it stands for; ``negated``: the text refuses it."""

    start = fields.Integer()
    end = fields.Integer()
    words = fields.String()
    concept = fields.String()
    zh = fields.String()
    en = fields.String()
    weight = fields.Integer()
    negated = fields.Boolean()


class TaggedView(Schema):
    """What a text speaks of: ``topics`` decide what it is matched with, ``fields_of_work`` follow from them."""

    topics = fields.List(fields.String())
    fields_of_work = fields.List(fields.String())
    evidence = fields.List(fields.Nested(EvidenceView))


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_vocabulary", VocabularyQuery, VocabularyView, roles=READ, zh="查看词库", en="Get the vocabulary"),
    rpc("list_concepts", ListConcepts, ConceptView, roles=READ, zh="概念与词语", en="Concepts and words", many=True),
    rpc(
        "list_vocabulary_edits",
        ListEdits,
        EditView,
        roles=(*roles.STAFF, roles.AUDITOR),
        zh="词库修改记录",
        en="Who changed the vocabulary, and why",
        many=True,
    ),
    command("add_synonym", EditVocabulary, VocabularyView, roles=EDITORS, zh="添加同义词", en="Add a synonym"),
    command("retire_synonym", EditVocabulary, VocabularyView, roles=EDITORS, zh="停用同义词", en="Retire a synonym"),
    rpc("tag_text", TagText, TaggedView, roles=READ, zh="识别文字", en="What a text speaks of"),
)
