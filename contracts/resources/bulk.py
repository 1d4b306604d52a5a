"""Bulk import and export of offers and needs: XLSX and CSV, headings in Chinese or English (docs/bulk-import.md)."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, one_of, street_code
from chassis.operations import Operation, command, rpc
from chassis.sheets.columns import FORMATS, MODES
from chassis.standard import JobView
from contracts.resources import needs, offers
from contracts.resources.common import KINDS, READ, WRITE
from contracts.resources.stock_cards import FileReply


class UploadedFile(Schema):
    """A file that was uploaded to ``POST /v1/files``."""

    sha256 = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))
    size = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=2**40))
    media_type = fields.String(required=True, validate=validate.Regexp(r"^[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,90}\Z"))


class ImportSheet(Schema):
    """``dry_run`` writes nothing; the job's result names the report."""

    file = fields.Nested(UploadedFile, required=True)
    mode = one_of(*MODES, load_default="dry_run")


class ExportOffers(Schema):
    """Filters as of the list; scope is applied besides."""

    format = one_of(*FORMATS, load_default="xlsx")
    kind = one_of(*KINDS)
    status = one_of(*offers.STATUSES)
    organisation_id = Id("org")
    street_code = street_code()


class ExportNeeds(Schema):
    """Filters as of the list; scope is applied besides."""

    format = one_of(*FORMATS, load_default="xlsx")
    kind = one_of(*KINDS)
    status = one_of(*needs.STATUSES)
    organisation_id = Id("org")
    project_id = Id("prj")
    street_code = street_code()


class SheetTemplate(Schema):
    """``xlsx`` or ``csv``."""

    format = one_of(*FORMATS, load_default="xlsx")


OPERATIONS: tuple[Operation, ...] = (
    command("import_offers", ImportSheet, JobView, roles=WRITE, zh="批量导入资源", en="Import offers"),
    command("import_needs", ImportSheet, JobView, roles=needs.NEEDERS, zh="批量导入需求", en="Import needs"),
    command("export_offers", ExportOffers, JobView, roles=READ, zh="批量导出资源", en="Export offers"),
    command("export_needs", ExportNeeds, JobView, roles=READ, zh="批量导出需求", en="Export needs"),
    rpc(
        "get_offer_template",
        SheetTemplate,
        FileReply,
        roles=WRITE,
        zh="下载资源导入模板",
        en="Template of the import of offers",
    ),
    rpc(
        "get_need_template",
        SheetTemplate,
        FileReply,
        roles=needs.NEEDERS,
        zh="下载需求导入模板",
        en="Template of the import of needs",
    ),
)
