"""Awards as open data (资助公开数据): the 360Giving Data Standard 1.1, in its own field names. Published facts only."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import PageQuery
from chassis.operations import Operation, rpc
from contracts import roles

VERSION = "1.1"
OPEN_CALL = ("Yes", "No")


class GrantsQuery(PageQuery):
    """A page of grants."""


class GrantOrganisation(Schema):
    """An organisation; ids begin with the publisher's prefix."""

    id = fields.String()
    name = fields.String()


class GrantProgramme(Schema):
    """The round."""

    code = fields.String()
    title = fields.String()


class GrantDates(Schema):
    """When it is to take place."""

    startDate = fields.String()
    endDate = fields.String()


class GrantLocation(Schema):
    """The street, by its statistical code."""

    countryCode = fields.String()
    geoCode = fields.String()
    geoCodeType = fields.String()


class GrantView(Schema):
    """A grant. Amounts are numbers of yuan, as the standard wants them."""

    id = fields.String()
    title = fields.String()
    description = fields.String()
    currency = fields.String()
    amountAwarded = fields.Float()
    amountDisbursed = fields.Float()
    awardDate = fields.String()
    plannedDates = fields.List(fields.Nested(GrantDates))
    recipientOrganization = fields.List(fields.Nested(GrantOrganisation))
    fundingOrganization = fields.List(fields.Nested(GrantOrganisation))
    beneficiaryLocation = fields.List(fields.Nested(GrantLocation))
    grantProgramme = fields.List(fields.Nested(GrantProgramme))
    fromOpenCall = fields.String(metadata={"enum": list(OPEN_CALL)})
    dateModified = fields.String()


class GrantsFile(Schema):
    """The package ``{version, publisher, license, issued, grants}``, handed out as a file."""

    file_name = fields.String()
    media_type = fields.String()
    content = fields.String(metadata={"description": "base64"})


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "list_grants", GrantsQuery, GrantView, roles=roles.PUBLIC, many=True, zh="资助公开数据", en="Grants, 360Giving"
    ),
    rpc(
        "get_grants_file",
        None,
        GrantsFile,
        roles=roles.PUBLIC,
        zh="资助公开数据文件",
        en="All grants as one 360Giving file",
    ),
)
