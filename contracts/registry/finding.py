"""Finding organisations: search, and which ones' data is due to be confirmed."""

from __future__ import annotations

from marshmallow import fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from chassis.views import View
from contracts import roles
from contracts.registry.details import PLACE_CODE
from contracts.registry.organisations import (
    ALL_STATUSES,
    KINDS,
    LEGAL_FORMS,
    LEGAL_TIERS,
    SEERS,
    OrganisationPath,
    OrganisationView,
)
from contracts.registry.shapes import expected_version


class AssureOrganisation(OrganisationPath):
    """Somebody looked, and what is recorded is right."""

    note = Text(required=True, at_least=2, at_most=500)
    expected_version = expected_version()


class AssuranceQuery(PageQuery):
    """Overdue first."""

    street_code = fields.String(validate=validate.Regexp(r"^[0-9]{9}\Z"))
    overdue = fields.Boolean(metadata={"description": "只看逾期 / only overdue ones"})


class AssuranceView(View):
    """When the data was confirmed and when it is due again; counted from the registration where it never was."""

    organisation_id = fields.String()
    name = fields.String()
    kind = fields.String()
    street_code = fields.String(allow_none=True)
    assured_at = Instant(allow_none=True)
    due_on = fields.Date()
    overdue = fields.Boolean()


class OrganisationSearch(PageQuery):
    """``q``: a name or part of it (2 characters or more), pinyin, initials, a code or number; best matches first."""

    q = Text(at_most=60)
    kind = one_of(*KINDS)
    legal_tier = one_of(*LEGAL_TIERS)
    legal_form = one_of(*LEGAL_FORMS)
    status = one_of(*ALL_STATUSES)
    field = fields.String(validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z"))
    place_code = fields.String(validate=PLACE_CODE)
    serves = fields.String(validate=PLACE_CODE, metadata={"description": "服务范围 / a place it serves"})
    hub_id = Id("org")


class OrganisationHit(OrganisationView):
    """``match``: code, name, name_start, name_part, pinyin_start, pinyin_part,
    initials_part, code_start; ``any`` without ``q``."""

    match = fields.String()


OPERATIONS: tuple[Operation, ...] = (
    command(
        "assure_organisation",
        AssureOrganisation,
        OrganisationView,
        roles=roles.STAFF,
        reread="get_organisation",
        zh="确认组织信息",
        en="Confirm an organisation's data",
    ),
    rpc(
        "list_assurances",
        AssuranceQuery,
        AssuranceView,
        roles=(*roles.STAFF, roles.HUB),
        many=True,
        zh="待确认组织",
        en="Organisations whose data is due to be confirmed",
    ),
    rpc(
        "search_organisations",
        OrganisationSearch,
        OrganisationHit,
        roles=SEERS,
        many=True,
        zh="搜索组织",
        en="Search organisations",
    ),
)
