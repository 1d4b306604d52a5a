"""The key-cultivation list (重点培养): computed by a published rule, decided by people, frozen at publication."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Id, Instant, PageQuery, Text, day, one_of, street_code
from chassis.operations import Operation, command, rpc
from chassis.views import View
from contracts import roles
from contracts.registry.rulebooks import TERMS
from contracts.registry.shapes import NounView, Reason, expected_version

STATUSES = ("draft", "published", "archived", "abandoned")
SOURCES = ("rule", "hand")
CHANGES = ("added", "removed", "kept")
KEEPERS = (roles.BUREAU, roles.SPECIALIST)
SEERS = (*roles.READERS, roles.CSO)


class DraftCultivationList(Schema):
    """Under a rule in force; ``as_of`` is the day whose facts count, today by default."""

    rulebook_id = Id("rul", required=True)
    title = Text(required=True, at_least=2, at_most=100)
    as_of = day()


class CultivationListPath(Schema):
    """One list."""

    list_id = Id("cul", required=True)


class OnCultivationList(CultivationListPath):
    """A step of one list."""

    expected_version = expected_version()


class DecideCultivationEntry(CultivationListPath, Reason):
    """By hand, with the reason that the entry keeps."""

    organisation_id = Id("org", required=True)


class AbandonCultivationList(CultivationListPath, Reason):
    """A draft that will not be published."""


class CultivationListQuery(PageQuery):
    """Filters; drafts are seen by those who prepare them."""

    status = one_of(*STATUSES)


class CultivationEntryQuery(PageQuery, CultivationListPath):
    """Entries the actor may see, by organisation."""

    included = fields.Boolean(load_default=True)
    source = one_of(*SOURCES)
    street_code = street_code()


class CultivationCompareQuery(PageQuery, CultivationListPath):
    """Against the list published before it."""

    change = one_of(*CHANGES)


class TermView(View):
    """What one term of the rule gave: the fact, and its share in hundredths of a point."""

    term = one_of(*TERMS)
    value = fields.Integer()
    full_at = fields.Integer()
    weight = fields.Integer()
    score_hundredths = fields.Integer()


class CultivationEntryView(View):
    """Why an organisation is, or is not, on the list. ``rank`` by the rule, 1 first; null where it fell short."""

    list_id = fields.String()
    organisation_id = fields.String()
    organisation_name = fields.String()
    street_code = fields.String(allow_none=True)
    included = fields.Boolean()
    source = fields.String(metadata={"enum": list(SOURCES)})
    rank = fields.Integer(allow_none=True)
    score_hundredths = fields.Integer()
    terms = fields.List(fields.Nested(TermView))
    reason = fields.String(allow_none=True)


class CultivationListView(NounView):
    """A list; ``number`` counts the published ones. ``computing_job_id``: a job computes it, in a large district."""

    list_id = fields.String()
    rulebook_id = fields.String()
    title = fields.String()
    number = fields.Integer(allow_none=True)
    as_of = fields.Date()
    included = fields.Integer()
    computed_at = Instant(allow_none=True)
    computing_job_id = fields.String(allow_none=True)
    published_at = Instant(allow_none=True)
    previous_id = fields.String(allow_none=True)
    content_hash = fields.String(allow_none=True)


class CultivationChangeView(View):
    """One organisation in the two lists; ranks and scores are null where it was not on the list."""

    organisation_id = fields.String()
    organisation_name = fields.String()
    street_code = fields.String(allow_none=True)
    change = fields.String(metadata={"enum": list(CHANGES)})
    rank = fields.Integer(allow_none=True)
    rank_before = fields.Integer(allow_none=True)
    score_hundredths = fields.Integer(allow_none=True)
    score_hundredths_before = fields.Integer(allow_none=True)


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, CultivationListView, roles=who, reread="get_cultivation_list", zh=zh, en=en)


OPERATIONS: tuple[Operation, ...] = (
    _step("draft_cultivation_list", DraftCultivationList, KEEPERS, "新建重点培养名单", "Draft a cultivation list"),
    _step("compute_cultivation_list", OnCultivationList, KEEPERS, "按规则计算名单", "Compute the list by its rule"),
    _step("add_cultivation_entry", DecideCultivationEntry, KEEPERS, "人工增列", "Add an organisation by hand"),
    _step("remove_cultivation_entry", DecideCultivationEntry, KEEPERS, "人工移出", "Remove an organisation by hand"),
    _step("publish_cultivation_list", OnCultivationList, (roles.BUREAU,), "公布名单", "Publish the list"),
    _step("abandon_cultivation_list", AbandonCultivationList, KEEPERS, "放弃名单", "Abandon the draft"),
    rpc("get_cultivation_list", CultivationListPath, CultivationListView, roles=SEERS, zh="查看名单", en="One list"),
    rpc(
        "list_cultivation_lists",
        CultivationListQuery,
        CultivationListView,
        roles=SEERS,
        many=True,
        zh="重点培养名单",
        en="Cultivation lists",
    ),
    rpc(
        "list_cultivation_entries",
        CultivationEntryQuery,
        CultivationEntryView,
        roles=SEERS,
        many=True,
        zh="名单明细",
        en="Entries with their reasons",
    ),
    rpc(
        "compare_cultivation_list",
        CultivationCompareQuery,
        CultivationChangeView,
        roles=SEERS,
        many=True,
        zh="与上一份名单比较",
        en="Compared with the list before it",
    ),
)
