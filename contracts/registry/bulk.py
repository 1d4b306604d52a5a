"""Bulk import and export of organisations: XLSX and CSV, headings in Chinese or English."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Id, Text, one_of, street_code
from chassis.operations import Operation, command, rpc
from chassis.sheets.columns import FORMATS, MODES
from chassis.standard import JobView
from contracts import roles
from contracts.registry.organisations import KINDS, LEGAL_TIERS, REGISTRARS, SEERS, STATUSES
from contracts.registry.shapes import Evidence


class ImportOrganisations(Schema):
    """A file that was uploaded to ``POST /v1/files``. ``dry_run`` writes nothing; the job's result names the report."""

    file = fields.Nested(Evidence, required=True)
    mode = one_of(*MODES, load_default="dry_run")


class ExportOrganisations(Schema):
    """Filters as of the list; scope is applied besides and personal fields are masked."""

    format = one_of(*FORMATS, load_default="xlsx")
    name = Text(at_most=60)
    kind = one_of(*KINDS)
    legal_tier = one_of(*LEGAL_TIERS)
    status = one_of(*STATUSES)
    street_code = street_code()
    hub_id = Id("org")


class TemplateQuery(Schema):
    """``xlsx`` or ``csv``."""

    format = one_of(*FORMATS, load_default="xlsx")


class FileReply(Schema):
    """A small file inside a reply; the gateway hands out the file itself."""

    file_name = fields.String(metadata={"description": "ASCII"})
    media_type = fields.String()
    content = fields.String(metadata={"description": "base64"})


OPERATIONS: tuple[Operation, ...] = (
    command(
        "import_organisations",
        ImportOrganisations,
        JobView,
        roles=REGISTRARS,
        zh="批量导入组织",
        en="Import organisations",
    ),
    command(
        "export_organisations",
        ExportOrganisations,
        JobView,
        roles=tuple(role for role in SEERS if role in roles.READERS),
        zh="批量导出组织",
        en="Export organisations",
    ),
    rpc(
        "get_import_template",
        TemplateQuery,
        FileReply,
        roles=REGISTRARS,
        zh="下载导入模板",
        en="Template of the import",
    ),
)
