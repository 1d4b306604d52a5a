"""Records of a census: what somebody found at a door, from draft to an entry of the list."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, day, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.registry.personal import KEY as KEY_OF_COLUMN
from contracts.registry.personal import MASK, personal
from contracts.resources.census import KEY, SEERS, CensusPath, place_code
from contracts.resources.common import Expecting, RowView
from contracts.resources.one_list_facts import CONSENT_WAYS, KINDS, ListFacts, Opening

STATUSES = ("draft", "submitted", "verified", "rejected", "listed")
FOUND = ("present", "changed", "gone")
KEEPERS = (*roles.STAFF, roles.GRID_WORKER)
MOST = 200


def _answers() -> fields.Dict:
    key = fields.String(validate=validate.Regexp(KEY))
    return fields.Dict(keys=key, values=fields.Raw(), load_default=dict, load_only=True)


class RecordFacts(ListFacts):
    """What was found. ``record_key`` is the device's own: sent again it changes nothing.

    ``found``: of an entry that is checked again, whether it is still there. The place is where it was visited.
    """

    class Meta:
        """The place says where it is."""

        exclude = ("community_code", "cell_code")

    record_key = fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9-]{8,64}\Z"))
    place_code = place_code(required=True)
    kind = one_of(*KINDS, required=True)
    answers = _answers()
    visited_on = day(required=True)
    list_entry_id = Id("ole", load_default=None)
    found = one_of(*FOUND, load_default="present")
    publish_consent = fields.Boolean(load_default=False)
    contact_consent = fields.Boolean(load_default=False)
    consent_how = one_of(*CONSENT_WAYS, load_default=None, allow_none=True)


class KeepCensusRecord(CensusPath, RecordFacts):
    """Write one record down."""


class UploadCensusRecords(CensusPath):
    """What a device collected without a network: each record on its own, each once. ``submit``: all that is new."""

    records = fields.List(
        fields.Nested(RecordFacts), required=True, load_only=True, validate=validate.Length(min=1, max=MOST)
    )
    submit = fields.Boolean(load_default=False)


class CensusRecordPath(Schema):
    """One record."""

    census_record_id = Id("csr", required=True)


class OnCensusRecord(CensusRecordPath, Expecting):
    """A step of one record."""


class ReasonedCensusRecord(OnCensusRecord):
    """A step that must be explained."""

    reason = Text(required=True, at_least=2, at_most=500)


class ChangeCensusRecord(OnCensusRecord, ListFacts):
    """Correct a draft; only what is sent changes."""

    class Meta:
        """The place says where it is."""

        exclude = ("community_code", "cell_code")

    fields_of_work = fields.List(Text(at_least=1, at_most=40), validate=validate.Length(max=20))
    answers = fields.Dict(keys=fields.String(validate=validate.Regexp(KEY)), values=fields.Raw(), load_only=True)
    visited_on = day()
    found = one_of(*FOUND)
    publish_consent = fields.Boolean()
    contact_consent = fields.Boolean()
    consent_how = one_of(*CONSENT_WAYS, allow_none=True)


class ListCensusRecord(OnCensusRecord):
    """Make it an entry, or renew ``list_entry_id`` with it. ``is_new``: though the list has some like it."""

    list_entry_id = Id("ole", load_default=None)
    is_new = fields.Boolean(load_default=False)


class CensusRecordQuery(PageQuery):
    """Filters; grid workers see their own records."""

    census_id = Id("csn")
    status = one_of(*STATUSES)
    kind = one_of(*KINDS)
    place_code = place_code()


class CensusRecordView(RowView):
    """A record; personal fields masked, answers for staff and whoever gave them."""

    census_record_id = fields.String(attribute="id")
    census_id = fields.String()
    record_key = fields.String()
    place_code = fields.String()
    kind = fields.String(metadata={"enum": list(KINDS)})
    found = fields.String(metadata={"enum": list(FOUND)})
    title = fields.String()
    person_name = personal("census_record.person_name", "name", allow_none=True)
    summary = fields.String()
    category = fields.String(allow_none=True)
    fields_of_work = fields.List(fields.String())
    place = fields.String()
    opening_hours = fields.List(fields.Nested(Opening))
    contact_name = personal("census_record.contact_name", "name", allow_none=True)
    contact_phone = personal("census_record.contact_phone", "phone", allow_none=True)
    answers = fields.Dict(
        keys=fields.String(), allow_none=True, metadata={KEY_OF_COLUMN: "census_record.answers", MASK: "hidden"}
    )
    organisation_id = fields.String(allow_none=True)
    account_id = fields.String(allow_none=True)
    list_entry_id = fields.String(allow_none=True)
    publish_consent = fields.Boolean()
    contact_consent = fields.Boolean()
    consent_how = fields.String(allow_none=True)
    visited_on = fields.Date()
    recorded_by = fields.String(allow_none=True)
    verified_by = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    submitted_at = Instant(allow_none=True)


class LikeEntryView(Schema):
    """An entry of the list that may be the same, and by what: organisation, name (likeness in percent), person."""

    list_entry_id = fields.String()
    title = fields.String()
    status = fields.String()
    likeness = fields.Integer()
    by = fields.List(fields.String(metadata={"enum": ["organisation", "name", "person"]}))


class LikeEntriesView(Schema):
    """The most alike first, ten at most."""

    census_record_id = fields.String()
    items = fields.List(fields.Nested(LikeEntryView))


class UploadedRecord(Schema):
    """What became of a record of the batch."""

    record_key = fields.String()
    census_record_id = fields.String(allow_none=True)
    outcome = fields.String(metadata={"enum": ["stored", "known", "refused"]})
    code = fields.String(allow_none=True)


class UploadedRecordsView(Schema):
    """In the order they were sent."""

    census_id = fields.String()
    stored = fields.Integer()
    known = fields.Integer()
    refused = fields.Integer()
    items = fields.List(fields.Nested(UploadedRecord))


def _step(name: str, takes: type[Schema], zh: str, en: str, **more: Any) -> Operation:
    about: dict[str, Any] = {"roles": roles.STAFF, "reread": "get_census_record", **more}
    return command(name, takes, CensusRecordView, zh=zh, en=en, **about)


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_census_record", CensusRecordPath, CensusRecordView, roles=SEERS, zh="查看摸排记录", en="One record"),
    rpc(
        "list_census_records",
        CensusRecordQuery,
        CensusRecordView,
        roles=SEERS,
        many=True,
        zh="摸排记录",
        en="Census records in scope",
    ),
    rpc(
        "list_like_entries",
        CensusRecordPath,
        LikeEntriesView,
        roles=roles.STAFF,
        zh="疑似重复条目",
        en="Entries of the list that may be the same",
    ),
    _step("keep_census_record", KeepCensusRecord, "填写摸排记录", "Write a record down", roles=KEEPERS),
    _step("change_census_record", ChangeCensusRecord, "修改摸排记录", "Correct a draft record", roles=KEEPERS),
    _step("submit_census_record", OnCensusRecord, "提交摸排记录", "Submit a record", roles=KEEPERS),
    _step("return_census_record", ReasonedCensusRecord, "退回摸排记录", "Send a record back"),
    _step("verify_census_record", OnCensusRecord, "核实摸排记录", "Verify a record: by another person"),
    _step("reject_census_record", ReasonedCensusRecord, "不予采用", "Do not use a record"),
    _step("list_census_record", ListCensusRecord, "转入一张清单", "Make a record an entry of the list"),
    command(
        "upload_census_records",
        UploadCensusRecords,
        UploadedRecordsView,
        roles=KEEPERS,
        zh="批量上传离线记录",
        en="Upload records collected offline",
        secret=True,
        repeats=True,
    ),
)
