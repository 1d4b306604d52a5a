"""The one list (一张清单, DOMAIN S4): a street's services, organisations, talents and volunteers."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, community_code, day, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.registry.personal import personal
from contracts.resources.common import Expecting, RowView
from contracts.resources.one_list_facts import (
    KINDS,
    SOURCES,
    STATUSES,
    ChangedFacts,
    ConsentFacts,
    ListFacts,
    Opening,
    cell_code,
    kind,
)

SEERS = (*roles.READERS, roles.GRID_WORKER, roles.CSO, roles.PROVIDER)
SEES_DRAFTS = (*roles.STAFF, roles.AUDITOR, roles.GRID_WORKER)
PERSONAL_FIELDS = ("person_name", "contact_name", "contact_phone")


def why() -> fields.String:
    """A reason somebody must give."""
    return Text(required=True, at_least=2, at_most=500)


class ListEntryPath(Schema):
    """One entry."""

    list_entry_id = Id("ole", required=True)


class OnListEntry(ListEntryPath, Expecting):
    """A step of one entry."""


class DraftListEntry(ListFacts):
    """A new entry, a draft until it is confirmed."""

    kind = kind(required=True)
    street_code = street_code(required=True)


class ChangeListEntry(OnListEntry, ChangedFacts):
    """Another fact; why is kept in the history. ``is_public``: on the public list, for people with consent only."""

    is_public = fields.Boolean()
    reason = why()


class RecheckListEntry(OnListEntry):
    """Somebody looked: it is still right. What is not is changed first."""

    reason = why()


class ReasonedListEntry(OnListEntry):
    """A step that must be explained."""

    reason = why()


class SetListEntryConsent(OnListEntry, ConsentFacts):
    """What the person agrees to from now on; without ``publish`` the entry leaves the public list at once."""


class DiscloseListContact(ListEntryPath):
    """Personal fields unmasked, for a reason that is logged."""

    wanted = fields.List(one_of(*PERSONAL_FIELDS), required=True, validate=validate.Length(min=1, max=3))
    reason = Text(required=True, at_least=2, at_most=500, load_only=True)


class ListEntryQuery(PageQuery):
    """Filters; all optional. ``q``: words of title and text, pinyin or its initials. ``person``: a whole name."""

    q = Text(at_most=60)
    person = Text(at_least=2, at_most=60, load_only=True)
    kind = one_of(*KINDS)
    status = one_of(*STATUSES)
    source = one_of(*SOURCES)
    category = fields.String(validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z"))
    field_of_work = Text(at_least=1, at_most=40)
    street_code = street_code()
    community_code = community_code()
    cell_code = cell_code()
    due_by = day(metadata={"description": "复核日期不晚于 / to be checked again by then"})


class ListEntryView(RowView):
    """An entry; personal fields masked."""

    list_entry_id = fields.String(attribute="id")
    kind = fields.String(metadata={"enum": list(KINDS)})
    title = fields.String()
    person_name = personal("one_list_entry.person_name", "name", allow_none=True)
    summary = fields.String()
    category = fields.String(allow_none=True)
    fields_of_work = fields.List(fields.String())
    community_code = fields.String(allow_none=True)
    cell_code = fields.String(allow_none=True)
    place = fields.String()
    opening_hours = fields.List(fields.Nested(Opening))
    contact_name = personal("one_list_entry.contact_name", "name", allow_none=True)
    contact_phone = personal("one_list_entry.contact_phone", "phone", allow_none=True)
    organisation_id = fields.String(allow_none=True)
    account_id = fields.String(allow_none=True)
    source = fields.String(metadata={"enum": list(SOURCES)})
    source_id = fields.String(allow_none=True)
    is_public = fields.Boolean()
    publish_consented_at = Instant(allow_none=True)
    contact_consented_at = Instant(allow_none=True)
    consent_how = fields.String(allow_none=True)
    rechecked_on = fields.Date(allow_none=True)
    recheck_due_on = fields.Date(allow_none=True)


class ListEntryHistoryQuery(ListEntryPath, PageQuery):
    """What happened to an entry, newest first."""


class FieldChangeView(Schema):
    """A field before and after; of a personal field only that it changed."""

    field = fields.String()
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)
    personal = fields.Boolean()


class ListEntryChangeView(Schema):
    """One step of an entry: who, when, why, and what it changed."""

    list_change_id = fields.String(attribute="id")
    list_entry_id = fields.String()
    action = fields.String()
    account_id = fields.String(allow_none=True)
    role = fields.String()
    reason = fields.String()
    changes = fields.List(fields.Nested(FieldChangeView))
    at = Instant()


class DisclosedField(Schema):
    """A personal field, unmasked."""

    field = fields.String()
    value = fields.String(allow_none=True)


class DisclosedContactView(Schema):
    """What was read, and the number of its entry in the access log."""

    disclosure_id = fields.String()
    list_entry_id = fields.String()
    items = fields.List(fields.Nested(DisclosedField))


class PublicEntryQuery(PageQuery):
    """What a street shows to everybody."""

    q = Text(at_most=60)
    kind = one_of(*KINDS)
    category = fields.String(validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z"))
    field_of_work = Text(at_least=1, at_most=40)
    street_code = street_code()
    community_code = community_code()


class PublicEntryView(Schema):
    """A public entry; the contact only where the person agreed to it."""

    list_entry_id = fields.String(attribute="id")
    kind = fields.String(metadata={"enum": list(KINDS)})
    title = fields.String()
    summary = fields.String()
    category = fields.String(allow_none=True)
    fields_of_work = fields.List(fields.String())
    street_code = fields.String(allow_none=True)
    community_code = fields.String(allow_none=True)
    place = fields.String()
    opening_hours = fields.List(fields.Nested(Opening))
    contact_name = fields.String(allow_none=True)
    contact_phone = fields.String(allow_none=True)
    rechecked_on = fields.Date(allow_none=True)


def _step(name: str, takes: type[Schema], zh: str, en: str, who: tuple[str, ...] = roles.STAFF) -> Operation:
    return command(name, takes, ListEntryView, roles=who, zh=zh, en=en, reread="get_list_entry")


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_list_entry", ListEntryPath, ListEntryView, roles=SEERS, zh="查看清单条目", en="One entry of the list"),
    rpc(
        "search_list_entries",
        ListEntryQuery,
        ListEntryView,
        roles=SEERS,
        many=True,
        zh="检索一张清单",
        en="Search the one list",
    ),
    rpc(
        "list_entry_history",
        ListEntryHistoryQuery,
        ListEntryChangeView,
        roles=(*roles.STAFF, roles.AUDITOR),
        many=True,
        zh="条目变更历史",
        en="What happened to an entry",
    ),
    rpc(
        "list_public_entries",
        PublicEntryQuery,
        PublicEntryView,
        roles=roles.PUBLIC,
        many=True,
        zh="公开清单",
        en="The public part of the one list",
    ),
    _step("draft_list_entry", DraftListEntry, "登记清单条目", "Draft an entry"),
    _step("change_list_entry", ChangeListEntry, "修改清单条目", "Change an entry"),
    _step("confirm_list_entry", OnListEntry, "列入清单", "Put an entry on the list"),
    _step("recheck_list_entry", RecheckListEntry, "复核清单条目", "Check an entry again"),
    _step("retire_list_entry", ReasonedListEntry, "移出清单", "Take an entry off the list"),
    _step("reopen_list_entry", ReasonedListEntry, "恢复为草稿", "Make a retired entry a draft again"),
    _step("set_list_entry_consent", SetListEntryConsent, "登记公开同意", "Record what the person agrees to"),
    _step("erase_list_entry", ReasonedListEntry, "删除条目中的个人信息", "Erase what an entry tells of a person"),
    command(
        "disclose_list_contact",
        DiscloseListContact,
        DisclosedContactView,
        roles=roles.STAFF,
        zh="查阅联系方式",
        en="Read an entry's personal fields unmasked",
        secret=True,
    ),
)
