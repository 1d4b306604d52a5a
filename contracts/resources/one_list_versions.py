"""Published versions of a street's one list: frozen, numbered, compared, exported."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Id, Instant, PageQuery, Text, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.resources.one_list import SEERS
from contracts.resources.one_list_facts import KINDS

FORMS = ("pdf", "xlsx")
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class ListVersionPath(Schema):
    """One version."""

    list_version_id = Id("olv", required=True)


class PublishOneList(Schema):
    """Freeze what is on a street's list today as its next version."""

    street_code = street_code(required=True)
    note = Text(load_default="", at_most=300)


class ListVersionQuery(PageQuery):
    """Versions, newest first."""

    street_code = street_code()


class ListVersionItems(ListVersionPath, PageQuery):
    """What a version holds."""

    kind = one_of(*KINDS)


class ListVersionDifferences(ListVersionPath, PageQuery):
    """What is different in ``other_version_id``, by entry."""

    other_version_id = Id("olv", required=True)


class ExportOneList(Schema):
    """A street's list as a file: a published version, or what is on the list now. Never personal fields."""

    street_code = street_code(required=True)
    form = one_of(*FORMS, required=True)
    list_version_id = Id("olv", load_default=None)


class ListVersionView(Schema):
    """A version. ``digest``: SHA-256 over the digests of its items in order."""

    list_version_id = fields.String(attribute="id")
    number = fields.Integer()
    district_code = fields.String()
    street_code = fields.String()
    entries = fields.Integer()
    by_kind = fields.Dict(keys=fields.String(), values=fields.Integer())
    digest = fields.String()
    note = fields.String()
    published_by = fields.String(allow_none=True)
    published_at = Instant()


class ListItemView(Schema):
    """An entry as it stood when the version was published, without personal fields."""

    list_entry_id = fields.String()
    kind = fields.String()
    digest = fields.String()
    facts = fields.Dict(keys=fields.String())


class ListDifferenceView(Schema):
    """An entry that was added, removed or changed between two versions; ``fields`` that differ."""

    list_entry_id = fields.String()
    change = fields.String(metadata={"enum": ["added", "removed", "changed"]})
    fields_ = fields.List(fields.String(), data_key="fields", attribute="fields")
    before = fields.Dict(keys=fields.String(), allow_none=True)
    after = fields.Dict(keys=fields.String(), allow_none=True)


class ListExportView(Schema):
    """The job that writes the file; followed at /v1/jobs/{job_id}."""

    job_id = fields.String()
    status = fields.String()


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_list_version", ListVersionPath, ListVersionView, roles=SEERS, zh="查看清单版本", en="A version of a list"),
    rpc(
        "list_list_versions",
        ListVersionQuery,
        ListVersionView,
        roles=SEERS,
        many=True,
        zh="清单版本",
        en="Versions of lists",
    ),
    rpc(
        "list_version_items",
        ListVersionItems,
        ListItemView,
        roles=SEERS,
        many=True,
        zh="清单版本内容",
        en="What a version holds",
    ),
    rpc(
        "diff_list_versions",
        ListVersionDifferences,
        ListDifferenceView,
        roles=SEERS,
        many=True,
        zh="比较清单版本",
        en="What differs between two versions",
    ),
    command(
        "publish_one_list",
        PublishOneList,
        ListVersionView,
        roles=roles.STAFF,
        zh="发布一张清单",
        en="Publish a street's list",
        reread="get_list_version",
    ),
    command(
        "export_one_list",
        ExportOneList,
        ListExportView,
        roles=roles.STAFF,
        zh="导出一张清单",
        en="Write a street's list to a file",
    ),
)
