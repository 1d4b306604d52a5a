"""Organisations, the taxonomy of fields, and the history of every change."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, community_code, day, one_of, street_code
from chassis.operations import Cached, Operation, command, rpc
from contracts import roles
from contracts.registry.events import FieldAdded, OrganisationChanged, OrganisationRegistered
from contracts.registry.events_organisations import OrganisationAssured
from contracts.registry.personal import personal
from contracts.registry.shapes import NounView, expected_version, field_codes, phone

KINDS = ("cso", "hub", "social_work", "enterprise", "foundation", "government")
LEGAL_TIERS = ("registered", "filed", "guided")
LEGAL_FORMS = ("association", "social_service", "foundation", "none")
STATUSES = ("active", "closed")
ALL_STATUSES = (*STATUSES, "merged")
REGISTRARS = (roles.BUREAU, roles.SPECIALIST, roles.STREET_STAFF, roles.HUB)
SEERS = (*roles.READERS, roles.CSO, roles.PROVIDER, roles.GRID_WORKER, roles.ADMINISTRATOR)
TAXONOMISTS = (roles.OPERATOR, roles.ADMINISTRATOR, roles.BUREAU)


def legal_form() -> fields.String:
    """社会团体, 社会服务机构, 基金会, none; left out, the credit code says it."""
    return one_of(*LEGAL_FORMS)


class RegisterOrganisation(Schema):
    """registered: credit code; filed: filing number, street and responsible person; guided: street and person."""

    name = Text(required=True, at_least=2, at_most=100)
    kind = one_of(*KINDS, required=True)
    legal_tier = one_of(*LEGAL_TIERS, required=True)
    uscc = Text(at_most=30, metadata={"description": "统一社会信用代码 / unified social credit code"})
    filing_number = Text(at_least=2, at_most=60)
    responsible_person = Text(at_least=1, at_most=60)
    phone = phone()
    fields_ = field_codes(data_key="fields", attribute="field_codes", load_default=list)
    street_code = street_code()
    community_code = community_code()
    hub_id = Id("org")
    legal_form = legal_form()
    introduction = Text(at_most=2000, load_default="")
    founded_on = day()


class OrganisationPath(Schema):
    """One organisation."""

    organisation_id = Id("org", required=True)


class GetOrganisation(OrganisationPath):
    """``as_of``: the organisation as it was at that instant, rebuilt from its history, without anything personal."""

    as_of = Instant()


class ChangeOrganisation(OrganisationPath):
    """Only what is sent changes; ``hub_id: null`` takes the organisation out of a hub's care."""

    name = Text(at_least=2, at_most=100)
    fields_ = field_codes(data_key="fields", attribute="field_codes")
    hub_id = Id("org", allow_none=True)
    community_code = community_code(allow_none=True)
    responsible_person = Text(at_least=1, at_most=60)
    phone = phone()
    introduction = Text(at_most=2000)
    status = one_of(*STATUSES)
    legal_tier = one_of(*LEGAL_TIERS)
    legal_form = legal_form()
    uscc = Text(at_most=30, allow_none=True)
    filing_number = Text(at_least=2, at_most=60, allow_none=True)
    founded_on = day(allow_none=True)
    reason = Text(required=True, at_least=2, at_most=500)
    expected_version = expected_version()


class OrganisationQuery(PageQuery):
    """Filters; ``name`` finds a part of the name."""

    name = Text(at_most=60)
    kind = one_of(*KINDS)
    legal_tier = one_of(*LEGAL_TIERS)
    status = one_of(*ALL_STATUSES)
    field = fields.String(validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z"))
    street_code = street_code()
    hub_id = Id("org")
    uscc = Text(at_most=30)


class OrganisationView(NounView):
    """An organisation, without any person: see :class:`OrganisationContactView`."""

    organisation_id = fields.String()
    name = fields.String()
    kind = fields.String(metadata={"enum": list(KINDS)})
    legal_tier = fields.String(metadata={"enum": list(LEGAL_TIERS)})
    uscc = fields.String(allow_none=True)
    filing_number = fields.String(allow_none=True)
    fields_ = fields.List(fields.String(), data_key="fields", attribute="fields")
    community_code = fields.String(allow_none=True)
    hub_id = fields.String(allow_none=True)
    seed_group_id = fields.String(allow_none=True)
    introduction = fields.String()
    founded_on = fields.Date(allow_none=True)
    in_breach = fields.Boolean()
    legal_form = fields.String(metadata={"enum": list(LEGAL_FORMS)})
    assured_at = Instant(allow_none=True)
    merged_into_id = fields.String(allow_none=True)
    redirected = fields.Boolean(
        metadata={"description": "所问组织已并入此组织 / the one asked for was merged into this"}
    )


class OrganisationContactView(Schema):
    """Who answers for an organisation; masked."""

    organisation_id = fields.String()
    responsible_person = personal("organisation.responsible_person", "name", allow_none=True)
    phone = personal("organisation.phone", "phone", allow_none=True)


class HistoryQuery(PageQuery):
    """Changes of one organisation, newest first."""

    organisation_id = Id("org", required=True)


class ChangeView(Schema):
    """One changed field. Of personal fields only the fact of the change is kept."""

    change_id = fields.String()
    organisation_id = fields.String()
    field = fields.String()
    item_id = fields.String(allow_none=True)
    was = fields.Raw(allow_none=True)
    became = fields.Raw(allow_none=True)
    reason = fields.String()
    account_id = fields.String(allow_none=True)
    role = fields.String()
    changed_at = Instant()


class AddField(Schema):
    """A new entry of the taxonomy."""

    code = fields.String(required=True, validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z"))
    zh = Text(required=True, at_least=1, at_most=30)
    en = Text(required=True, at_least=1, at_most=60)


class FieldView(Schema):
    """A field of service."""

    code = fields.String()
    zh = fields.String()
    en = fields.String()


class FieldsView(Schema):
    """The whole taxonomy."""

    items = fields.List(fields.Nested(FieldView))


OPERATIONS: tuple[Operation, ...] = (
    command(
        "register_organisation",
        RegisterOrganisation,
        OrganisationView,
        roles=REGISTRARS,
        reread="get_organisation",
        zh="登记组织",
        en="Register an organisation",
    ),
    command(
        "change_organisation",
        ChangeOrganisation,
        OrganisationView,
        roles=REGISTRARS,
        reread="get_organisation",
        zh="变更组织信息",
        en="Change an organisation",
    ),
    rpc(
        "get_organisation",
        GetOrganisation,
        OrganisationView,
        roles=SEERS,
        zh="查看组织",
        en="One organisation",
        cached=Cached(about="organisation_id"),
    ),
    rpc(
        "get_organisation_contact",
        OrganisationPath,
        OrganisationContactView,
        roles=(*roles.READERS, roles.CSO),
        zh="查看组织负责人",
        en="Who answers for an organisation",
    ),
    rpc(
        "list_organisations",
        OrganisationQuery,
        OrganisationView,
        roles=SEERS,
        many=True,
        zh="组织列表",
        en="Organisations",
        cached=Cached(until=(OrganisationRegistered, OrganisationChanged, OrganisationAssured)),
    ),
    rpc(
        "list_organisation_changes",
        HistoryQuery,
        ChangeView,
        roles=SEERS,
        many=True,
        zh="组织变更记录",
        en="History of an organisation",
    ),
    command("add_field", AddField, FieldView, roles=TAXONOMISTS, zh="新增服务领域", en="Add a field"),
    rpc(
        "list_fields",
        None,
        FieldsView,
        roles=roles.PUBLIC,
        zh="服务领域",
        en="The taxonomy of fields",
        cached=Cached(until=(FieldAdded,)),
    ),
)
